import type { Burst } from './burst.ts'
import type { Result } from './drive.ts'
import type { Verdict } from './table.ts'

const CLAIMS_OVER_FLOOR_MIN = 0.7
const TRANSFERS_OVER_FLOOR_MIN = 0.6
/** A purchase end to end, beside one bare batch of the statements of a transfer. */
const PURCHASE_OVER_FLOOR_MAX = 12
/** 5,000 at once within 0.8 s where the bare object call gives 4,500/s: that many times what the floor takes for them. */
const BURST_MS = 800
const BURST_FLOOR_PER_SECOND = 4_500

export type MoneyFigures = {
  claims: Result
  claimsFloor: Result
  burst: Burst
  burstFloor: Burst
  transfers: Result
  transfersFloor: Result
  purchase: { p50Ms: number; p99Ms: number }
  purchaseFloor: { p50Ms: number; p99Ms: number }
}

export const perSecond = ({ requests, seconds }: Pick<Result, 'requests' | 'seconds'>): number =>
  requests / seconds

/** Every target of the money, held against the figures. */
export function moneyVerdicts(figures: MoneyFigures): Verdict[] {
  const { burst, claims, claimsFloor, transfers, transfersFloor, purchase, purchaseFloor } = figures
  const floorShare = perSecond(claimsFloor) / BURST_FLOOR_PER_SECOND
  const burstMaxMs = BURST_MS / Math.min(1, floorShare)
  const least = (what: string, value: number, min: number): Verdict => ({
    what,
    value,
    target: `≥ ${min}`,
    reached: value >= min,
  })
  const most = (what: string, value: number, max: number): Verdict => ({
    what,
    value,
    target: `≤ ${max.toFixed(0)}`,
    reached: value <= max,
  })
  const asked = Object.values(burst.statuses).reduce((sum, count) => sum + count, 0)
  return [
    least(
      'claims a second over the bare object call',
      perSecond(claims) / perSecond(claimsFloor),
      CLAIMS_OVER_FLOOR_MIN,
    ),
    most(
      `${asked} members at once, all answered after ms (0.8 s scaled to this machine's floor)`,
      burst.tookMs,
      burstMaxMs,
    ),
    most('winners among them beyond the hundred there are', Math.abs((burst.statuses['201'] ?? 0) - 100), 0),
    least(
      'transfers a second over a bare batch of the same statements',
      perSecond(transfers) / perSecond(transfersFloor),
      TRANSFERS_OVER_FLOOR_MIN,
    ),
    most(
      'a purchase end to end over the floor’s latency',
      purchase.p50Ms / purchaseFloor.p50Ms,
      PURCHASE_OVER_FLOOR_MAX,
    ),
    most('requests that failed', claims.failed + transfers.failed, 0),
  ]
}

export function moneyTable(figures: MoneyFigures): string {
  const line = (name: string, own: string, floor: string) =>
    [name.padEnd(44), own.padStart(22), floor.padStart(22)].join('  ')
  const rate = (result: Result) =>
    `${perSecond(result).toFixed(0)}/s ${result.p50Ms.toFixed(1)}/${result.p99Ms.toFixed(1)} ms`
  const ms = ({ p50Ms, p99Ms }: { p50Ms: number; p99Ms: number }) =>
    `${p50Ms.toFixed(1)}/${p99Ms.toFixed(1)} ms`
  const { burst, burstFloor } = figures
  return [
    line('money', 'platform', 'floor'),
    line('claims, p50/p99', rate(figures.claims), rate(figures.claimsFloor)),
    line(
      '5,000 at once on 256 sockets, all answered',
      `${burst.tookMs.toFixed(0)} ms`,
      `${burstFloor.tookMs.toFixed(0)} ms`,
    ),
    line('  one of them, p50/p99', ms(burst), ms(burstFloor)),
    line('transfers, p50/p99', rate(figures.transfers), rate(figures.transfersFloor)),
    line('a purchase, p50/p99', ms(figures.purchase), ms(figures.purchaseFloor)),
    '',
    ...moneyVerdicts(figures).map(
      ({ what, value, target, reached }) => `${reached ? '✓' : '✘'} ${what}: ${value.toFixed(2)} (${target})`,
    ),
  ].join('\n')
}
