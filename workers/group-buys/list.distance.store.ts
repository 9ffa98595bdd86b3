import type { Place, Statement } from '#kit/page'
import type { Around } from '#kit/place'
import { WITH_HOST } from './group-buy.store.ts'
import { halvesOf, type Ring } from './list.distance.rules.ts'
import type { ListPlan } from './list.plan.rules.ts'
import { LIST_CARD } from './list.store.ts'

/** Where little is open one statement reads so many rings; D1 takes five parts of a compound at most. */
export const RINGS_A_STATEMENT = 3

/**
 * A list by distance: ring after ring from the middle outward, nearest first, and no ring once there are `limit` rows. Of each row of
 * the grid only its nearest `limit` rows on either side are looked at, so that it costs the same however much is open.
 */
export function byDistance(
  plan: ListPlan,
  around: Around,
  rings: readonly Ring[],
  after: Place | null,
  limit: number,
): Statement {
  const binds: (string | number)[] = []
  // Numbered, since the place asked from stands in every part.
  const bound = (value: string | number) => `?${binds.push(value)}`
  const metres = metresFrom(around, bound)
  const most = bound(limit)
  const byCategory = plan.category === undefined ? '' : 'category_'
  const where = [
    `g.state = ${bound(plan.state)}`,
    ...(plan.category === undefined ? [] : [`g.category = ${bound(plan.category)}`]),
    // What is nearer than the last page's end is not in its ring; of what is as near, those after it.
    ...(after === null ? [] : [`(${metres('g')} > ${bound(after.key)} OR g.seq > ${bound(after.seq)})`]),
  ].join(' AND ')
  const half = (side: 'east' | 'west', stretches: string, ring: string) =>
    `SELECT t.seq AS seq, t.rowid AS row, ${metres('t')} AS metres FROM json_each(${stretches}) r CROSS JOIN group_buys t WHERE t.rowid IN (
      SELECT g.rowid FROM group_buys g INDEXED BY group_buys_${byCategory}${side} WHERE ${where} AND g.lat_milli = r.value ->> 0
        AND g.lng_milli BETWEEN r.value ->> 1 AND r.value ->> 2 AND ${metres('g')} BETWEEN ${ring}
      ORDER BY g.lng_milli ${side === 'east' ? 'ASC' : 'DESC'}, g.seq LIMIT ${most})`
  const parts = rings.map((ring) => {
    const { east, west } = halvesOf(around.yardstick, ring)
    const within = `${bound(ring.fromSquareMetres)} AND ${bound(ring.toSquareMetres)}`
    return `SELECT * FROM (SELECT * FROM (
    ${half('east', bound(JSON.stringify(east)), within)}
    UNION ALL
    ${half('west', bound(JSON.stringify(west)), within)}
  ) ORDER BY metres, seq LIMIT ${most})`
  })
  return {
    sql: `SELECT ${LIST_CARD}, near.metres AS key, near.metres AS squareMetres FROM (
  ${parts.join('\n  UNION ALL\n  ')}
  LIMIT ${most}
) near CROSS JOIN group_buys g ON g.rowid = near.row ${WITH_HOST} ORDER BY near.metres, g.seq`,
    binds,
  }
}

/** Metres squared between a row and the place asked from; `squareMetres` in kit/place.ts is the same sum. */
function metresFrom({ yardstick }: Around, bound: (value: number) => string) {
  const { spot, metresPerMilli, cosine, sinePerMilli } = yardstick
  const [lat, lng] = [bound(spot.latMilli), bound(spot.lngMilli)]
  const [perMilli, cos, sin] = [bound(metresPerMilli), bound(cosine), bound(sinePerMilli)]
  return (row: 'g' | 't') => {
    const north = `${row}.lat_milli - ${lat}`
    const x = `((${row}.lng_milli - ${lng} + 540000) % 360000 - 180000) * ${perMilli} * (${cos} - ${sin} * (${north}))`
    const y = `(${north}) * ${perMilli}`
    return `CAST(${x} * ${x} + ${y} * ${y} AS INTEGER)`
  }
}
