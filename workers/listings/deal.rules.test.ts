import { describe, expect, it } from 'vitest'
import { LISTING_STATUSES } from '#contracts/listings'
import { newId } from '#kit/id'
import { hiding, lapsed, reopened, reservedFor, saleBy, unreserved } from './deal.rules.ts'

const [ours, theirs] = [newId('trd', 1), newId('trd', 2)]
const standing = {
  status: 'on_sale',
  hiddenByOperator: null,
  soldByTrade: null,
  reservedByTrade: null,
  reservedUntilMs: null,
} as const

describe('a sale by a trade', () => {
  it('sells what is open, notes what was sold by hand, and does nothing twice', () => {
    expect(saleBy(standing, ours)).toEqual({
      ok: true,
      value: { ...standing, status: 'sold', soldByTrade: ours },
    })
    expect(saleBy({ ...standing, status: 'sold' }, ours)).toEqual({ ok: true, value: 'note' })
    expect(saleBy({ ...standing, status: 'sold', soldByTrade: ours }, ours)).toEqual({
      ok: true,
      value: null,
    })
  })

  it('is refused for what another trade sold and for what an operator hid', () => {
    const sold = saleBy({ ...standing, status: 'sold', soldByTrade: theirs }, ours)
    expect(sold).toEqual({ ok: false, refusal: { code: 'LISTING_SOLD' } })
    const hidden = saleBy({ ...standing, status: 'hidden', hiddenByOperator: 'on_sale' }, ours)
    expect(hidden).toEqual({ ok: false, refusal: { code: 'HIDDEN_BY_OPERATOR' } })
  })

  it('is undone by that trade alone, also while an operator hides the thing', () => {
    const sold = { ...standing, status: 'sold', soldByTrade: ours } as const
    expect(reopened(sold, theirs)).toBeNull()
    expect(reopened(sold, ours)).toEqual(standing)
    const hidden = hiding(sold, true) ?? sold
    const undone = reopened(hidden, ours)
    expect(undone).toEqual({ ...standing, status: 'hidden', hiddenByOperator: 'on_sale' })
  })
})

describe('a purchase’s reservation', () => {
  const [seller, buyer] = [newId('mem', 1), newId('mem', 2)]
  const thing = { ...standing, sellerId: seller, price: 9_000 }
  const wanted = { buyerId: buyer, tradeId: ours, expectedPrice: 9_000, untilMs: 1_000 }
  const held = { ...thing, status: 'reserved', reservedByTrade: ours, reservedUntilMs: 1_000 } as const

  it('takes what is on sale at the price that was seen, once, and a later time prolongs it', () => {
    expect(reservedFor(thing, wanted)).toEqual({ ok: true, value: held })
    expect(reservedFor(held, wanted)).toEqual({ ok: true, value: null })
    expect(reservedFor(held, { ...wanted, untilMs: 500 })).toEqual({ ok: true, value: null })
    expect(reservedFor(held, { ...wanted, untilMs: 2_000 })).toMatchObject({
      value: { reservedUntilMs: 2_000 },
    })
  })

  it.each([
    ['OWN_LISTING', thing, { ...wanted, buyerId: seller }],
    ['PRICE_CHANGED', thing, { ...wanted, expectedPrice: 8_000 }],
    ['LISTING_SOLD', { ...thing, status: 'sold' as const }, wanted],
    ['LISTING_HIDDEN', { ...thing, status: 'hidden' as const }, wanted],
    ['LISTING_RESERVED', { ...thing, status: 'reserved' as const }, wanted],
    ['LISTING_RESERVED', held, { ...wanted, tradeId: theirs }],
    ['LISTING_HIDDEN', { ...held, ...hiding(held, true) }, wanted],
  ])('is refused with %s', (code, row, request) => {
    expect(reservedFor(row, request)).toEqual({ ok: false, refusal: { code } })
  })

  it('lets that trade alone sell it or free it, also beneath an operator’s hiding', () => {
    const hidden = { ...held, ...hiding(held, true) }
    expect(saleBy(held, theirs)).toEqual({ ok: false, refusal: { code: 'LISTING_IN_TRADE' } })
    expect(saleBy(held, ours)).toMatchObject({ value: { status: 'sold', reservedByTrade: null } })
    expect(saleBy(hidden, ours)).toMatchObject({ value: { status: 'hidden', hiddenByOperator: 'sold' } })
    expect(unreserved(held, theirs)).toBeNull()
    expect(unreserved(held, ours)).toEqual(thing)
    expect(unreserved(hidden, ours)).toMatchObject({ status: 'hidden', hiddenByOperator: 'on_sale' })
  })

  it('lapses at its time and not before', () => {
    expect(lapsed(held, 999)).toBeNull()
    expect(lapsed(held, 1_000)).toEqual(thing)
    expect(lapsed(thing, 1_000)).toBeNull()
  })
})

describe('an operator’s hiding', () => {
  it('gives back the status there was, and said twice changes nothing', () => {
    for (const status of LISTING_STATUSES) {
      const before = { ...standing, status }
      const hidden = hiding(before, true)
      expect(hidden?.status).toBe('hidden')
      expect(hidden && hiding(hidden, true)).toBeNull()
      expect(hidden && hiding(hidden, false)).toEqual(before)
      expect(hiding(before, false)).toBeNull()
    }
  })
})
