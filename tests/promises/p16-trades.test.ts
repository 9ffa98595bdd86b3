import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { HoldId, ListingId, MemberId, TradeId } from '#contracts/ids'
import type { Hold } from '#contracts/payments'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { dispute, endPurchase, handOver } from '../../workers/trades/act.service.ts'
import { auditPurchases } from '../../workers/trades/audit.service.ts'
import { type EscrowTrade, readEscrow } from '../../workers/trades/escrow.store.ts'
import { sweepPurchases } from '../../workers/trades/escrow-sweep.service.ts'
import { linesOf } from '../../workers/trades/neighbour.service.ts'
import { buy } from '../../workers/trades/purchase.service.ts'
import { refund } from '../../workers/trades/refund.service.ts'
import { asks, type SagaTown, startSagaTown } from './p6-town.ts'

/**
 * P16 across databases: a purchase's row, payments' holds and listings' sale say the same, or an operator hears of it once and the one
 * purchase stands still. What moves, and what has come to rest in order, raises no alarm.
 */
const PRICE = 30_000
const OFF = 3_000
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

const FATES = [
  'paid',
  'disputed',
  'completed',
  'completed, part back before',
  'completed, part back after',
  'cancelled',
  'failed',
  'costs nothing',
] as const
type Fate = (typeof FATES)[number]
type Bought = { id: TradeId; listingId: ListingId; seller: MemberId; buyer: MemberId }

async function bought(town: SagaTown, fate: Fate): Promise<Bought> {
  const [seller, buyer] = [newId('mem', 1), newId('mem', 2)]
  const [listingId, couponId] = [newId('lst', 3), newId('cpn', 4)]
  const price = fate === 'costs nothing' ? OFF : PRICE
  const thing = { id: listingId, sellerId: seller, price, status: 'on_sale' } as const
  town.shelves.things.set(listingId, { ...thing, reservedBy: null, soldBy: null })
  town.coupons.coupons.set(couponId, { memberId: buyer, off: OFF, state: 'usable', by: null })
  town.books.give(buyer, fate === 'failed' ? 10 : PRICE)
  await buy(town.env, asks(buyer), { listingId, expectedPrice: price, couponId }, undefined)
  const row = await town.db
    .prepare('SELECT id FROM trades WHERE listing_id = ?')
    .bind(listingId)
    .first<{ id: TradeId }>()
  if (!row) throw new Error('nothing was bought')
  const end = (what: 'confirmed' | 'cancelled') => endPurchase(town.env, asks(buyer), row.id, what)
  const partBack = () => refund(town.env, asks(seller), row.id, { amount: 1_000 }, 'a key')
  if (fate === 'disputed')
    await dispute(town.env, asks(buyer), row.id, { reason: 'broken', text: '깨졌어요' })
  if (fate === 'completed, part back before') await partBack()
  if (fate.startsWith('completed') || fate === 'costs nothing') await end('confirmed')
  if (fate === 'completed, part back after') await partBack()
  if (fate === 'cancelled') await end('cancelled')
  return { id: row.id, listingId, seller, buyer }
}

/** One purchase of every fate. */
async function allFates(town: SagaTown): Promise<(fate: Fate) => Bought> {
  const made = new Map<Fate, Bought>()
  for (const fate of FATES) made.set(fate, await bought(town, fate))
  return (fate) => {
    const of = made.get(fate)
    if (!of) throw new Error(`nothing ${fate}`)
    return of
  }
}

const audited = async (town: SagaTown, laterMs = AT_REST_MS) =>
  (await auditPurchases(town.env, Date.now() + laterMs)).map(({ invariant, tradeId }) => ({
    invariant,
    tradeId,
  }))

async function rowOf(town: SagaTown, { id }: Bought): Promise<EscrowTrade> {
  const trade = await readEscrow(town.db, id)
  if (!trade) throw new Error('the purchase is gone')
  return trade
}

/** The hold of one side's part of a purchase. */
async function holdOf(town: SagaTown, of: Bought, side: 'buyer' | 'promotion'): Promise<Hold> {
  const lines = linesOf(await rowOf(town, of))
  const line = lines.find(({ payer }) => (payer === 'promotion') === (side === 'promotion'))
  const hold = line && town.books.holds.get(line.holdId)
  if (!hold) throw new Error(`nothing was held of the ${side}`)
  return hold
}

type Damage = {
  what: string
  fate: Fate
  breaks: 'trade_paid_by_holds' | 'trade_sold_its_listing'
  by: (town: SagaTown, of: Bought) => Promise<unknown>
}
const hold =
  (side: 'buyer' | 'promotion', over: Partial<Hold>): Damage['by'] =>
  async (town, of) => {
    const was = await holdOf(town, of, side)
    town.books.holds.set(was.id, { ...was, ...over })
  }
const write =
  (...sql: string[]): Damage['by'] =>
  async (town, { id }) => {
    for (const each of sql) town.exec(each.replace('?', `'${id}'`))
  }
const thing =
  (over: object): Damage['by'] =>
  async (town, { listingId }) => {
    const was = town.shelves.things.get(listingId)
    if (was) town.shelves.things.set(listingId, { ...was, ...over })
  }
const MONEY = 'trade_paid_by_holds'
const SALE = 'trade_sold_its_listing'
const ENDS_ONCE = 'DROP TRIGGER escrow_trade_ends_once'

const DAMAGES: Damage[] = [
  { what: 'is not held any more', fate: 'paid', breaks: MONEY, by: hold('buyer', { state: 'voided' }) },
  { what: 'is held by less', fate: 'paid', breaks: MONEY, by: hold('buyer', { amount: PRICE - OFF - 1 }) },
  {
    what: 'is held of somebody else',
    fate: 'paid',
    breaks: MONEY,
    by: hold('buyer', { payer: newId('mem', 9) }),
  },
  { what: 'is held by one half', fate: 'paid', breaks: MONEY, by: hold('promotion', { state: 'expired' }) },
  {
    what: 'was never held',
    fate: 'paid',
    breaks: MONEY,
    by: async (town, of) => town.books.holds.delete((await holdOf(town, of, 'buyer')).id),
  },
  {
    what: 'has more held than its price',
    fate: 'paid',
    breaks: MONEY,
    by: async (town, of) => {
      const id: HoldId = newId('hld', 7)
      town.books.holds.set(id, { ...(await holdOf(town, of, 'buyer')), id })
      town.books.causes.set(id, of.id)
    },
  },
  {
    what: 'had its money taken while it is disputed',
    fate: 'disputed',
    breaks: MONEY,
    by: hold('buyer', { state: 'posted', posted: PRICE - OFF }),
  },
  {
    what: 'is completed with its money still held',
    fate: 'completed',
    breaks: MONEY,
    by: hold('buyer', { state: 'open', posted: 0 }),
  },
  {
    what: 'is completed with less taken',
    fate: 'completed',
    breaks: MONEY,
    by: hold('promotion', { posted: OFF - 1 }),
  },
  {
    what: 'is completed as if nothing had been promised back',
    fate: 'completed, part back before',
    breaks: MONEY,
    by: hold('buyer', { posted: PRICE - OFF }),
  },
  {
    what: 'says more was given back than any refund',
    fate: 'completed, part back after',
    breaks: MONEY,
    by: write('UPDATE escrows SET refunded = refunded + 1 WHERE trade_id = ?'),
  },
  {
    what: 'lost the note of a refund',
    fate: 'completed, part back before',
    breaks: MONEY,
    by: write('DELETE FROM refunds WHERE trade_id = ?', 'UPDATE escrows SET refunded = 0 WHERE trade_id = ?'),
  },
  {
    what: 'is cancelled with its money still held',
    fate: 'cancelled',
    breaks: MONEY,
    by: hold('promotion', { state: 'open' }),
  },
  {
    what: 'is cancelled with its money gone',
    fate: 'cancelled',
    breaks: MONEY,
    by: hold('buyer', { state: 'posted', posted: 5 }),
  },
  {
    what: 'became completed without money',
    fate: 'cancelled',
    breaks: MONEY,
    by: write(ENDS_ONCE, "UPDATE trades SET state = 'completed', completed_at_ms = 1 WHERE id = ?"),
  },
  {
    what: 'became paid again',
    fate: 'completed',
    breaks: MONEY,
    by: write(ENDS_ONCE, "UPDATE trades SET state = 'paid', completed_at_ms = NULL WHERE id = ?"),
  },
  {
    what: 'sold nothing',
    fate: 'completed',
    breaks: SALE,
    by: thing({ status: 'on_sale', soldBy: null }),
  },
  {
    what: 'sold what another trade sold',
    fate: 'costs nothing',
    breaks: SALE,
    by: thing({ soldBy: newId('trd', 8) }),
  },
]

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
