import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { GroupBuyId } from '#contracts/ids'
import type { SlotClaimsObject } from '#do/slot-claims/claims.api'
import { HOUR_MS, MINUTE_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { type GroupBuysAlone, newMember, startGroupBuys } from '../platform/group-buys/alone.ts'
import { type ClaimsAlone, type ClaimsKind, startClaims } from './p2-claims-alone.ts'

/**
 * P15 of group buys, where no power is cut: an end that cannot be carried out ten times over is not lost, and one whose alarm is lost is
 * found by the minute tick. (With the power cut: tests/crash/p15-deadlines-kill.)
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const START = Date.parse('2026-12-01T09:00:00.000Z')
const FAILURES = 10
const RINGS_MAX = 30
/** Longer than anything is put off. */
const LATER_MS = 6 * MINUTE_MS

let claims: ClaimsAlone
let worker: GroupBuysAlone
beforeAll(async () => {
  claims = await startClaims()
  worker = await startGroupBuys()
})
afterAll(async () => {
  await Promise.all([claims.close(), worker.close()])
})

/** A deadline at which neither the database nor payments can be reached ten times over; what is wrong with how it went. */
async function endAmidFailures(kind: ClaimsKind): Promise<string[]> {
  await claims.setClock(START)
  const groupBuy = claims.groupBuy(kind, { deadlineMs: START + HOUR_MS })
  const [one, two] = [newId('mem', START), newId('mem', START)]
  await Promise.all([one, two].map((memberId) => groupBuy.give(memberId, 10_000)))
  await groupBuy.join(one, 2)
  await claims.setClock(START + HOUR_MS - 1)
  const late = await groupBuy.reserve(two, 1)
  if (!late.ok || late.value.pay === null) throw new Error('nothing was reserved')
  // Their money is put aside, and the deadline comes before they say so: it goes back.
  await groupBuy.pay(two, late.value.pay)
  await groupBuy.away('flush', FAILURES)
  await groupBuy.away('release', FAILURES)
  const faults: string[] = []
  let ends: string[] = []
  for (let ring = 0; ring < RINGS_MAX && faults.length === 0; ring++) {
    await claims.setClock(START + HOUR_MS + ring * LATER_MS)
    await groupBuy.ring().catch(() => faults.push('its alarm failed'))
    const { parts, holds } = await groupBuy.books()
    ends = parts.flatMap(({ happened }) => happened).flatMap(({ type }) => (type === 'failed' ? [type] : []))
    const back = holds.find(({ memberId }) => memberId === two)
    if (ends.length > 0 && back?.state === 'voided') {
      if (back.resolved !== 1) faults.push(`the money went back ${back.resolved} times`)
      break
    }
    if (!(await groupBuy.isArmed())) faults.push('nothing will ring it again')
  }
  return [...faults, ...(ends.length === 1 ? [] : [`its end was told ${ends.length} times`])]
}

describe('an end that cannot be carried out', () => {
  it(`for ${FAILURES} times is put off as often, and then comes once`, async () => {
    expect(await endAmidFailures('sound')).toEqual([])
  })

  it('would be caught being left to the platform’s own retries', async () => {
    expect(await endAmidFailures('fragile')).not.toEqual([])
  })
})

/** When a recruiting one is overdue: so long after its deadline the tick asks. */
const OVERDUE_MS = MINUTE_MS
const EACH = NIGHTLY ? 70 : 6
type Objects = { SLOT_CLAIMS: DurableObjectNamespace<SlotClaimsObject> }
const Row = z.object({ id: z.string(), state: z.string(), deadlineMs: z.int(), told: z.int() })

/** Its deadline is moved in the database and in the object; the alarm still stands for the old one, which is as good as lost. */
async function moveDeadline(id: GroupBuyId, deadlineMs: number): Promise<void> {
  await worker.db
    .prepare('UPDATE group_buys SET deadline_ms = ?, due_at_ms = ? WHERE id = ?')
    .bind(deadlineMs, deadlineMs + OVERDUE_MS, id)
    .run()
  const storage = await worker.server
    .getWorker<Objects>('madang-group-buys')
    .getDurableObjectStorage('SLOT_CLAIMS', { name: id })
  await storage.exec("UPDATE facts SET plan = json_set(plan, '$.deadlineMs', CAST(? AS INTEGER))", deadlineMs)
}

/** So many, each with a member; in every second one that is not enough. */
async function openMany(count: number, deadlineMs: number): Promise<GroupBuyId[]> {
  const ids: GroupBuyId[] = []
  for (let index = 0; index < count; index++) {
    const host = newMember()
    const { id } = await worker.open(host, { totalUnits: 6, minUnits: 2 + (index % 2) * 2, hostUnits: 1 })
    expect(await worker.join(await worker.rich(), id, 1)).toMatchObject({ status: 200 })
    await moveDeadline(id, deadlineMs)
    ids.push(id)
  }
  return ids
}

async function rowsOf(ids: readonly GroupBuyId[]): Promise<z.infer<typeof Row>[]> {
  const { results } = await worker.db
    .prepare(
      `SELECT id, state, deadline_ms AS deadlineMs, (SELECT count(*) FROM outbox WHERE event ->> 'aggregateId' = g.id
         AND type IN ('group_buy.filled', 'group_buy.failed', 'group_buy.cancelled')) AS told FROM group_buys g`,
    )
    .all()
  return z
    .array(Row)
    .parse(results)
    .filter(({ id }) => ids.some((each) => each === id))
}

/** What a tick at that time should not have left behind, or should not have done. */
const faultsOf = (rows: z.infer<typeof Row>[], tickMs: number, nowMs: number): string[] =>
  rows.flatMap(({ id, state, deadlineMs, told }) => [
    ...(state === 'recruiting' && deadlineMs + OVERDUE_MS <= tickMs && deadlineMs <= nowMs
      ? [`${id} is overdue`]
      : []),
    ...(state !== 'recruiting' && deadlineMs > nowMs ? [`${id} ended before its time`] : []),
    ...(told === (state === 'recruiting' ? 0 : 1) ? [] : [`the end of ${id} was told ${told} times`]),
  ])

describe(`${3 * EACH} group buys whose alarm is lost`, () => {
  it('are found by the tick from a minute past their deadline on, each once, and none whose time has not come', async () => {
    await worker.db.prepare('DROP TRIGGER group_buy_keeps_its_terms').run()
    const nowMs = Date.now()
    const overdue = await openMany(EACH, nowMs - OVERDUE_MS)
    const justOver = await openMany(EACH, nowMs - 1)
    const coming = await openMany(EACH, nowMs + 2 * HOUR_MS)
    const all = [...overdue, ...justOver, ...coming]
    // The checker finds what a tick that does nothing leaves behind.
    const before = faultsOf(await rowsOf(all), Date.now(), Date.now())
    expect(before.filter((fault) => fault.endsWith('is overdue')).length).toBeGreaterThanOrEqual(EACH)

    const tickUntilQuiet = async (laterMs: number) => {
      for (let ticks = 0; ticks < 4; ticks++) await worker.tick(laterMs)
      return faultsOf(await rowsOf(all), Date.now() + laterMs, Date.now())
    }
    expect(await tickUntilQuiet(0)).toEqual([])
    expect((await rowsOf(overdue)).map(({ state }) => state).sort()).toEqual(endsOf(EACH))
    expect(await tickUntilQuiet(OVERDUE_MS)).toEqual([])
    expect((await rowsOf(justOver)).map(({ state }) => state).sort()).toEqual(endsOf(EACH))
    // A tick whose clock runs ahead ends nothing: the object goes by its own.
    expect(await tickUntilQuiet(4 * HOUR_MS)).toEqual([])
    expect(new Set((await rowsOf(coming)).map(({ state }) => state))).toEqual(new Set(['recruiting']))
  })

  it('would be caught ended early or told twice', () => {
    const row = { id: 'gb', state: 'failed', deadlineMs: 1_000, told: 1 }
    expect(faultsOf([row], 2_000, 2_000)).toEqual([])
    expect(faultsOf([row], 999, 999)).toEqual(['gb ended before its time'])
    expect(faultsOf([{ ...row, told: 2 }], 2_000, 2_000)).toEqual(['the end of gb was told 2 times'])
  })
})

const endsOf = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => (index % 2 === 0 ? 'filled' : 'failed')).sort()
