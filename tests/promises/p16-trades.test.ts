import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kit/clock'
import { dispute, endPurchase, handOver } from '../../workers/trades/act.service.ts'
import { auditPurchases } from '../../workers/trades/audit.service.ts'
import { sweepPurchases } from '../../workers/trades/escrow-sweep.service.ts'
import { refund } from '../../workers/trades/refund.service.ts'
import { asks, type SagaTown, startSagaTown } from './p6-town.ts'
import { DAMAGES, hold, MONEY, SALE, thing } from './p16-damages.ts'
import { allFates, bought, FATES, rowOf } from './p16-fates.ts'

/**
 * P16 across databases: a purchase's row, payments' holds and listings' sale say the same, or an operator hears of it once and the one
 * purchase stands still. What moves, and what has come to rest in order, raises no alarm.
 */
const AT_REST_MS = 3 * MINUTE_MS

beforeAll(() => {
  for (const level of ['log', 'warn', 'error'] as const) vi.spyOn(console, level).mockImplementation(() => {})
})
const opened: SagaTown[] = []
afterEach(() => {
  for (const town of opened.splice(0)) town.close()
})
function townOf(variant?: Parameters<typeof startSagaTown>[0]): SagaTown {
  const town = startSagaTown(variant)
  opened.push(town)
  town.plan([])
  return town
}

const audited = async (town: SagaTown, laterMs = AT_REST_MS) =>
  (await auditPurchases(town.env, Date.now() + laterMs)).map(({ invariant, tradeId }) => ({
    invariant,
    tradeId,
  }))

describe('P16: purchases', () => {
  it('raise no alarm when they are in order, whatever became of them, and are looked at again', async () => {
    const town = townOf()
    await allFates(town)
    for (const laterMs of [0, AT_REST_MS, 2 * HOUR_MS, 8 * DAY_MS])
      expect(await audited(town, laterMs)).toEqual([])
    expect([...town.incidents]).toEqual([])
    const next = await town.db.prepare('SELECT min(audit_at_ms) AS atMs FROM escrows').first<number>('atMs')
    expect(next).toBeGreaterThan(Date.now() + 8 * DAY_MS)
  })

  it.each(DAMAGES)('one that $what is found, once, and no other', async ({ fate, breaks, by }) => {
    const town = townOf()
    const of = (await allFates(town))(fate)
    await by(town, of)
    const found = [{ invariant: breaks, tradeId: of.id }]
    expect(await audited(town)).toEqual(found)
    expect(await audited(town, AT_REST_MS + 2 * MINUTE_MS)).toEqual(found)
    expect([...town.incidents]).toEqual([`${breaks}:${of.id}`])
  })

  it('that were in order are found when they go off later', async () => {
    const town = townOf()
    const of = await bought(town, 'paid')
    expect(await audited(town)).toEqual([])
    await hold('buyer', { state: 'voided' })(town, of)
    expect(await audited(town, 2 * HOUR_MS)).toEqual([{ invariant: MONEY, tradeId: of.id }])
  })

  it('that still move are let be until they have come to rest', async () => {
    const town = townOf()
    const of = await bought(town, 'paid')
    await hold('buyer', { state: 'voided' })(town, of)
    expect(await audited(town, MINUTE_MS)).toEqual([])
    // Confirmed while the audit asks its neighbours: what it read is old, and it says nothing.
    const { holdsOfMany } = town.env.PAYMENTS
    await hold('buyer', { state: 'open' })(town, of)
    const PAYMENTS = {
      ...town.env.PAYMENTS,
      holdsOfMany: async (...asked: Parameters<typeof holdsOfMany>) => {
        await endPurchase(town.env, asks(of.buyer), of.id, 'confirmed')
        return await holdsOfMany(...asked)
      },
    }
    expect(await auditPurchases({ ...town.env, PAYMENTS }, Date.now() + AT_REST_MS)).toEqual([])
    expect((await rowOf(town, of)).state).toBe('completed')
    expect(await audited(town)).toEqual([])
  })

  it('whose thing the seller put on sale again, or deleted, since it was over are in order', async () => {
    const town = townOf()
    const [again, gone] = [await bought(town, 'completed'), await bought(town, 'completed')]
    await thing({ status: 'on_sale', soldBy: null })(town, again)
    town.shelves.changedAtMs.set(again.listingId, Date.now() + 1)
    town.shelves.things.delete(gone.listingId)
    expect(await audited(town)).toEqual([])
  })

  it('that are off stand still alone: no end and no refund, but an operator can be called', async () => {
    const town = townOf()
    const [off, sound] = [await bought(town, 'paid'), await bought(town, 'paid')]
    await hold('promotion', { state: 'voided' })(town, off)
    await audited(town)
    const { handoverCode } = (await rowOf(town, off)).escrow
    const answers = [
      await endPurchase(town.env, asks(off.buyer), off.id, 'confirmed'),
      await endPurchase(town.env, asks(off.seller), off.id, 'cancelled'),
      await handOver(town.env, asks(off.seller), off.id, handoverCode),
      await refund(town.env, asks(off.seller), off.id, { amount: 1 }, 'a key'),
    ]
    expect(answers.map((answer) => (answer.ok ? 'done' : answer.refusal.code))).toEqual(
      Array(4).fill('TRADE_FROZEN'),
    )
    await sweepPurchases(town.env, Date.now() + 9 * DAY_MS)
    expect([(await rowOf(town, off)).state, (await rowOf(town, sound)).state]).toEqual(['paid', 'completed'])
    expect((await dispute(town.env, asks(off.buyer), off.id, { reason: 'other', text: '멈췄어요' })).ok).toBe(
      true,
    )
  })

  it('go on once they are in order again', async () => {
    const town = townOf()
    const off = await bought(town, 'paid')
    await hold('promotion', { state: 'voided' })(town, off)
    await audited(town)
    await hold('promotion', { state: 'open' })(town, off)
    expect(await audited(town, AT_REST_MS + 2 * MINUTE_MS)).toEqual([])
    expect((await endPurchase(town.env, asks(off.buyer), off.id, 'confirmed')).ok).toBe(true)
    expect((await rowOf(town, off)).state).toBe('completed')
  })

  it('are gone through share by share, by an index, however small the share', async () => {
    const town = townOf()
    const cancelled = (await allFates(town))('cancelled')
    await hold('promotion', { state: 'open' })(town, cancelled)
    const atMs = Date.now() + AT_REST_MS
    const shares = []
    for (let share = 0; share < FATES.length / 2; share++)
      shares.push(await auditPurchases(town.env, atMs, 2))
    expect(shares.flat().map(({ tradeId }) => tradeId)).toEqual([cancelled.id])
    expect(await auditPurchases(town.env, atMs, 2)).toEqual([])
    const plan = await town.db
      .prepare(
        'EXPLAIN QUERY PLAN SELECT t.id FROM escrows d CROSS JOIN trades t ON t.id = d.trade_id WHERE d.audit_at_ms <= 1 ORDER BY d.audit_at_ms LIMIT 1',
      )
      .all<{ detail: string }>()
    expect(plan.results.map(({ detail }) => detail).join()).not.toMatch(/SCAN|TEMP B-TREE/)
  })

  it('of a payments that gives nothing back, and of a listings that sells nothing, would be caught', async () => {
    const [keeping, idle] = [townOf({ releasedByNobody: true }), townOf({ soldByNobody: true })]
    const [cancelled, completed] = [await bought(keeping, 'cancelled'), await bought(idle, 'completed')]
    expect(await audited(keeping)).toEqual([{ invariant: MONEY, tradeId: cancelled.id }])
    expect(await audited(idle)).toEqual([{ invariant: SALE, tradeId: completed.id }])
  })
})
