import type { HoldId } from '#contracts/ids'
import type { Hold } from '#contracts/payments'
import { newId } from '#kit/id'
import { OFF, PRICE } from './p6-stories.ts'
import type { SagaTown } from './p6-town.ts'
import { type Bought, type Fate, holdOf } from './p16-fates.ts'

export const MONEY = 'trade_paid_by_holds'
export const SALE = 'trade_sold_its_listing'
const ENDS_ONCE = 'DROP TRIGGER escrow_trade_ends_once'

type Act = (town: SagaTown, of: Bought) => Promise<unknown>
/** One way in which the three stores no longer say the same, and what the audit is to call it. */
export type Damage = { what: string; fate: Fate; breaks: typeof MONEY | typeof SALE; by: Act }

/** Payments has the hold of one side's part otherwise. */
export const hold =
  (side: 'buyer' | 'promotion', over: Partial<Hold>): Act =>
  async (town, of) => {
    const was = await holdOf(town, of, side)
    town.books.holds.set(was.id, { ...was, ...over })
  }
/** The purchase's rows say something else; `?` is its id. */
const write =
  (...sql: string[]): Act =>
  async (town, { id }) => {
    for (const each of sql) town.exec(each.replace('?', `'${id}'`))
  }
/** Listings has the thing otherwise. */
export const thing =
  (over: object): Act =>
  async (town, { listingId }) => {
    const was = town.shelves.things.get(listingId)
    if (was) town.shelves.things.set(listingId, { ...was, ...over })
  }

/** Every way we can think of. */
export const DAMAGES: Damage[] = [
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
