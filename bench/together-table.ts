import type { Burst } from './burst.ts'
import { perSecond } from './money-table.ts'
import type { Verdict } from './table.ts'
import type { NearRow } from './together-cases.ts'

const JOINS_OVER_FLOOR_MIN = 0.6
/** How much longer a list near a place may take among 100,000 open group buys than among 2,000. */
const GROWTH_MAX = 1.5

export type TogetherFigures = {
  joins: Burst
  joinsFloor: Burst
  sizes: { few: number; many: number }
  near: NearRow[]
}

/** How many were answered a second, and how many of them not well. */
export function answeredOf({ tookMs, statuses }: Burst): { perSecond: number; failed: number } {
  const asked = Object.values(statuses).reduce((sum, count) => sum + count, 0)
  return { perSecond: (asked / tookMs) * 1_000, failed: asked - (statuses['200'] ?? 0) }
}

/** Every target of buying together, held against the figures. */
export function togetherVerdicts({ joins, joinsFloor, sizes, near }: TogetherFigures): Verdict[] {
  const [own, floor] = [answeredOf(joins), answeredOf(joinsFloor)]
  const share = own.perSecond / floor.perSecond
  const failed = own.failed + near.reduce((sum, { few, many }) => sum + few.failed + many.failed, 0)
  return [
    {
      what: 'joins a second at one group buy over the bare object call',
      value: share,
      target: `≥ ${JOINS_OVER_FLOOR_MIN}`,
      reached: share >= JOINS_OVER_FLOOR_MIN,
    },
    ...near.map(({ sort, few, many }): Verdict => {
      const growth = perSecond(few) / perSecond(many)
      return {
        what: `near a place, ${sort}: its time at ${sizes.many} over that at ${sizes.few}`,
        value: growth,
        target: `≤ ${GROWTH_MAX}`,
        reached: growth <= GROWTH_MAX,
      }
    }),
    { what: 'requests that failed', value: failed, target: '≤ 0', reached: failed === 0 },
  ]
}

export function togetherTable(figures: TogetherFigures): string {
  const { joins, joinsFloor, sizes, near } = figures
  const line = (name: string, own: string, floor: string) =>
    [name.padEnd(44), own.padStart(22), floor.padStart(22)].join('  ')
  const rate = (count: number, p50Ms: number, p99Ms: number) =>
    `${count.toFixed(0)}/s ${p50Ms.toFixed(1)}/${p99Ms.toFixed(1)} ms`
  const answered = (burst: Burst) => rate(answeredOf(burst).perSecond, burst.p50Ms, burst.p99Ms)
  return [
    line('buying together', 'platform', 'bare object'),
    line('joins of one, p50/p99', answered(joins), answered(joinsFloor)),
    '',
    line('past every cache, p50/p99', `${sizes.few} open`, `${sizes.many} open`),
    ...near.map(({ sort, few, many }) =>
      line(
        `near a place, ${sort}`,
        rate(perSecond(few), few.p50Ms, few.p99Ms),
        rate(perSecond(many), many.p50Ms, many.p99Ms),
      ),
    ),
    '',
    ...togetherVerdicts(figures).map(
      ({ what, value, target, reached }) => `${reached ? '✓' : '✘'} ${what}: ${value.toFixed(2)} (${target})`,
    ),
  ].join('\n')
}
