import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MemberId } from '#contracts/ids'
import { HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { startTown, type Town, unknownGroupBuy } from '../../promises/p2-town.ts'

/** Joining, changing and leaving as members do it, with their wallets beside. */
let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town.close())

const PURSE = 20_000
const opened = async (over: object = {}, livesMs = 48 * HOUR_MS) =>
  await town.open(newId('mem', Date.now()), { totalUnits: 10, minUnits: 5, hostUnits: 1, ...over }, livesMs)

async function joined(id: string, units: number, purse = PURSE): Promise<MemberId> {
  const member = await town.rich(purse)
  expect(await town.claim(member, id, units)).toMatchObject({ status: 200 })
  return member
}

describe('a claim', () => {
  it('holds the money of its units, and everybody sees how many are left', async () => {
    const { id } = await opened()
    const one = await town.rich(PURSE)
    const answer = await town.claim(one, id, 3)
    expect([answer.status, answer.json]).toEqual([
      200,
      { units: 3, held: 3_000, remainingUnits: 6, waiting: null },
    ])
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect(await town.walletOf(one)).toEqual({ balance: PURSE, held: 3_000 })
    expect(await town.read(one, id)).toMatchObject({
      filledUnits: 4,
      remainingUnits: 6,
      members: 1,
      state: 'recruiting',
    })
    expect(await town.holdsOf(id)).toMatchObject([{ payer: one, amount: 3_000, state: 'open' }])
  })

  it('is how many in all: asked again it changes nothing, more holds the difference, fewer give it back', async () => {
    const { id } = await opened()
    const one = await joined(id, 3, 5_000)
    expect(town.claimOf(await town.claim(one, id, 3))).toMatchObject({ units: 3, held: 3_000 })
    expect(town.claimOf(await town.claim(one, id, 5))).toMatchObject({
      units: 5,
      held: 5_000,
      remainingUnits: 4,
    })
    expect(await town.walletOf(one)).toMatchObject({ held: 5_000 })
    expect(town.claimOf(await town.claim(one, id, 2))).toMatchObject({
      units: 2,
      held: 2_000,
      remainingUnits: 7,
    })
    expect(await town.walletOf(one)).toMatchObject({ held: 2_000 })
    expect((await town.projectionOf(id)).row).toMatchObject({ filled: 3, members: 1 })
  })

  it('ends with leaving, may begin anew, and is told each time', async () => {
    const { id } = await opened()
    const one = await joined(id, 3)
    const left = await town.leave(one, id)
    expect([left.status, left.json]).toEqual([200, { units: 0, held: 0, remainingUnits: 9, waiting: null }])
    expect(await town.walletOf(one)).toEqual({ balance: PURSE, held: 0 })
    expect(await town.leave(one, id)).toMatchObject({ status: 200 })
    expect(town.claimOf(await town.claim(one, id, 4))).toMatchObject({ units: 4 })
    const { row, claims, told } = await town.projectionOf(id)
    expect(row).toMatchObject({ filled: 5, members: 1 })
    expect(claims).toMatchObject([{ memberId: one, units: 4 }])
    expect(told.filter((type) => /joined|left/.test(type))).toEqual([
      'group_buy.joined',
      'group_buy.left',
      'group_buy.joined',
    ])
  })

  it('is refused to the host, to nobody’s group buy, without money, and beyond what is left', async () => {
    const host = newId('mem', Date.now())
    const { id } = await town.open(host, { totalUnits: 10, minUnits: 5, hostUnits: 1 }, 48 * HOUR_MS)
    const one = await town.rich(2_000)
    expect(await town.claim(host, id, 1)).toMatchObject({ status: 409, code: 'OWN_THING' })
    expect(await town.leave(host, id)).toMatchObject({ status: 409, code: 'OWN_THING' })
    expect(await town.claim(one, unknownGroupBuy(), 1)).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    expect(await town.claim(one, id, 3)).toMatchObject({ code: 'INSUFFICIENT_BALANCE' })
    expect(await town.claim(one, id, 10)).toMatchObject({ status: 409, code: 'SLOTS_EXHAUSTED' })
    expect(await town.claim(one, id, 0)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' })
    expect(await town.holdsOf(id)).toEqual([])
    expect(town.claimOf(await town.claim(one, id, 2))).toMatchObject({ remainingUnits: 7 })
  })

  it('sent again with its key after the member left does not take the units again', async () => {
    const { id } = await opened()
    const one = await town.rich(PURSE)
    const key = { 'idempotency-key': 'the-one-click' }
    const put = () => town.call('PUT', `group-buys/${id}/claim`, one, { units: 2 }, key)
    expect(town.claimOf(await put())).toMatchObject({ units: 2 })
    expect(town.claimOf(await put())).toMatchObject({ units: 2, held: 2_000 })
    await town.leave(one, id)
    expect(town.claimOf(await put())).toMatchObject({ units: 0, held: 0 })
    expect(await town.walletOf(one)).toMatchObject({ held: 0 })
  })

  it('of the last unit goes to one of 100 who ask in the same moment', async () => {
    const { id } = await opened({ totalUnits: 2, minUnits: 2 })
    const crowd = await Promise.all(Array.from({ length: 100 }, () => town.rich(1_000)))
    const answers = await Promise.all(crowd.map((member) => town.claim(member, id, 1)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const late = ['SLOTS_EXHAUSTED', 'GROUP_BUY_CLOSED']
    expect(answers.filter(({ status, code }) => status !== 200 && !late.includes(code ?? ''))).toEqual([])
    expect(await town.projectionOf(id)).toMatchObject({ row: { state: 'filled', filled: 2, members: 1 } })
    expect((await town.holdsOf(id)).filter(({ state }) => state === 'open')).toHaveLength(1)
  })
})

describe('a place on the waiting list', () => {
  it('turns into units once somebody leaves, and the money is held only then', async () => {
    const { id } = await opened()
    const early = await joined(id, 8)
    const next = await town.rich(PURSE)
    const waits = await town.claim(next, id, 4, true)
    expect(waits.json).toEqual({ units: 0, held: 0, remainingUnits: 1, waiting: { units: 4, place: 1 } })
    expect(await town.walletOf(next)).toMatchObject({ held: 0 })
    await town.leave(early, id)
    await expect
      .poll(() => town.projectionOf(id))
      .toMatchObject({ row: { filled: 5, members: 1, waiting: 0 } })
    expect(await town.walletOf(next)).toMatchObject({ held: 4_000 })
    const { told } = await town.projectionOf(id)
    expect(told.filter((type) => /left|promoted/.test(type))).toEqual([
      'group_buy.left',
      'group_buy.promoted',
    ])
  })

  it('is given up by leaving, and lost by who cannot pay when it is their turn', async () => {
    const { id } = await opened()
    const early = await joined(id, 8)
    const [gone, poor, next] = [await town.rich(PURSE), await town.rich(3_999), await town.rich(PURSE)]
    for (const member of [gone, poor, next]) await town.claim(member, id, 4, true)
    expect(town.claimOf(await town.leave(gone, id))).toMatchObject({ waiting: null })
    await town.leave(early, id)
    await expect.poll(() => town.projectionOf(id)).toMatchObject({ claims: [{ memberId: next, units: 4 }] })
    expect(await town.walletOf(poor)).toMatchObject({ held: 0 })
    await expect.poll(async () => (await town.projectionOf(id)).told).toContain('group_buy.passed_over')
  })
})

describe('the end of the recruiting', () => {
  it('comes with the last unit; nobody joins, changes or leaves any more', async () => {
    const { id } = await opened()
    const one = await joined(id, 9)
    expect(await town.read(one, id)).toMatchObject({ state: 'filled', remainingUnits: 0 })
    expect(await town.leave(one, id)).toMatchObject({ status: 409, code: 'GROUP_BUY_CLOSED' })
    expect(await town.claim(await town.rich(PURSE), id, 1)).toMatchObject({ code: 'GROUP_BUY_CLOSED' })
    expect((await town.projectionOf(id)).told).toContain('group_buy.filled')
  })

  it('at its deadline without the minimum gives all money back, though the object died before', async () => {
    const { id } = await opened({}, 4_000)
    const one = await joined(id, 3)
    await town.evict(id)
    await expect
      .poll(async () => (await town.projectionOf(id)).row.state, { timeout: 30_000, interval: 200 })
      .toBe('failed')
    await expect.poll(() => town.walletOf(one), { timeout: 30_000 }).toEqual({ balance: PURSE, held: 0 })
    expect(await town.claim(one, id, 1)).toMatchObject({ status: 409, code: 'GROUP_BUY_CLOSED' })
  })

  it('is the host’s calling it off: the waiting list is gone, every hold is back once', async () => {
    const host = newId('mem', Date.now())
    const { id } = await town.open(host, { totalUnits: 10, minUnits: 5, hostUnits: 1 }, 48 * HOUR_MS)
    const members = [await joined(id, 4), await joined(id, 4)]
    const waiting = await town.rich(PURSE)
    await town.claim(waiting, id, 3, true)
    expect(await town.call('DELETE', `group-buys/${id}`, host)).toMatchObject({ status: 204 })
    await expect
      .poll(async () => (await town.holdsOf(id)).map(({ state }) => state), { timeout: 20_000 })
      .toEqual(['voided', 'voided'])
    for (const member of [...members, waiting])
      expect(await town.walletOf(member)).toEqual({ balance: PURSE, held: 0 })
    expect(await town.claim(waiting, id, 1)).toMatchObject({ code: 'GROUP_BUY_CLOSED' })
    expect((await town.projectionOf(id)).row).toMatchObject({ state: 'cancelled', waiting: 0 })
  })
})

describe('what members joined on', () => {
  it('does not change under them, least of all to fewer units than they have', async () => {
    const host = newId('mem', Date.now())
    const { id } = await town.open(host, { totalUnits: 10, minUnits: 5, hostUnits: 1 }, 48 * HOUR_MS)
    const edit = (json: object) => town.call('PATCH', `group-buys/${id}`, host, json)
    expect(await edit({ totalUnits: 8 })).toMatchObject({ status: 200 })
    await joined(id, 5)
    expect(await edit({ totalUnits: 4, minUnits: 3 })).toMatchObject({
      status: 409,
      code: 'GROUP_BUY_JOINED',
    })
    expect(await edit({ unitPrice: 900 })).toMatchObject({ status: 409, code: 'GROUP_BUY_JOINED' })
    expect(await edit({ title: '제주 한라봉 10kg' })).toMatchObject({ status: 200 })
    expect(await town.claim(await town.rich(PURSE), id, 2)).toMatchObject({ status: 200 })
  })
})
