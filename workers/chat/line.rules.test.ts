import { describe, expect, it } from 'vitest'
import { ListingChanged, TradeCancelled, TradeDecided, TradeDisputed, TradePaid } from '#contracts/events'
import type { ListingStatus } from '#contracts/listings'
import { lineOfMoney, linesOfChange } from './line.rules.ts'

const id = (prefix: string) => `${prefix}_${'0'.repeat(26)}`

function change(from: [number, ListingStatus] | null, to: [number, ListingStatus]) {
  return ListingChanged.parse({
    id: id('evt'),
    type: 'listing.changed',
    v: 1,
    at: 1,
    aggregateId: id('lst'),
    version: 2,
    actorId: null,
    requestId: 'r',
    data: {
      id: id('lst'),
      seller: { id: id('mem'), nickname: '민지', photo: null },
      title: '책상',
      description: '튼튼해요',
      category: 'furniture',
      price: to[0],
      status: to[1],
      images: [],
      region: null,
      location: null,
      counts: { views: 0, wishes: 0, comments: 0, chats: 0 },
      createdAtMs: 1,
      bumpedAtMs: 1,
      changed: [],
      ...(from === null ? {} : { before: { price: from[0], status: from[1] } }),
    },
  })
}

describe('what rooms are told of a listing that changed', () => {
  it('is its new price and its new status', () => {
    expect(linesOfChange(change([100, 'on_sale'], [90, 'reserved']))).toEqual([
      { kind: 'price_changed', from: 100, to: 90 },
      { kind: 'status_changed', status: 'reserved' },
    ])
    expect(linesOfChange(change([100, 'on_sale'], [100, 'hidden']))).toHaveLength(1)
  })

  it('is nothing when neither changed, or nobody says what they were', () => {
    expect(linesOfChange(change([100, 'on_sale'], [100, 'on_sale']))).toEqual([])
    expect(linesOfChange(change(null, [90, 'reserved']))).toEqual([])
  })

  it('is not that it was sold or is no longer: the trade tells that', () => {
    expect(linesOfChange(change([100, 'on_sale'], [100, 'sold']))).toEqual([])
    expect(linesOfChange(change([100, 'sold'], [100, 'on_sale']))).toEqual([])
  })
})

describe('what the room of a paid trade is told', () => {
  const envelope = {
    ...{ id: id('evt'), v: 1, at: 1, aggregateId: id('trd'), version: 1, actorId: null, requestId: 'r' },
  }
  const facts = {
    ...{ tradeId: id('trd'), listingId: id('lst'), listingTitle: '책상', sellerId: id('mem') },
    ...{ buyerId: id('mem'), price: 12_000, paid: 9_000, discount: 3_000, refunded: 0 },
  }

  it('is what is kept for the seller, that it went back, that it is disputed, and what was decided', () => {
    const paid = TradePaid.parse({ ...envelope, type: 'trade.paid', data: { ...facts, releaseAtMs: 2 } })
    expect(lineOfMoney(paid)).toEqual({ kind: 'paid', amount: 12_000 })
    const cancelled = TradeCancelled.parse({ ...envelope, type: 'trade.cancelled', data: facts })
    expect(lineOfMoney(cancelled)).toEqual({ kind: 'payment_cancelled' })
    const disputed = TradeDisputed.parse({
      ...{ ...envelope, type: 'trade.disputed', data: { ...facts, reason: '고장' } },
    })
    expect(lineOfMoney(disputed)).toEqual({ kind: 'payment_disputed' })
    const decided = TradeDecided.parse({
      ...{ ...envelope, type: 'trade.decided', data: { ...facts, refund: 4_000, reason: '반씩' } },
    })
    expect(lineOfMoney(decided)).toEqual({ kind: 'dispute_decided', refund: 4_000 })
  })
})
