/**
 * Where things are, in thousandths of a degree (about 100 m): nothing finer is stored, so nothing finer can be asked out of us.
 */
export type Spot = { latMilli: number; lngMilli: number }

const METRES_PER_MILLI = 111.195
const MILLI_PER_DEGREE = 1_000
const FULL_TURN_MILLI = 360_000

/** A position on the grid we keep; the poles' longitudes and ±180° fold onto one. */
export function spotOf(position: { lat: number; lng: number }): Spot {
  const lngMilli = Math.round(position.lng * MILLI_PER_DEGREE)
  return {
    // `+ 0` turns -0 into 0: the two must be one key.
    latMilli: Math.round(position.lat * MILLI_PER_DEGREE) + 0,
    lngMilli: (lngMilli === 180_000 ? -180_000 : lngMilli) + 0,
  }
}

export const positionOf = (spot: Spot) => ({
  lat: spot.latMilli / MILLI_PER_DEGREE,
  lng: spot.lngMilli / MILLI_PER_DEGREE,
})

/** The numbers the SQL of a near query binds: `squareMetres` below is the same sum in the same order. */
export type Yardstick = { spot: Spot; metresPerMilli: number; cosine: number; sinePerMilli: number }

/**
 * Distance on a plane whose width shrinks with the mean latitude, to first order: off by less than 0.2 % within 100 km of any
 * place people live, and cheap enough for SQL.
 */
export function yardstickAt(spot: Spot): Yardstick {
  const latitude = radians(spot.latMilli / MILLI_PER_DEGREE)
  return {
    spot,
    metresPerMilli: METRES_PER_MILLI,
    cosine: Math.cos(latitude),
    sinePerMilli: Math.sin(latitude) * radians(1 / MILLI_PER_DEGREE) * 0.5,
  }
}

/** Whole square metres between the yardstick's place and `other`. */
export function squareMetres(from: Yardstick, other: Spot): number {
  const north = other.latMilli - from.spot.latMilli
  const east =
    ((other.lngMilli - from.spot.lngMilli + FULL_TURN_MILLI * 1.5) % FULL_TURN_MILLI) - FULL_TURN_MILLI / 2
  const x = east * from.metresPerMilli * (from.cosine - from.sinePerMilli * north)
  const y = north * from.metresPerMilli
  return Math.trunc(x * x + y * y)
}

/** Closer than this, distances step by 100 m; farther by 500 m. Always rounded up: "nearer than". */
const FINE_STEPS_UP_TO_KM = 3

/** What a reply says of a distance. */
export function shownKm(distanceSquareMetres: number): number {
  const km = Math.sqrt(distanceSquareMetres) / 1000
  return km <= FINE_STEPS_UP_TO_KM ? Math.max(1, Math.ceil(km * 10)) / 10 : Math.ceil(km * 2) / 2
}

/** Three sizes of cells; a circle is looked up in the smallest whose cells cover it in few. */
export const CELL_LEVELS = [
  { name: 'near', sideKm: 2.2, radiusKmMax: 3 },
  { name: 'mid', sideKm: 13, radiusKmMax: 18 },
  { name: 'far', sideKm: 75, radiusKmMax: Number.POSITIVE_INFINITY },
] as const
export type CellLevel = (typeof CELL_LEVELS)[number]

export const levelFor = (radiusKm: number): CellLevel =>
  CELL_LEVELS.find((level) => radiusKm <= level.radiusKmMax) ?? CELL_LEVELS[2]

const KM_PER_DEGREE = 111.195
/** More columns than any row of the smallest cells has; a cell's number is `row * COLUMNS_MAX + column`. */
const COLUMNS_MAX = 65_536

/** The cell of a spot: rows of equal height, each cut into as many columns as keep a cell at least `sideKm` wide. */
export function cellOf(level: CellLevel, spot: Spot): number {
  const row = rowOf(level, spot.latMilli / MILLI_PER_DEGREE)
  return row * COLUMNS_MAX + columnOf(spot.lngMilli / MILLI_PER_DEGREE, columnsIn(level, row))
}

/** Every cell a circle touches: at most 16 where people live, and a ring of a few more around a pole. */
export function cellsAround(level: CellLevel, centre: Spot, radiusKm: number): number[] {
  const lat = centre.latMilli / MILLI_PER_DEGREE
  const lng = centre.lngMilli / MILLI_PER_DEGREE
  // A hair more than the radius: the plane's distance and the cells' must not disagree at the rim.
  const reach = (radiusKm * 1.005) / KM_PER_DEGREE
  const cells: number[] = []
  for (let row = rowOf(level, lat - reach); row <= rowOf(level, lat + reach); row++) {
    for (const column of columnsAround(columnsIn(level, row), lng, lngReach(lat, reach)))
      cells.push(row * COLUMNS_MAX + column)
  }
  return cells
}

const rowHeight = (level: CellLevel) => level.sideKm / KM_PER_DEGREE
const rowOf = (level: CellLevel, lat: number) =>
  Math.floor((Math.min(90, Math.max(-90, lat)) + 90) / rowHeight(level))

function columnsIn(level: CellLevel, row: number): number {
  const south = row * rowHeight(level) - 90
  const farthest = Math.min(90, Math.max(Math.abs(south), Math.abs(south + rowHeight(level))))
  return Math.max(1, Math.floor((360 * Math.cos(radians(farthest))) / rowHeight(level)))
}

const columnOf = (lng: number, columns: number) =>
  Math.min(columns - 1, Math.floor(((lng + 180) / 360) * columns))

/** How far east and west of its centre a circle reaches, in degrees; all the way round when it holds a pole. */
function lngReach(lat: number, reach: number): number {
  const rim = Math.abs(lat) + reach
  if (rim >= 90) return 180
  return Math.min(180, reach / Math.cos(radians(rim)))
}

function columnsAround(columns: number, lng: number, reach: number): number[] {
  const first = Math.floor(((lng - reach + 180) / 360) * columns)
  const last = Math.floor(((lng + reach + 180) / 360) * columns)
  const count = Math.min(columns, last - first + 1)
  return Array.from({ length: count }, (_, index) => (((first + index) % columns) + columns) % columns)
}

const radians = (degrees: number) => (degrees * Math.PI) / 180

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

/** Metres squared between a row (its `lat_milli`, `lng_milli`) and the circle's middle; `squareMetres` above is the same sum. */
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
