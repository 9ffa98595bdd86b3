import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '#kit/id'
import { type ClaimsAlone, codeOf, type GroupBuyAlone, startClaims } from './p2-claims-alone.ts'

/** P2 at the object itself: the single decisions, with a clock that can be set. */
let claims: ClaimsAlone
beforeAll(async () => {
  claims = await startClaims()
})
afterAll(() => claims.close())

const PURSE = 100_000
const START = Date.parse('2026-12-01T09:00:00.000Z')
const DEADLINE = START + 3_600_000

/** Somebody with so much in their wallet. */
async function member(groupBuy: GroupBuyAlone, purse = PURSE) {
  const memberId = newId('mem', Date.now())
  await groupBuy.give(memberId, purse)
  return memberId
}
const members = (groupBuy: GroupBuyAlone, count: number, purse = PURSE) =>
  Promise.all(Array.from({ length: count }, () => member(groupBuy, purse)))
const openHolds = async (groupBuy: GroupBuyAlone) =>
  (await groupBuy.books()).holds.filter(({ state }) => state === 'open').map(({ amount }) => amount)
const happened = async (groupBuy: GroupBuyAlone) => {
  const all = (await groupBuy.books()).parts.flatMap((part) => part.happened)
  return [...new Map(all.map((each) => [each.number, each.type])).values()]
}

describe('units of a group buy', () => {
  it('are reserved, paid for and confirmed; the rest stays for others', async () => {
    const groupBuy = claims.groupBuy()
    const one = await member(groupBuy)
    expect(await groupBuy.join(one, 4)).toMatchObject({
      ok: true,
      value: {
        claim: { units: 4, waiting: null },
        standing: { takenUnits: 5, remainingUnits: 5, members: 1 },
      },
    })
    expect(await openHolds(groupBuy)).toEqual([4_000])
    expect(await groupBuy.join(one, 6)).toMatchObject({ ok: true, value: { claim: { units: 6 } } })
    expect(await openHolds(groupBuy)).toEqual([4_000, 2_000])
    expect(codeOf(await groupBuy.join(await member(groupBuy), 4))).toBe('SLOTS_EXHAUSTED')
  })

  it('go to one of 100 who want the last one in the same moment', async () => {
    const groupBuy = claims.groupBuy('sound', { totalUnits: 2, minUnits: 2 })
    const crowd = await members(groupBuy, 100)
    const answers = await Promise.all(crowd.map((one) => groupBuy.join(one, 1)))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    const codes = new Set(answers.map(codeOf))
    expect(
      [...codes].filter((code) => !['ok', 'SLOTS_EXHAUSTED', 'GROUP_BUY_CLOSED'].includes(code)),
    ).toEqual([])
    expect(await groupBuy.standing()).toMatchObject({ takenUnits: 2, members: 1, state: 'filled' })
    expect(await openHolds(groupBuy)).toEqual([1_000])
  })

  it('given up come free at once, and their money with them, also of who had nothing left', async () => {
    const groupBuy = claims.groupBuy()
    const one = await member(groupBuy, 5_000)
    await groupBuy.join(one, 3)
    await groupBuy.join(one, 5)
    expect(await groupBuy.lessen(one, 2)).toMatchObject({
      value: { claim: { units: 2 }, standing: { remainingUnits: 7 } },
    })
    expect(await openHolds(groupBuy)).toEqual([2_000])
    expect((await groupBuy.claimOf(one)).holdIds).toEqual(
      (await groupBuy.books()).holds.filter(({ state }) => state === 'open').map(({ holdId }) => holdId),
    )
    expect(await groupBuy.lessen(one, 0)).toMatchObject({ value: { claim: { units: 0, holdIds: [] } } })
    expect(await openHolds(groupBuy)).toEqual([])
    expect(await groupBuy.join(one, 5)).toMatchObject({ ok: true })
  })

  it('are not taken twice by a retry with the same key, nor again after they were given up', async () => {
    const groupBuy = claims.groupBuy()
    const one = await member(groupBuy)
    const first = await groupBuy.join(one, 3, { key: 'my-key' })
    expect(await groupBuy.join(one, 3, { key: 'my-key' })).toMatchObject(first)
    await groupBuy.lessen(one, 0)
    expect(await groupBuy.join(one, 3, { key: 'my-key' })).toMatchObject({ value: { claim: { units: 0 } } })
    expect(await openHolds(groupBuy)).toEqual([])
  })

  it('cannot be paid for in two numbers at once', async () => {
    const groupBuy = claims.groupBuy()
    const one = await member(groupBuy)
    const first = await groupBuy.reserve(one, 3)
    expect(await groupBuy.reserve(one, 3)).toEqual(first)
    expect(codeOf(await groupBuy.reserve(one, 4))).toBe('REQUEST_IN_FLIGHT')
  })

  it('of who cannot pay are free again', async () => {
    const groupBuy = claims.groupBuy()
    expect(codeOf(await groupBuy.join(await member(groupBuy, 2_999), 3))).toBe('INSUFFICIENT_BALANCE')
    expect(await groupBuy.standing()).toMatchObject({ remainingUnits: 9, members: 0 })
    expect(await openHolds(groupBuy)).toEqual([])
  })
})

describe('the waiting list', () => {
  it('gives what comes free to the first for whom it is enough, and takes their money then', async () => {
    const groupBuy = claims.groupBuy()
    const [early, large, small] = await members(groupBuy, 3)
    if (!early || !large || !small) throw new Error('nobody')
    await groupBuy.join(early, 8)
    expect(await groupBuy.join(large, 5, { wait: true })).toMatchObject({
      value: { claim: { units: 0, waiting: { units: 5, place: 1 } } },
    })
    expect(await groupBuy.join(small, 2, { wait: true })).toMatchObject({
      value: { claim: { waiting: { units: 2, place: 2 } } },
    })
    await groupBuy.lessen(early, 6)
    await expect.poll(() => groupBuy.claimOf(small)).toMatchObject({ units: 2, waiting: null })
    expect(await groupBuy.claimOf(large)).toMatchObject({ units: 0, waiting: { place: 1 } })
    await groupBuy.lessen(early, 0)
    await expect.poll(() => groupBuy.claimOf(large)).toMatchObject({ units: 5, waiting: null })
    expect((await openHolds(groupBuy)).sort()).toEqual([2_000, 5_000])
    await expect.poll(() => happened(groupBuy)).toEqual(['joined', 'promoted', 'left', 'promoted'])
  })

  it('passes over who cannot pay, and tries the next', async () => {
    const groupBuy = claims.groupBuy()
    const [early, next] = await members(groupBuy, 2)
    const poor = await member(groupBuy, 500)
    if (!early || !next) throw new Error('nobody')
    await groupBuy.join(early, 8)
    await groupBuy.join(poor, 4, { wait: true })
    await groupBuy.join(next, 4, { wait: true })
    await groupBuy.lessen(early, 4)
    await expect.poll(() => groupBuy.claimOf(next)).toMatchObject({ units: 4 })
    expect(await groupBuy.claimOf(poor)).toMatchObject({ units: 0, waiting: null })
    await expect.poll(() => happened(groupBuy)).toContain('passed_over')
  })

  it('keeps the place of somebody whose wallet gave no answer, until it does', async () => {
    await claims.setClock(START)
    const groupBuy = claims.groupBuy('sound', { deadlineMs: DEADLINE })
    const [early, next] = await members(groupBuy, 2)
    if (!early || !next) throw new Error('nobody')
    await groupBuy.join(early, 8)
    await groupBuy.join(next, 4, { wait: true })
    await groupBuy.away('hold', 1)
    await groupBuy.lessen(early, 0)
    await claims.setClock(START + 10_000)
    await groupBuy.ring()
    await expect.poll(() => groupBuy.claimOf(next)).toMatchObject({ units: 4 })
    await claims.setClock('real')
  })

  it('does not take who wants more than there will ever be', async () => {
    const groupBuy = claims.groupBuy()
    expect(codeOf(await groupBuy.join(await member(groupBuy), 10, { wait: true }))).toBe('SLOTS_EXHAUSTED')
  })
})

describe('the deadline', () => {
  afterAll(() => claims.setClock('real'))

  it('is exact: a member of the last millisecond is in, one of the deadline’s own is not', async () => {
    const groupBuy = claims.groupBuy('sound', { deadlineMs: DEADLINE })
    const [first, second] = await members(groupBuy, 2)
    if (!first || !second) throw new Error('nobody')
    await claims.setClock(DEADLINE - 1)
    expect(codeOf(await groupBuy.join(first, 4))).toBe('ok')
    await claims.setClock(DEADLINE)
    expect(codeOf(await groupBuy.join(second, 1))).toBe('GROUP_BUY_CLOSED')
    expect(codeOf(await groupBuy.lessen(first, 0))).toBe('GROUP_BUY_CLOSED')
    expect(await groupBuy.standing()).toMatchObject({ state: 'filled', takenUnits: 5 })
  })

  it('without the minimum fails, once, however often it is looked at, and also after the object died', async () => {
    await claims.setClock(START)
    const groupBuy = claims.groupBuy('sound', { deadlineMs: DEADLINE })
    await groupBuy.join(await member(groupBuy), 3)
    await groupBuy.evict()
    await claims.setClock(DEADLINE)
    await Promise.all([groupBuy.ring(), groupBuy.ring(), groupBuy.standing()])
    await groupBuy.evict()
    await groupBuy.ring()
    expect(await groupBuy.standing()).toMatchObject({ state: 'failed' })
    expect(codeOf(await groupBuy.cancel())).toBe('GROUP_BUY_CLOSED')
    expect(await happened(groupBuy)).toEqual(['joined', 'failed'])
  })

  it('in the very millisecond of a leaving decides one way, and money and state agree', async () => {
    for (let round = 0; round < 10; round++) {
      await claims.setClock(DEADLINE - 1)
      const groupBuy = claims.groupBuy('sound', { deadlineMs: DEADLINE })
      const one = await member(groupBuy)
      await groupBuy.join(one, 4)
      const [left] = await Promise.all([groupBuy.lessen(one, 0), claims.setClock(DEADLINE), groupBuy.ring()])
      const { state } = await groupBuy.standing()
      expect([codeOf(left), state, await openHolds(groupBuy)]).toEqual(
        left.ok ? ['ok', 'failed', []] : ['GROUP_BUY_CLOSED', 'filled', [4_000]],
      )
    }
  })

  it('gives the money of who was still paying back, whenever it arrives', async () => {
    await claims.setClock(START)
    const groupBuy = claims.groupBuy('sound', { deadlineMs: DEADLINE })
    const one = await member(groupBuy)
    await claims.setClock(DEADLINE - 1)
    const reserved = await groupBuy.reserve(one, 4)
    if (!reserved.ok || reserved.value.pay === null) throw new Error('not reserved')
    await claims.setClock(DEADLINE)
    await groupBuy.ring()
    expect(await groupBuy.standing()).toMatchObject({ state: 'failed' })
    await groupBuy.pay(one, reserved.value.pay)
    expect(codeOf(await groupBuy.confirm(one, reserved.value.pay))).toBe('GROUP_BUY_CLOSED')
    expect(await openHolds(groupBuy)).toEqual([])
  })

  it('rings by itself, at its own millisecond', async () => {
    await claims.setClock('real')
    const groupBuy = claims.groupBuy('sound', { deadlineMs: Date.now() + 1_500 })
    await groupBuy.replan({})
    await expect
      .poll(async () => (await groupBuy.books()).parts.at(-1)?.state, { timeout: 20_000 })
      .toBe('failed')
    expect((await groupBuy.books()).parts.at(-1)?.terminalAtMs).toBe(groupBuy.plan.deadlineMs)
  })
})

describe('a reservation nobody pays for', () => {
  afterAll(() => claims.setClock('real'))

  it('lapses after half a minute; late money goes back, and the claim may begin anew', async () => {
    await claims.setClock(START)
    const groupBuy = claims.groupBuy('sound', { deadlineMs: DEADLINE })
    const one = await member(groupBuy)
    const reserved = await groupBuy.reserve(one, 9)
    if (!reserved.ok || reserved.value.pay === null) throw new Error('not reserved')
    expect(await groupBuy.standing()).toMatchObject({ remainingUnits: 0 })
    await claims.setClock(START + 30_000)
    await groupBuy.ring()
    expect(await groupBuy.standing()).toMatchObject({ remainingUnits: 9 })
    await groupBuy.pay(one, reserved.value.pay)
    expect(codeOf(await groupBuy.confirm(one, reserved.value.pay))).toBe('CONFLICT')
    expect(await openHolds(groupBuy)).toEqual([])
    expect(codeOf(await groupBuy.join(one, 9))).toBe('ok')
  })

  it('is told of its units being gone when others took them meanwhile', async () => {
    await claims.setClock(START)
    const groupBuy = claims.groupBuy('sound', { deadlineMs: DEADLINE, totalUnits: 11 })
    const [slow, quick, rest] = await members(groupBuy, 3)
    if (!slow || !quick || !rest) throw new Error('nobody')
    const reserved = await groupBuy.reserve(slow, 9)
    if (!reserved.ok || reserved.value.pay === null) throw new Error('not reserved')
    await claims.setClock(START + 30_000)
    await groupBuy.join(quick, 9)
    await groupBuy.reserve(rest, 1)
    expect(codeOf(await groupBuy.confirm(slow, reserved.value.pay))).toBe('SLOTS_EXHAUSTED')
  })
})

describe('the host', () => {
  it('calls it off once; nothing is acknowledged after it', async () => {
    const groupBuy = claims.groupBuy()
    const [one, two] = await members(groupBuy, 2)
    if (!one || !two) throw new Error('nobody')
    await groupBuy.join(one, 3)
    expect(await groupBuy.cancel()).toMatchObject({ value: { state: 'cancelled' } })
    expect(await groupBuy.cancel()).toMatchObject({ value: { state: 'cancelled' } })
    expect(codeOf(await groupBuy.join(two, 1))).toBe('GROUP_BUY_CLOSED')
    expect(codeOf(await groupBuy.lessen(one, 0))).toBe('GROUP_BUY_CLOSED')
    expect(await happened(groupBuy)).toEqual(['joined', 'cancelled'])
  })

  it('does not change what members joined on, least of all to fewer units than they have', async () => {
    const groupBuy = claims.groupBuy()
    expect(await groupBuy.replan({ version: 2, totalUnits: 8 })).toMatchObject({
      value: { remainingUnits: 7 },
    })
    const one = await member(groupBuy)
    expect(codeOf(await groupBuy.join(one, 5))).toBe('CONFLICT')
    await groupBuy.join(one, 5, { version: 2, totalUnits: 8 })
    expect(codeOf(await groupBuy.replan({ version: 3, totalUnits: 4 }))).toBe('GROUP_BUY_JOINED')
    expect(codeOf(await groupBuy.replan({ version: 3, totalUnits: 8, unitPrice: 2_000 }))).toBe(
      'GROUP_BUY_JOINED',
    )
    expect(codeOf(await groupBuy.replan({ version: 3, totalUnits: 8, title: '제주 한라봉' }))).toBe('ok')
    await groupBuy.lessen(one, 0)
  })
})

describe('what the database has yet to learn', () => {
  it('comes again when it was away or its answer was lost', async () => {
    await claims.setClock(START)
    const groupBuy = claims.groupBuy('sound', { deadlineMs: DEADLINE })
    const one = await member(groupBuy)
    await groupBuy.away('flush', 1)
    await groupBuy.join(one, 3)
    await groupBuy.away('flush answer', 1)
    await claims.setClock(START + 10_000)
    await groupBuy.ring()
    await claims.setClock(START + 60_000)
    await groupBuy.ring()
    const { parts } = await groupBuy.books()
    expect(parts.map(({ filledUnits }) => filledUnits)).toEqual([4, 4])
    expect(parts[1]).toEqual(parts[0])
    await groupBuy.ring()
    expect((await groupBuy.books()).parts).toHaveLength(2)
    await claims.setClock('real')
  })
})
