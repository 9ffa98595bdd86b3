import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  distanceKm,
  findNeighbourhoods,
  nearestNeighbourhoods,
  neighbourhoodById,
} from './neighbourhood.rules.ts'

describe('neighbourhoods', () => {
  it('are nearest to themselves', () => {
    const jongno = neighbourhoodById('plc_kr11110')
    if (!jongno) throw new Error('the list lost Jongno')
    expect(nearestNeighbourhoods(jongno)[0]).toEqual(jongno)
    expect(distanceKm(jongno, jongno)).toBe(0)
  })

  it('come nearest first wherever one stands', () => {
    const position = fc.record({
      lat: fc.double({ min: -90, max: 90, noNaN: true }),
      lng: fc.double({ min: -180, max: 180, noNaN: true }),
    })
    fc.assert(
      fc.property(position, (here) => {
        const km = nearestNeighbourhoods(here).map((place) => distanceKm(here, place))
        return km.every((distance, index) => index === 0 || distance >= (km[index - 1] ?? 0))
      }),
      { numRuns: 20 },
    )
  })

  it('are found with spaces, accents and case left out', () => {
    expect(findNeighbourhoods('서울특별시 종로')[0]?.id).toBe('plc_kr11110')
    expect(findNeighbourhoods('JONGNO-GU')[0]?.id).toBe('plc_kr11110')
    expect(findNeighbourhoods('  ')).toEqual([])
  })
})
