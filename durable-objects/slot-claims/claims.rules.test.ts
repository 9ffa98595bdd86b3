import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HoldId } from '#contracts/ids'
import { newId } from '#kit/id'
import '../../tests/support/properties.ts'
import { changesTerms, endAt, firstWhoFits, givenUp, remainingOf } from './claims.rules.ts'

const plan = {
  ...{ groupBuyId: newId('gb', 1), hostId: newId('mem', 1), title: '제주 감귤' },
  ...{ totalUnits: 10, minUnits: 5, hostUnits: 1, unitPrice: 1_000, deadlineMs: 1_000, version: 1 },
}
const counted = (confirmedUnits: number, reservedUnits = 0) =>
  ({ plan, state: 'recruiting', confirmedUnits, reservedUnits }) as const

describe('the recruiting', () => {
  it('goes on up to the millisecond before the deadline', () => {
    expect(endAt(counted(8), 999)).toBeNull()
  })

  it('is filled at the deadline with the minimum, the host’s own units counted, and failed one below', () => {
    expect(endAt(counted(4), 1_000)).toBe('filled')
    expect(endAt(counted(3, 6), 1_000)).toBe('failed')
  })

  it('is filled before the deadline by the last unit that is paid for, not by one that is only reserved', () => {
    expect(endAt(counted(9), 1)).toBe('filled')
    expect(endAt(counted(8, 1), 1)).toBeNull()
    expect(remainingOf(counted(8, 1))).toBe(0)
  })

  it('ends once', () => {
    expect(endAt({ ...counted(9), state: 'cancelled' }, 2_000)).toBeNull()
  })
})

describe('terms', () => {
  it('are money, units and deadline; a title is not', () => {
    expect(changesTerms(plan, { ...plan, title: '한라봉', version: 2 })).toBe(false)
    expect(changesTerms(plan, { ...plan, unitPrice: 1_001 })).toBe(true)
    expect(changesTerms(plan, { ...plan, deadlineMs: 1_001 })).toBe(true)
  })
})

describe('the waiting list', () => {
  const waits = (units: number, hasUnits = 0, isPaying = false) => ({
    ...{ memberId: newId('mem', 1), units, hasUnits, isPaying },
  })
  it('gives to the first for whom there is enough beyond what they have', () => {
    const [large, more, small] = [waits(5), waits(5, 3), waits(1)]
    expect(firstWhoFits([large, more, small], 2)).toBe(more)
    expect(firstWhoFits([large, waits(5, 3, true), small], 2)).toBe(small)
    expect(firstWhoFits([large], 2)).toBeNull()
  })
})

describe('units given up', () => {
  it('come from the newest holds, exactly so many, and at most one is kept in part', () => {
    const held = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(held, fc.nat(), (sizes, many) => {
        const holds = sizes.map((units) => ({ holdId: newId('hld', 1), units }))
        const all = sizes.reduce((sum, units) => sum + units, 0)
        const units = many % (all + 1)
        const { released, parted } = givenUp(holds, units)
        const sizeOf = (id: HoldId) => holds.find(({ holdId }) => holdId === id)?.units ?? Number.NaN
        const freed = released.reduce((sum, id) => sum + sizeOf(id), 0)
        expect(freed + (parted ? sizeOf(parted.holdId) - parted.keep : 0)).toBe(units)
        expect(released).toEqual(holds.slice(0, released.length).map(({ holdId }) => holdId))
        if (parted) expect(parted.keep).toBeGreaterThan(0)
      }),
    )
  })
})
