import { type CellLevel, cellsAround, levelFor, type Spot, type Yardstick, yardstickAt } from './place.ts'

/** A condition in SQL, and what it binds. */
export type Condition = { sql: string; binds: (string | number)[] }

/** A circle as a list reads it: its middle, its radius, and the cells it touches. */
export type Around = { yardstick: Yardstick; radiusKm: number; level: CellLevel; cells: number[] }

export const aroundOf = (spot: Spot, radiusKm: number): Around => ({
  yardstick: yardstickAt(spot),
  radiusKm,
  level: levelFor(radiusKm),
  cells: cellsAround(levelFor(radiusKm), spot, radiusKm),
})

/** Metres squared between a row (its `lat_milli`, `lng_milli`) and the circle's middle; `squareMetres` in place.ts is the same sum. */
export function squareMetresSql(alias: string, { yardstick }: Around): Condition {
  const { spot, metresPerMilli, cosine, sinePerMilli } = yardstick
  const north = `${alias}.lat_milli - ?`
  const east = `((${alias}.lng_milli - ? + 540000) % 360000 - 180000)`
  const x = `${east} * ? * (? - ? * (${north}))`
  const y = `(${north}) * ?`
  return {
    sql: `CAST(${x} * ${x} + ${y} * ${y} AS INTEGER)`,
    binds: [
      ...[spot.lngMilli, metresPerMilli, cosine, sinePerMilli, spot.latMilli],
      ...[spot.lngMilli, metresPerMilli, cosine, sinePerMilli, spot.latMilli],
      ...[spot.latMilli, metresPerMilli, spot.latMilli, metresPerMilli],
    ],
  }
}

/** Holds for the rows within the circle; without a circle for all. */
export function inCircle(alias: string, around: Around | null): Condition[] {
  if (!around) return []
  const distance = squareMetresSql(alias, around)
  return [{ sql: `${distance.sql} <= ?`, binds: [...distance.binds, (around.radiusKm * 1000) ** 2] }]
}

/** One condition of many; of none, that which always holds. */
export const allOf = (conditions: readonly Condition[]): Condition => ({
  sql: conditions.map(({ sql }) => sql).join(' AND ') || '1',
  binds: conditions.flatMap(({ binds }) => binds),
})
