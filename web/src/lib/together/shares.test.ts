import fc from 'fast-check'
import { expect, test } from 'vitest'
import { needsVote, percentBelow, portionsOf, savedWon, sheetOf, splitWon } from './shares.ts'

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0)

test('ten thousand won among three is split to the won', () => {
  expect(splitWon(10_000, [1, 1, 1])).toEqual([3_334, 3_333, 3_333])
})

test('the won left over go to the largest remainders', () => {
  // 100 among 1, 2 and 4 of 7: 14.28, 28.57, 57.14.
  expect(splitWon(100, [1, 2, 4])).toEqual([14, 29, 57])
})

test('whatever is split comes to exactly itself, and nobody is more than a won off', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 60 })
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), sizes, (total, parts) => {
      const shares = splitWon(total, parts)
      expect(sum(shares)).toBe(total)
      const all = sum(parts)
      shares.forEach((share, at) => {
        const exact = (total * (parts[at] ?? 0)) / all
        expect(Math.abs(share - exact)).toBeLessThan(1)
      })
    }),
  )
})

test('nobody in it, nothing to split', () => {
  expect(splitWon(1_000, [])).toEqual([])
  expect(splitWon(1_000, [0, 0])).toEqual([0, 0])
})

test('ten units among four people: two get three, two get two', () => {
  expect(portionsOf({ units: 10, people: 4, unitPrice: 1_500, shopUnitPrice: 2_000 })).toEqual([
    { people: 2, units: 3, cost: 4_500, atShop: 6_000 },
    { people: 2, units: 2, cost: 3_000, atShop: 4_000 },
  ])
})

test('when it goes evenly there is one kind of portion', () => {
  expect(portionsOf({ units: 12, people: 4, unitPrice: 1_000, shopUnitPrice: null })).toEqual([
    { people: 4, units: 3, cost: 3_000, atShop: null },
  ])
})

test('one box among three: the money is split, one pays a won more', () => {
  expect(portionsOf({ units: 1, people: 3, unitPrice: 10_000, shopUnitPrice: 12_000 })).toEqual([
    { people: 1, units: null, cost: 3_334, atShop: 4_000 },
    { people: 2, units: null, cost: 3_333, atShop: 4_000 },
  ])
})

test('no units or nobody: no portions', () => {
  expect(portionsOf({ units: 0, people: 3, unitPrice: 1, shopUnitPrice: null })).toEqual([])
  expect(portionsOf({ units: 3, people: 0, unitPrice: 1, shopUnitPrice: null })).toEqual([])
})

test('portions are everybody, every unit and every won', () => {
  const whole = fc.integer({ min: 1, max: 500 })
  fc.assert(
    fc.property(whole, whole, fc.integer({ min: 1, max: 100_000 }), (units, people, unitPrice) => {
      const portions = portionsOf({ units, people, unitPrice, shopUnitPrice: null })
      expect(sum(portions.map((portion) => portion.people))).toBe(people)
      expect(sum(portions.map((portion) => portion.people * portion.cost))).toBe(units * unitPrice)
    }),
  )
})

test('what is saved is never below nothing', () => {
  expect(savedWon(3, 1_000, 1_500)).toBe(1_500)
  expect(savedWon(3, 1_500, 1_000)).toBe(0)
  expect(savedWon(3, 1_500, null)).toBe(0)
  expect(percentBelow(2_990, 3_900)).toBe(23)
  expect(percentBelow(3_900, 2_990)).toBe(0)
})

test('a smaller total gives back to the won', () => {
  const sheet = { unitPrice: 2_000, memberUnits: [1, 2], hostUnits: 3, mayRise: false }
  expect(sheetOf(10_000, sheet)).toEqual({
    members: [
      { units: 1, share: 1_667, refund: 333 },
      { units: 2, share: 3_333, refund: 667 },
    ],
    host: 5_000,
  })
})

test('without a vote nobody pays more than was put aside, and the host bears the rest', () => {
  const sheet = { unitPrice: 1_000, memberUnits: [2, 2], hostUnits: 0, mayRise: false }
  expect(sheetOf(4_100, sheet)).toEqual({
    members: [
      { units: 2, share: 2_000, refund: 0 },
      { units: 2, share: 2_000, refund: 0 },
    ],
    host: 100,
  })
  expect(sheetOf(5_000, { ...sheet, mayRise: true }).members.map(({ share }) => share)).toEqual([
    2_500, 2_500,
  ])
})

test('up to five percent above needs no vote, a won more does', () => {
  expect(needsVote(105_000, 100_000, 5)).toBe(false)
  expect(needsVote(105_001, 100_000, 5)).toBe(true)
})
