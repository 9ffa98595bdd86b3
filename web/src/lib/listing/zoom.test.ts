import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AT_REST, SCALE_MAX, SCALE_MIN, within, zoomAt } from './zoom.ts'

const points = fc.double({ min: -400, max: 400, noNaN: true })
const scales = fc.double({ min: SCALE_MIN, max: SCALE_MAX, noNaN: true })
const views = fc.record({ scale: scales, x: points, y: points })

describe('zooming a photo', () => {
  it('keeps the point under the finger where it is', () => {
    fc.assert(
      fc.property(
        views,
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        points,
        points,
        (view, factor, x, y) => {
          const zoomed = zoomAt(view, factor, x, y)
          const spotBefore = (x - view.x) / view.scale
          const spotAfter = (x - zoomed.x) / zoomed.scale
          expect(spotAfter).toBeCloseTo(spotBefore, 6)
        },
      ),
    )
  })

  it('never goes below the whole photo nor above five times', () => {
    expect(zoomAt(AT_REST, 0.1, 0, 0).scale).toBe(SCALE_MIN)
    expect(zoomAt(AT_REST, 100, 0, 0).scale).toBe(SCALE_MAX)
  })

  it('does not let the photo be dragged out of its frame', () => {
    fc.assert(
      fc.property(views, (view) => {
        const kept = within(view, 390, 600)
        expect(Math.abs(kept.x)).toBeLessThanOrEqual((390 * (view.scale - 1)) / 2)
        expect(Math.abs(kept.y)).toBeLessThanOrEqual((600 * (view.scale - 1)) / 2)
      }),
    )
  })

  it('holds an unzoomed photo still', () => {
    const { x, y } = within({ scale: 1, x: 50, y: -30 }, 390, 600)
    expect([Math.abs(x), Math.abs(y)]).toEqual([0, 0])
  })
})
