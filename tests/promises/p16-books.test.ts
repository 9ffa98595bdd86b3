import { afterEach, describe, expect, it } from 'vitest'
import type { Invariant } from '#contracts/payments'
import { sumOfEntries } from '../../workers/payments/audit.store.ts'
import { openBooks } from './books.ts'

/**
 * P16: the store of record checks itself. Every way of damaging the books that we can think of is found in one run, the account it
 * concerns stands still, and sound books, however many, raise no alarm.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
/** Each transfer has two entries. */
const CLEAN_TRANSFERS = NIGHTLY ? 50_000 : 2_000
const DAMAGED_TRANSFERS = 200

const A_MEMBER = "(SELECT id FROM accounts WHERE kind = 'member' ORDER BY id LIMIT 1)"
const A_LATE_TRANSFER =
  "(SELECT id FROM transfers WHERE cause_kind = 'transfer' ORDER BY at_ms LIMIT 1 OFFSET 40)"
const AN_OPEN_HOLD = "(SELECT id FROM holds WHERE state = 'open' ORDER BY at_ms LIMIT 1)"
const A_TAKEN_HOLD = "(SELECT id FROM holds WHERE state = 'posted' ORDER BY at_ms LIMIT 1)"

type Damage = { what: string; sql: string; breaks: Invariant }
const DAMAGES: Damage[] = [
  {
    what: 'a balance that grew by itself',
    sql: `UPDATE accounts SET balance = balance + 500 WHERE id = ${A_MEMBER}`,
    breaks: 'balance_is_sum_of_entries',
  },
  {
    what: 'money moved between two balances past the book',
    sql: `UPDATE accounts SET balance = balance + iif(id = ${A_MEMBER}, 500, -500)
      WHERE id IN (${A_MEMBER}, 'platform:promotion')`,
    breaks: 'balance_is_sum_of_entries',
  },
  {
    what: 'one side of a transfer gone',
    sql: `DELETE FROM entries WHERE transfer_id = ${A_LATE_TRANSFER} AND amount < 0`,
    breaks: 'transfer_has_two_entries',
  },
  {
    what: 'an entry that grew',
    sql: `UPDATE entries SET amount = amount + 7 WHERE transfer_id = ${A_LATE_TRANSFER} AND amount > 0`,
    breaks: 'entries_sum_to_zero',
  },
  {
    what: 'an entry of nothing',
    sql: `INSERT INTO entries (id, transfer_id, account_id, amount, balance_after, cause_kind, at_ms)
      SELECT 'ent_made_up', 'xfr_made_up', id, 300, balance + 300, 'transfer', 0 FROM accounts WHERE id = ${A_MEMBER}`,
    breaks: 'transfer_has_two_entries',
  },
  {
    what: 'a side of a transfer written to another account',
    sql: `UPDATE entries SET account_id = 'platform:fees' WHERE transfer_id = ${A_LATE_TRANSFER} AND amount > 0`,
    breaks: 'transfer_has_two_entries',
  },
  {
    what: 'a transfer gone from under its entries',
    sql: `DELETE FROM transfers WHERE id = ${A_LATE_TRANSFER}`,
    breaks: 'transfer_has_two_entries',
  },
  {
    what: 'a transfer of another amount than its entries',
    sql: `UPDATE transfers SET amount = amount + 1 WHERE id = ${A_LATE_TRANSFER}`,
    breaks: 'transfer_has_two_entries',
  },
  {
    what: 'a wallet below zero',
    sql: `UPDATE accounts SET balance = -1 WHERE id = ${A_MEMBER}`,
    breaks: 'no_wallet_below_zero',
  },
  {
    what: 'more held than any hold says',
    sql: `UPDATE accounts SET held = held + 10 WHERE id = ${A_MEMBER}`,
    breaks: 'held_is_sum_of_open_holds',
  },
  {
    what: 'an open hold gone',
    sql: `DELETE FROM holds WHERE id = ${AN_OPEN_HOLD}`,
    breaks: 'held_is_sum_of_open_holds',
  },
  {
    what: 'a taken hold open again',
    sql: `UPDATE holds SET state = 'open', posted = 0, resolved_at_ms = NULL WHERE id = ${A_TAKEN_HOLD}`,
    breaks: 'hold_resolved_once',
  },
  {
    what: 'a hold that says less was taken',
    sql: `UPDATE holds SET posted = posted - 1 WHERE id = ${A_TAKEN_HOLD}`,
    breaks: 'hold_resolved_once',
  },
  {
    what: 'money that stayed in escrow',
    sql: `UPDATE accounts SET balance = balance + 900 WHERE id = 'platform:escrow'`,
    breaks: 'escrow_is_empty',
  },
]

describe('P16: the books', () => {
  const opened: { close: () => void }[] = []
  afterEach(() => {
    for (const books of opened.splice(0)) books.close()
  })
  function booksOf(transfers: number, seed = 1) {
    const books = openBooks()
    opened.push(books)
    books.write(transfers, seed)
    return books
  }

  it(`raise no alarm when they are sound, with ${2 * CLEAN_TRANSFERS} entries and more`, async () => {
    const books = booksOf(CLEAN_TRANSFERS)
    expect(await books.audited()).toEqual([])
    expect(await books.all('SELECT * FROM incidents')).toEqual([])
    expect(await books.all('SELECT id FROM accounts WHERE frozen_at_ms IS NOT NULL')).toEqual([])
  }, 300_000)

  it.each(DAMAGES)('show $what in one run', async ({ sql, breaks }) => {
    const books = booksOf(DAMAGED_TRANSFERS)
    books.corrupt(sql)
    expect(await books.audited()).toContain(breaks)
    const incidents = await books.all<{ n: number }>(
      "SELECT count(*) AS n FROM incidents WHERE state = 'open'",
    )
    expect(await books.audited()).toContain(breaks)
    // Found again it is the same incident.
    expect(await books.all("SELECT count(*) AS n FROM incidents WHERE state = 'open'")).toEqual(incidents)
  })

  it('freeze the one account that is off, and nobody else', async () => {
    const books = booksOf(DAMAGED_TRANSFERS)
    books.corrupt(`UPDATE accounts SET balance = balance + 500 WHERE id = ${A_MEMBER}`)
    await books.audited()
    expect(await books.all('SELECT id FROM accounts WHERE frozen_at_ms IS NOT NULL')).toEqual(
      await books.all(`SELECT ${A_MEMBER} AS id`),
    )
  })

  it('show money that is held for a trade which has ended, or which nobody knows', async () => {
    const books = booksOf(DAMAGED_TRANSFERS)
    const held = [...books.states].find(([, state]) => state === 'paid')
    if (!held) throw new Error('nothing was held for a trade')
    books.states.set(held[0], 'cancelled')
    expect(await books.audited()).toEqual(['hold_has_open_process'])
    books.states.set(held[0], 'paid')
    expect(await books.audited()).toEqual([])
  })

  it('show money that is held for a pay-out which is settled, or which nobody knows', async () => {
    const books = booksOf(DAMAGED_TRANSFERS)
    books.corrupt(`UPDATE holds SET cause_kind = 'payout', cause_id = 'pay_gone' WHERE id = ${AN_OPEN_HOLD}`)
    expect(await books.audited()).toEqual(['hold_has_open_process'])
  })

  it('are gone through part by part, however small the parts', async () => {
    const whole = booksOf(DAMAGED_TRANSFERS)
    whole.corrupt(`DELETE FROM entries WHERE transfer_id = ${A_LATE_TRANSFER} AND amount < 0`)
    const atOnce = await whole.audited()
    expect((await whole.auditedInSteps(17)).toSorted()).toEqual(atOnce.toSorted())
  })

  it('are looked through by their keys: nothing but the sum of all entries reads a whole table', async () => {
    const books = booksOf(DAMAGED_TRANSFERS)
    await books.audited()
    const scans = (await books.plans()).filter((step) =>
      /^SCAN (accounts|entries|transfers|holds|incidents)/.test(step),
    )
    expect(scans).toHaveLength(1)
    expect(scans[0]).toMatch(/^SCAN entries USING COVERING INDEX/)
  })

  it('would be caught trusting a sum: an audit that only adds all up finds most of this sound', async () => {
    const missed: string[] = []
    for (const { what, sql } of DAMAGES) {
      const books = booksOf(DAMAGED_TRANSFERS)
      books.corrupt(sql)
      if ((await sumOfEntries(books.db)) === 0) missed.push(what)
    }
    expect(missed).toContain('a balance that grew by itself')
    expect(missed.length).toBeGreaterThan(DAMAGES.length / 2)
  })
})
