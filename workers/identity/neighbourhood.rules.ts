import { z } from 'zod'
import type { Neighbourhood, Position } from '#contracts/place'
import rows from './neighbourhoods/places.json' with { type: 'json' }

const EARTH_RADIUS_KM = 6371
const FOUND_MAX = 20

const Row = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.number(),
  z.number(),
  z.number(),
])
type Place = { neighbourhood: Neighbourhood; names: string[]; wide: string; population: number }

let bundled: Map<string, Place> | null = null

/** The bundled list, read at its first use: most requests never ask for it. */
function places(): Map<string, Place> {
  bundled ??= new Map(
    z
      .array(Row)
      .parse(rows)
      .map((row) => [row[0], placeOf(row)]),
  )
  return bundled
}

function placeOf([id, name, nameEn, region, regionEn, country, lat, lng, population]: z.infer<
  typeof Row
>): Place {
  const neighbourhood = { id, name, nameEn, region, regionEn, country, lat, lng }
  const names = [name, nameEn].map(foldedForSearch)
  return { neighbourhood, names, wide: foldedForSearch(`${region}${name} ${regionEn}${nameEn}`), population }
}

const foldedForSearch = (words: string): string =>
  words
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mn}|[\s,.'’-]/gu, '')
    .normalize('NFC')

/** The neighbourhood with this id. */
export const neighbourhoodById = (id: string): Neighbourhood | null => places().get(id)?.neighbourhood ?? null

/** Neighbourhoods a person may mean: names that begin with the words first, then names and regions that contain them. */
export function findNeighbourhoods(words: string): Neighbourhood[] {
  const folded = foldedForSearch(words)
  if (folded === '') return []
  return [...places().values()]
    .flatMap((place) => {
      const rank = rankOf(place, folded)
      return rank === null ? [] : [{ place, rank }]
    })
    .sort((a, b) => a.rank - b.rank || b.place.population - a.place.population)
    .slice(0, FOUND_MAX)
    .map(({ place }) => place.neighbourhood)
}

function rankOf({ names, wide }: Place, folded: string): number | null {
  if (names.includes(folded)) return 0
  if (names.some((name) => name.startsWith(folded))) return 1
  if (names.some((name) => name.includes(folded))) return 2
  return wide.includes(folded) ? 3 : null
}

/** The nearest neighbourhoods to a position, nearest first. */
export const nearestNeighbourhoods = (position: Position): Neighbourhood[] =>
  [...places().values()]
    .map(({ neighbourhood }) => ({ neighbourhood, km: distanceKm(position, neighbourhood) }))
    .sort((a, b) => a.km - b.km)
    .slice(0, FOUND_MAX)
    .map(({ neighbourhood }) => neighbourhood)

/** Distance over the ground between two positions. */
export function distanceKm(from: Position, to: Position): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180
  const [lat, lng] = [rad(to.lat - from.lat) / 2, rad(to.lng - from.lng) / 2]
  const half = Math.sin(lat) ** 2 + Math.cos(rad(from.lat)) * Math.cos(rad(to.lat)) * Math.sin(lng) ** 2
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(half)))
}
