import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { TradeId } from '#contracts/ids'
import { RELEASE_NOTICE_BEFORE_MS } from '#contracts/trades'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { sweepPurchases } from '../../workers/trades/escrow-sweep.service.ts'
import { buy } from '../../workers/trades/purchase.service.ts'
import { randomOf } from './deliveries.ts'
import { asks, type SagaTown, startSagaTown } from './p6-town.ts'

/**
 * P15: deadlines come. Purchases whose money is to go by itself at many different moments, ticks that come late or twice, and the power
 * cut in the middle of them: each release, and the notice a day before it, happens once, at its tick and never before its time.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const DEADLINES = NIGHTLY ? 200 : 40
const CUTS = NIGHTLY ? 20 : 6
const SEED = 20_261_121
const SPREAD_MS = 3 * DAY_MS
const PRICE = 10_000
/** A tick that was cut off leaves what it had in hand for the next minutes. */
const SETTLED_AFTER_MS = 2 * MINUTE_MS

beforeAll(() => {
  for (const level of ['log', 'warn', 'error'] as const) vi.spyOn(console, level).mockImplementation(() => {})
})

/** What was seen of a deadline: the tick it happened at, one a time it did. */
type Seen = { dueMs: number; atMs: number[] }

/** What is wrong with how deadlines were kept up to the last tick. */
function faultsOf(seen: ReadonlyMap<string, Seen>, lastMs: number): string[] {
  return [...seen].flatMap(([name, { dueMs, atMs }]) => [
    ...(atMs.some((at) => at < dueMs) ? [`${name} came before its time`] : []),
    ...(atMs.length > 1 ? [`${name} came ${atMs.length} times`] : []),
    ...(atMs.length === 0 && dueMs + SETTLED_AFTER_MS <= lastMs ? [`${name} never came`] : []),
  ])
}

async function bought(town: SagaTown, count: number): Promise<TradeId[]> {
  const ids: TradeId[] = []
  for (let index = 0; index < count; index++) {
    const [seller, buyer, id] = [newId('mem', index), newId('mem', index), newId('lst', index)]
    town.shelves.putUp({ id, sellerId: seller, price: PRICE })
    town.books.give(buyer, PRICE)
    const answer = await buy(town.env, asks(buyer), { listingId: id, expectedPrice: PRICE }, undefined)
    if (!answer.ok) throw new Error(answer.refusal.code)
    ids.push(answer.value.trade.id)
  }
  return ids
}

/** Facts told of the trades: the notice and the release. */
async function told(town: SagaTown): Promise<Map<string, number>> {
  const { results } = await town.db
    .prepare(
      "SELECT type || ' ' || (event ->> 'aggregateId') AS name, count(*) AS n FROM outbox WHERE type IN ('trade.completed', 'trade.release_due') GROUP BY name",
    )
    .all<{ name: string; n: number }>()
  return new Map(results.map(({ name, n }) => [name, n]))
}

describe('deadlines', () => {
  it(`of ${DEADLINES} purchases each come once and none before its time, over ${CUTS} power cuts`, async () => {
    const town = startSagaTown()
    const random = randomOf(SEED)
    town.plan([])
    const ids = await bought(town, DEADLINES)
    const fromMs = Date.now() + 7 * DAY_MS
    const seen = new Map<string, Seen>()
    for (const id of ids) {
      const releaseMs = fromMs + Math.floor(random() * SPREAD_MS)
      const noticeMs = releaseMs - RELEASE_NOTICE_BEFORE_MS
      await town.db
        .prepare('UPDATE escrows SET release_at_ms = ?, due_at_ms = ? WHERE trade_id = ?')
        .bind(releaseMs, noticeMs, id)
        .run()
      seen.set(`trade.completed ${id}`, { dueMs: releaseMs, atMs: [] })
      seen.set(`trade.release_due ${id}`, { dueMs: noticeMs, atMs: [] })
    }
    const lastMs = fromMs + SPREAD_MS + HOUR_MS
    const steps = 120
    const cutAt = new Set(Array.from({ length: CUTS }, () => Math.floor(random() * steps)))
    for (let step = 0; step <= steps; step++) {
      const atMs = Math.round(fromMs - 2 * DAY_MS + ((lastMs - fromMs + 2 * DAY_MS) * step) / steps)
      const cut = { at: 1 + Math.floor(random() * 12), when: 'after', what: 'power cut' } as const
      town.plan(cutAt.has(step) ? [cut] : [])
      for (const laterMs of [0, 0, MINUTE_MS, 2 * MINUTE_MS]) {
        await sweepPurchases(town.env, atMs + laterMs).catch(() => {})
        town.revive()
        for (const [name, times] of await told(town)) {
          const each = seen.get(name)
          while (each && each.atMs.length < times) each.atMs.push(atMs + laterMs)
        }
        expect(faultsOf(seen, atMs + laterMs - HOUR_MS)).toEqual([])
      }
    }
    expect(faultsOf(seen, lastMs)).toEqual([])
    expect([...seen.values()].every(({ atMs }) => atMs.length === 1)).toBe(true)
    const paidOut = ids.length * PRICE
    const sellers = [...town.shelves.things.values()].map(({ sellerId }) => town.books.balanceOf(sellerId))
    expect(sellers.reduce((sum, each) => sum + each, 0)).toBe(paidOut)
    town.close()
  })

  it('kept early, twice or never would be caught', () => {
    const faults = (atMs: number[]) => faultsOf(new Map([['release', { dueMs: 100, atMs }]]), 1_000_000)
    expect(faults([99])).toEqual(['release came before its time'])
    expect(faults([100, 101])).toEqual(['release came 2 times'])
    expect(faults([])).toEqual(['release never came'])
    expect(faults([100])).toEqual([])
  })
})
