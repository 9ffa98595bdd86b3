import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HoldId } from '#contracts/ids'
import { derivedId } from '#kit/id'
import { needsVote, payableOf, sharesOf, takesOf, tally } from './settlement.rules.ts'

const Total = fc.integer({ min: 0, max: 999_999_999 + 9_999_999 })
const Units = fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 500 })
const sum = (parts: readonly number[]) => parts.reduce((all, one) => all + one, 0)

describe('a real cost shared by units', () => {
  it('sums to the total exactly, whatever the units', () => {
    fc.assert(
      fc.property(Total, Units, (total, units) => {
        expect(sum(sharesOf(total, units))).toBe(sum(units) === 0 ? 0 : total)
      }),
    )
  })

  it('is never off by a won or more from the exact part, and more units never pay less', () => {
    fc.assert(
      fc.property(Total, Units, (total, units) => {
        const all = sum(units)
        fc.pre(all > 0)
        const shares = sharesOf(total, units)
        for (const [index, share] of shares.entries())
          expect(Math.abs(share - (total * (units[index] ?? 0)) / all)).toBeLessThan(1)
        const byUnits = units.map((one, index) => ({ one, share: shares[index] ?? 0 }))
        for (const a of byUnits.slice(0, 8))
          for (const b of byUnits.slice(0, 8))
            if (a.one > b.one) expect(a.share).toBeGreaterThanOrEqual(b.share)
      }),
    )
  })

  it('gives the won left over to the largest remainders, of equal ones to the first', () => {
    expect(sharesOf(10_000, [1, 1, 1])).toEqual([3_334, 3_333, 3_333])
    expect(sharesOf(100, [2, 3, 2])).toEqual([29, 43, 28])
    expect(sharesOf(7, [0, 0])).toEqual([0, 0])
  })

  it('takes no more than was put aside without a vote; the host pays what is left', () => {
    fc.assert(
      fc.property(
        Total,
        Units,
        fc.integer({ min: 1, max: 99_999 }),
        fc.boolean(),
        (total, units, price, mayRise) => {
          const members = units.map((one) => ({ units: one, held: one * price }))
          const { members: payable, host } = payableOf(total, members, 3, mayRise)
          expect(sum(payable) + host).toBe(total)
          expect(host).toBeGreaterThanOrEqual(0)
          for (const [index, part] of payable.entries())
            if (!mayRise) expect(part).toBeLessThanOrEqual(members[index]?.held ?? 0)
        },
      ),
    )
  })

  it('asks the members from a won above five percent on', () => {
    expect(needsVote(105_000, 100_000)).toBe(false)
    expect(needsVote(105_001, 100_000)).toBe(true)
  })
})

describe('the vote', () => {
  it('needs more than half of all units; who says nothing says no', () => {
    const ballots = [
      { units: 3, vote: 1 },
      { units: 2, vote: null },
      { units: 1, vote: 0 },
    ]
    expect(tally(ballots)).toEqual({ yes: 3, no: 1, of: 6, isAgreed: false })
    expect(tally([...ballots, { units: 1, vote: 1 }]).isAgreed).toBe(true)
    expect(tally([]).isAgreed).toBe(false)
  })
})

describe('taking a share', () => {
  it('goes from hold to hold and takes the share or all there is', () => {
    const Holds = fc.array(fc.integer({ min: 1, max: 99_999 }), { maxLength: 12 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), Holds, (share, amounts) => {
        const holds = amounts.map((amount, index) => ({
          id: HoldId.parse(derivedId('hld', `${index}`)),
          amount,
        }))
        const takes = takesOf(share, holds)
        expect(sum(takes.map(({ amount }) => amount))).toBe(Math.min(share, sum(amounts)))
        expect(takes.every(({ amount }, index) => amount >= 0 && amount <= (amounts[index] ?? 0))).toBe(true)
      }),
    )
  })
})
