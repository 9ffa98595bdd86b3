import { describe, expect, it } from 'vitest'
import { Escrow, type Trade } from '#contracts/trades'
import { actsOf, isOpenPurchase, refundable, sellerGets, stepsOf } from './escrow.ts'

const NOW = Date.parse('2026-11-21T00:00:00Z')
const DAY = 24 * 60 * 60 * 1000
const escrow = (given: Partial<Escrow> = {}): Escrow =>
  Escrow.parse({
    paid: 17_000,
    discount: 3_000,
    coupon: null,
    refunded: 0,
    refunds: [],
    releaseAt: null,
    handoverCode: null,
    dispute: null,
    ended: null,
    ...given,
  })
const dispute = {
  openedBy: 'buyer',
  reason: 'broken',
  text: '켜지지 않아요.',
  openedAt: '2026-11-20T00:00:00Z',
  decision: null,
} as const
const names = (state: Trade['state'], given: Partial<Escrow> = {}) =>
  stepsOf({ state, escrow: escrow(given) }).map(({ name, mark }) => `${name} ${mark}`)

describe('the way of a paid trade', () => {
  it('goes from paying over keeping to handing over', () => {
    expect(names('pending')).toEqual(['pay now', 'keep ahead', 'hand_over ahead'])
    expect(names('paid')).toEqual(['pay done', 'keep now', 'hand_over ahead'])
    expect(names('completed')).toEqual(['pay done', 'keep done', 'hand_over done'])
  })

  it('shows a dispute where it happened and an undone trade as broken off', () => {
    expect(names('disputed', { dispute })).toEqual(['pay done', 'dispute now', 'hand_over ahead'])
    expect(names('cancelled', { dispute })).toEqual(['pay done', 'dispute done', 'cancelled broken'])
    expect(names('cancelled')).toEqual(['pay done', 'cancelled broken'])
    expect(names('failed')).toEqual(['failed broken'])
  })
})

describe('a trade that was ended and whose money is on its way', () => {
  it('stands before its last station, and nothing more can be done to it', () => {
    expect(names('paid', { ended: 'code' })).toEqual(['pay done', 'keep done', 'hand_over now'])
    expect(names('paid', { ended: 'cancelled' })).toEqual(['pay done', 'cancelled now'])
    const decision = { refund: 0, reason: '설명과 같아요.', at: '2026-11-21T00:00:00Z' }
    const decided = { dispute: { ...dispute, decision } }
    expect(names('disputed', decided)).toEqual(['pay done', 'dispute done', 'hand_over now'])
    const ending = {
      role: 'buyer',
      state: 'paid',
      completedAt: null,
      escrow: escrow({ ended: 'confirmed' }),
    } as const
    expect(actsOf(ending, NOW)).toEqual([])
  })
})

describe('the money of a paid trade', () => {
  it('reaches the seller in full, less what was given back', () => {
    expect(sellerGets({ state: 'paid', price: 20_000, escrow: escrow() })).toBe(20_000)
    expect(sellerGets({ state: 'completed', price: 20_000, escrow: escrow({ refunded: 5_000 }) })).toBe(
      15_000,
    )
    expect(sellerGets({ state: 'cancelled', price: 20_000, escrow: escrow() })).toBe(0)
  })

  it('can go back up to what the buyer paid themselves', () => {
    expect(refundable(escrow())).toBe(17_000)
    expect(refundable(escrow({ refunded: 17_000 }))).toBe(0)
  })
})

describe('what a side may do', () => {
  const acts = (given: Partial<Pick<Trade, 'role' | 'state' | 'completedAt' | 'escrow'>>) =>
    actsOf({ role: 'buyer', state: 'paid', completedAt: null, escrow: escrow(), ...given }, NOW)

  it('is for the buyer to say it is there, ask for help or cancel', () => {
    expect(acts({})).toEqual(['confirm', 'dispute', 'cancel'])
  })

  it('is for the seller to enter the code, give money back, ask for help or cancel', () => {
    expect(acts({ role: 'seller' })).toEqual(['hand_over', 'refund', 'dispute', 'cancel'])
    expect(acts({ role: 'seller', escrow: escrow({ paid: 0 }) })).toEqual(['hand_over', 'dispute', 'cancel'])
  })

  it('ends with the trade, but for money given back within thirty days', () => {
    const endedAgo = (days: number) => new Date(NOW - days * DAY).toISOString()
    expect(acts({ state: 'completed', completedAt: endedAgo(1) })).toEqual([])
    expect(acts({ role: 'seller', state: 'completed', completedAt: endedAgo(29) })).toEqual(['refund'])
    expect(acts({ role: 'seller', state: 'completed', completedAt: endedAgo(30) })).toEqual([])
    expect(acts({ state: 'disputed' })).toEqual([])
    expect(acts({ role: 'seller', state: 'completed', completedAt: endedAgo(1), escrow: null })).toEqual([])
  })
})

describe('a purchase under way', () => {
  it('is one with the wallet whose money is kept, and no deal closed by hand', () => {
    expect(isOpenPurchase({ state: 'paid', escrow: escrow() })).toBe(true)
    expect(isOpenPurchase({ state: 'disputed', escrow: escrow({ dispute }) })).toBe(true)
    expect(isOpenPurchase({ state: 'cancelled', escrow: escrow() })).toBe(false)
    expect(isOpenPurchase({ state: 'pending', escrow: null })).toBe(false)
  })
})
