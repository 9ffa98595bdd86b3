import type { Yardstick } from '#kit/place'

/** Rings are read from the middle outward until a page is full: where much is open the innermost is enough. */
const RING_RADII_KM = [0.6, 1.8, 5, 10, 20, 35, 50] as const
const FULL_TURN_MILLI = 360_000
const HALF_TURN_MILLI = 180_000
const POLE_MILLI = 90_000

/** From one distance to another, whole square metres, both included. */
export type Ring = { fromSquareMetres: number; toSquareMetres: number }
/** A stretch of one row of the grid: a latitude, and longitudes from west to east. */
export type Stretch = [latMilli: number, westMilli: number, eastMilli: number]
/** The spots of a ring, with a few beside it: each row of the grid falls into what lies east of the middle and what lies west of it. */
export type Halves = { east: Stretch[]; west: Stretch[] }

/** The rings inside a radius that may hold what is not nearer than `fromSquareMetres`, the innermost first. */
export function ringsWithin(radiusKm: number, fromSquareMetres: number): Ring[] {
  const ends = [...RING_RADII_KM.filter((end) => end < radiusKm), radiusKm].map((km) => (km * 1_000) ** 2)
  return ends
    .map((toSquareMetres, index) => ({
      fromSquareMetres: Math.max(fromSquareMetres, index === 0 ? 0 : Math.floor(ends[index - 1] ?? 0) + 1),
      toSquareMetres: Math.floor(toSquareMetres),
    }))
    .filter((ring) => ring.fromSquareMetres <= ring.toSquareMetres)
}

/**
 * Where a ring's spots lie. Along each stretch the distance only grows, away from the middle; so its nearest few rows are the only ones
 * of it that a page of as many can hold.
 */
export function halvesOf(yardstick: Yardstick, { fromSquareMetres, toSquareMetres }: Ring): Halves {
  const { spot, metresPerMilli, cosine, sinePerMilli } = yardstick
  const halves: Halves = { east: [], west: [] }
  // What is asked of a spot are whole square metres: a hair more than the ring.
  const reach = Math.sqrt(toSquareMetres + 1)
  const rows = Math.ceil(reach / metresPerMilli)
  for (let north = -rows; north <= rows; north++) {
    const latMilli = spot.latMilli + north
    if (Math.abs(latMilli) > POLE_MILLI) continue
    const squareNorth = (north * metresPerMilli) ** 2
    if (squareNorth > toSquareMetres + 1) continue
    const metresEast = Math.abs(metresPerMilli * (cosine - sinePerMilli * north))
    const steps = (squareMetres: number) =>
      squareMetres <= 0 ? 0 : Math.min(HALF_TURN_MILLI, Math.sqrt(squareMetres) / metresEast)
    const farthest = Math.ceil(steps(toSquareMetres + 1 - squareNorth))
    // One step inside the ring, so that no rounding loses a spot of it.
    const nearest = Math.max(0, Math.floor(steps(fromSquareMetres - 1 - squareNorth)) - 1)
    const east = [nearest, Math.min(farthest, HALF_TURN_MILLI - 1)] as const
    halves.east.push(...stretches(latMilli, spot.lngMilli + east[0], spot.lngMilli + east[1]))
    halves.west.push(...stretches(latMilli, spot.lngMilli - farthest, spot.lngMilli - Math.max(1, nearest)))
  }
  return halves
}

/** A stretch that runs over the 180th meridian is two. */
function stretches(latMilli: number, west: number, east: number): Stretch[] {
  if (west > east) return []
  if (west >= HALF_TURN_MILLI) return [[latMilli, west - FULL_TURN_MILLI, east - FULL_TURN_MILLI]]
  if (east < -HALF_TURN_MILLI) return [[latMilli, west + FULL_TURN_MILLI, east + FULL_TURN_MILLI]]
  if (east >= HALF_TURN_MILLI)
    return [
      [latMilli, west, HALF_TURN_MILLI - 1],
      [latMilli, -HALF_TURN_MILLI, east - FULL_TURN_MILLI],
    ]
  if (west < -HALF_TURN_MILLI)
    return [
      [latMilli, west + FULL_TURN_MILLI, HALF_TURN_MILLI - 1],
      [latMilli, -HALF_TURN_MILLI, east],
    ]
  return [[latMilli, west, east]]
}
