import { describe, expect, it } from 'vitest'
import { LISTING_STATUSES } from '#contracts/listings'
import { newId } from '#kit/id'
import { hiding, reopened, saleBy } from './deal.rules.ts'

const [ours, theirs] = [newId('trd', 1), newId('trd', 2)]
const standing = { status: 'on_sale', hiddenByOperator: null, soldByTrade: null } as const

describe('a sale by a trade', () => {
  it('sells what is open, notes what was sold by hand, and does nothing twice', () => {
    expect(saleBy(standing, ours)).toEqual({ ok: true, value: 'sell' })
    expect(saleBy({ ...standing, status: 'sold' }, ours)).toEqual({ ok: true, value: 'note' })
    expect(saleBy({ ...standing, status: 'sold', soldByTrade: ours }, ours)).toEqual({
      ok: true,
      value: 'nothing',
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
    expect(undone).toEqual({ status: 'hidden', hiddenByOperator: 'on_sale', soldByTrade: null })
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
