import { posted } from './alone.ts'

/** Many that one search finds, with many ties in all that they can be sorted by; each is newer than the one before it. */
export const WARES = Array.from({ length: 43 }, (_, index) =>
  posted({
    title: index % 3 === 0 ? '정렬 찻잔' : `화분 ${index}`,
    description: index % 3 === 0 ? '깨끗해요' : '정렬 안 된 것',
    price: (index * 7919) % 5,
    counts: { views: (index * 31) % 7, wishes: (index * 17) % 4 },
    location: { lat: 37.5 + (index % 6) / 1000, lng: 127 },
  }),
)
export const QUERY = '정렬'
/** Where distances are reckoned from: all of them are near. */
export const NEAR = { near: '37.5,127', radiusKm: '10' }

const places = new Map(WARES.map(({ data }, place) => [data.id as string, place]))
/** Which of the wares it is; -1 when it is none of them. */
export const placeOf = ({ id }: { id: string }): number => places.get(id) ?? -1

const KEYS = {
  relevance: (place: number) => (place % 3 === 0 ? 0 : 1),
  newest: () => 0,
  price_asc: (place: number) => WARES[place]?.data.price ?? 0,
  price_desc: (place: number) => -(WARES[place]?.data.price ?? 0),
  views: (place: number) => -(WARES[place]?.data.counts.views ?? 0),
  wishes: (place: number) => -(WARES[place]?.data.counts.wishes ?? 0),
  distance: (place: number) => place % 6,
}
/** The wares' places as each sort must have them: by its key, and the newest first among equals. */
export const ORDERS = Object.entries(KEYS).map(([sort, keyOf]): [string, number[]] => [
  sort,
  [...WARES.keys()].sort((a, b) => keyOf(a) - keyOf(b) || b - a),
])
