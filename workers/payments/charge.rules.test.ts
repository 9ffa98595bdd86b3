import { describe, expect, it } from 'vitest'
import { newId } from '#kit/id'
import { type ChargeRow, chargeOf, verdictOf } from './charge.rules.ts'
import type { ProviderPayment } from './provider.ts'

const AT_MS = 1_800_000_000_000
const STORE = 'store-1'
const charge = (over: Partial<ChargeRow> = {}): ChargeRow => ({
  ...{ id: newId('chg', AT_MS), memberId: newId('mem', AT_MS), amount: 5_000, state: 'pending', version: 1 },
  ...{ checkoutUrl: 'https://pay.example', expiresAtMs: AT_MS + 1, askAtMs: AT_MS + 1, atMs: AT_MS },
  ...{ paidAtMs: null, takenBackAtMs: null },
  ...over,
})
const seen = (row: ChargeRow, over: Partial<ProviderPayment> = {}): ProviderPayment => ({
  ...{ id: row.id, storeId: STORE, status: 'paid', total: row.amount, currency: 'KRW', cancelled: 0 },
  ...over,
})
const verdict = (row: ChargeRow, payment: ProviderPayment | null, atMs = AT_MS) =>
  verdictOf(row, payment, STORE, atMs).kind

describe('What becomes of a top-up', () => {
  it('is credited only when everything the provider says fits', () => {
    const row = charge()
    expect(verdict(row, seen(row))).toBe('credit')
    for (const other of [
      { total: 4_999 },
      { total: 5_001 },
      { currency: 'USD' },
      { storeId: 'store-2' },
      { id: 'chg_another' },
      { status: 'partly_cancelled' as const },
    ])
      expect(verdict(row, seen(row, other))).toBe('mismatch')
  })

  it('waits for who has not paid yet, until its time is over', () => {
    const row = charge()
    expect([verdict(row, null), verdict(row, seen(row, { status: 'waiting' }))]).toEqual(['wait', 'wait'])
    expect(verdict(row, null, row.expiresAtMs)).toBe('expire')
  })

  it('is declined by a refusal, and may still be paid with another card', () => {
    const row = charge()
    expect(verdict(row, seen(row, { status: 'failed' }))).toBe('decline')
    const declined = charge({ state: 'declined', askAtMs: null })
    expect(verdict(declined, seen(declined, { status: 'failed' }))).toBe('wait')
    expect(verdict(declined, seen(declined))).toBe('credit')
  })

  it('is never credited after it has expired or differed: the payer gets it back', () => {
    for (const state of ['expired', 'mismatched'] as const) {
      const row = charge({ state, askAtMs: AT_MS + 10 })
      expect(verdict(row, seen(row))).toBe('return')
      expect(verdict(row, null)).toBe('wait')
      expect(verdict(row, null, AT_MS + 10)).toBe('close')
    }
  })

  it('is taken back once when it was cancelled after the credit', () => {
    const row = charge({ state: 'paid', paidAtMs: AT_MS, askAtMs: null })
    expect(verdict(row, seen(row))).toBe('wait')
    expect(verdict(row, seen(row, { status: 'cancelled' }))).toBe('take_back')
    expect(verdict(row, seen(row, { status: 'partly_cancelled', cancelled: 10 }))).toBe('report')
    const taken = { ...row, takenBackAtMs: AT_MS }
    expect(verdict(taken, seen(row, { status: 'cancelled' }))).toBe('wait')
  })

  it('names its page only while it can be paid there', () => {
    expect(chargeOf(charge()).checkoutUrl).toBe('https://pay.example')
    expect(chargeOf(charge({ state: 'expired' })).checkoutUrl).toBeNull()
  })
})
