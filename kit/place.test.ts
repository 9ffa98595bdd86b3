import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CELL_LEVELS,
  cellOf,
  cellsAround,
  levelFor,
  shownKm,
  spotOf,
  squareMetres,
  yardstickAt,
} from './place.ts'

const anywhere = fc.record({
  lat: fc.double({ min: -90, max: 90, noNaN: true }),
  lng: fc.double({ min: -180, max: 180, noNaN: true }),
})
const lived = fc.record({
  lat: fc.double({ min: -65, max: 70, noNaN: true }),
  lng: fc.double({ min: -180, max: 180, noNaN: true }),
})
const radius = fc.double({ min: 0.5, max: 100, noNaN: true })
const EARTH_KM = 6371.0088

/** The distance on a sphere, by the book. */
function sphereKm(from: { lat: number; lng: number }, to: { lat: number; lng: number }): number {
  const rad = Math.PI / 180
  const a =
    Math.sin(((to.lat - from.lat) * rad) / 2) ** 2 +
    Math.cos(from.lat * rad) * Math.cos(to.lat * rad) * Math.sin(((to.lng - from.lng) * rad) / 2) ** 2
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(a)))
}

/** A point so many km from another, in some direction. */
function away(from: { lat: number; lng: number }, km: number, turn: number) {
  const lat = Math.max(-90, Math.min(90, from.lat + (km / 111.195) * Math.cos(turn)))
  const lng = from.lng + ((km / 111.195) * Math.sin(turn)) / Math.cos((lat * Math.PI) / 180)
  return { lat, lng: ((lng + 540) % 360) - 180 }
}

describe('a position', () => {
  it('is kept to a thousandth of a degree and nothing finer', () => {
    fc.assert(
      fc.property(anywhere, (position) => {
        const spot = spotOf(position)
        expect(Number.isInteger(spot.latMilli) && Number.isInteger(spot.lngMilli)).toBe(true)
        expect(Math.abs(spot.latMilli / 1000 - position.lat)).toBeLessThanOrEqual(0.000_500_1)
        expect(spot.lngMilli).toBeLessThan(180_000)
      }),
    )
  })
})

describe('a distance', () => {
  it('agrees with the sphere within 0.2 % where people live', () => {
    fc.assert(
      fc.property(lived, radius, fc.double({ min: 0, max: 6.28, noNaN: true }), (from, km, turn) => {
        const [a, b] = [spotOf(from), spotOf(away(from, km, turn))]
        const measured = Math.sqrt(squareMetres(yardstickAt(a), b)) / 1000
        const real = sphereKm(
          { lat: a.latMilli / 1000, lng: a.lngMilli / 1000 },
          { lat: b.latMilli / 1000, lng: b.lngMilli / 1000 },
        )
        expect(Math.abs(measured - real)).toBeLessThanOrEqual(0.002 + real * 0.002)
      }),
    )
  })

  it('is shown in steps, never below 0.1 km, and never less than it is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 ** 2 }), (square) => {
        const km = shownKm(square)
        expect(km).toBeGreaterThanOrEqual(0.1)
        expect(km * 1000).toBeGreaterThanOrEqual(Math.sqrt(square) - 0.001)
        const steps = km <= 3 ? km * 10 : km * 2
        expect(Math.abs(steps - Math.round(steps))).toBeLessThan(1e-9)
      }),
    )
    expect([shownKm(0), shownKm(101 ** 2), shownKm(3_001 ** 2)]).toEqual([0.1, 0.2, 3.5])
  })
})

describe('the cells around a place', () => {
  it('hold every place within the radius, at every size, even past the date line', () => {
    fc.assert(
      fc.property(
        fc.oneof(lived, fc.record({ lat: fc.constant(0.5), lng: fc.constantFrom(-180, -179.99, 179.999) })),
        radius,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 6.28, noNaN: true }),
        fc.constantFrom(...CELL_LEVELS),
        (centre, km, share, turn, level) => {
          const spot = spotOf(centre)
          const other = spotOf(away(centre, km * share, turn))
          if (squareMetres(yardstickAt(spot), other) > (km * 1000) ** 2) return
          expect(cellsAround(level, spot, km)).toContain(cellOf(level, other))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('are few at the size that is chosen, and each is named once', () => {
    fc.assert(
      fc.property(lived, radius, (centre, km) => {
        const cells = cellsAround(levelFor(km), spotOf(centre), km)
        expect(cells.length).toBeLessThanOrEqual(16)
        expect(new Set(cells).size).toBe(cells.length)
      }),
      { numRuns: 1_000 },
    )
    for (const lat of [90, -90, 89.9]) {
      const cells = cellsAround(levelFor(100), spotOf({ lat, lng: 0 }), 100)
      expect(cells.length).toBeLessThanOrEqual(40)
    }
  })
})
