import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '#kit/id'
import { atOnce, type ClaimHistory, faultsOf } from './claim-log.ts'
import { type Answer, type CounterDay, type Counters, startCounters } from './counter-alone.ts'

/** P1 at the object itself, with a clock that can be set, and with broken counters that the checker has to catch. */
let counters: Counters
beforeAll(async () => {
  counters = await startCounters()
})
afterAll(() => counters.close())

const member = () => newId('mem', Date.now())
const members = (count: number) => Array.from({ length: count }, member)
const codeOf = (answer: Answer) => (answer.ok ? 'won' : answer.refusal.code)

/** A rush of so many members; then every winner asks again with the same key. */
async function rush(day: CounterDay, count: number, total: number): Promise<ClaimHistory> {
  const crowd = members(count)
  const answers = await atOnce(crowd, 32, async (memberId) => ({
    memberId,
    answer: await day.claim(memberId, `key-${memberId}`, { total }),
  }))
  const won = answers.flatMap(({ memberId, answer }) =>
    answer.ok ? [{ memberId, link: answer.value.link }] : [],
  )
  await day.evict()
  const retried = await atOnce(won, 8, async ({ memberId, link }) => {
    const again = await day.claim(memberId, `key-${memberId}`, { total })
    const told = again.ok ? JSON.stringify(again.value.link) : again.refusal.code
    return { memberId, first: JSON.stringify(link), again: told }
  })
  await day.flushed()
  const projected = (await day.parts()).flatMap(({ links }) => links)
  const links = await day.links()
  const { head } = await day.look()
  const told = won.map(({ memberId, link }) => ({ memberId, ...idsOf(link) }))
  const kept = projected.map((link) => ({ memberId: link.memberId, ...idsOf(link) }))
  return { total, won: told, retried, chain: { head, links }, projected: kept, mine: kept }
}
const idsOf = ({ couponId, sequence }: { couponId: string; sequence: number }) => ({ couponId, sequence })

describe('a counter', () => {
  it('gives 20 coupons to 20 of 200 members who come at once, in a chain without a gap', async () => {
    const day = counters.day('sound', { total: 20 })
    expect(await faultsOf(await rush(day, 200, 20))).toEqual([])
    expect((await day.audit()).faults).toEqual([])
  })

  it('gives the last coupon to one of 100 who want it in the same moment', async () => {
    const day = counters.day('sound', { total: 1 })
    const answers = await Promise.all(members(100).map((memberId) => day.claim(memberId)))
    expect(answers.map(codeOf).sort()).toEqual([...Array(99).fill('COUPON_SOLD_OUT'), 'won'])
  })

  it('gives one coupon to a member who asks 300 times at once, with keys and without', async () => {
    const day = counters.day()
    const one = member()
    const keys = Array.from({ length: 300 }, (_, index) => (index % 3 === 0 ? null : `key-${index}`))
    const answers = await Promise.all(keys.map((key) => day.claim(one, key)))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    expect((await day.look()).issued).toBe(1)
  })

  it('leaves no trace of who was refused: they can win the next day', async () => {
    const day = counters.day('sound', { total: 1 })
    const late = member()
    await day.claim(member())
    expect(codeOf(await day.claim(late, 'my-key'))).toBe('COUPON_SOLD_OUT')
    const next = counters.day('sound', { campaignId: day.plan.campaignId, day: '2099-01-01' })
    expect(codeOf(await next.claim(late, 'my-key'))).toBe('won')
  })

  it('counts what a member got on other days where a campaign limits what they get in all', async () => {
    const day = counters.day('sound', { perMemberInAll: 3, perMemberADay: 2 })
    const one = member()
    expect(codeOf(await day.claim(one, null, { earlier: 3 }))).toBe('COUPON_ALREADY_CLAIMED')
    expect(codeOf(await day.claim(one, null, { earlier: 2 }))).toBe('won')
    expect(codeOf(await day.claim(one, null, { earlier: 2 }))).toBe('COUPON_ALREADY_CLAIMED')
  })

  it('obeys the newest plan it was told, also where a claim brings an older one', async () => {
    const day = counters.day()
    const winner = member()
    const first = await day.claim(winner, 'kept')
    await day.replan({ version: 2, state: 'paused' })
    expect(codeOf(await day.claim(member()))).toBe('CAMPAIGN_PAUSED')
    expect(await day.claim(winner, 'kept')).toEqual({
      ok: true,
      value: { ...(first.ok ? first.value : {}), replayed: true },
    })
    expect(codeOf(await day.claim(member(), null, { version: 3 }))).toBe('won')
    expect(codeOf(await day.claim(member(), null, { version: 4, state: 'ended' }))).toBe('CAMPAIGN_ENDED')
    await day.evict()
    expect(codeOf(await day.claim(member()))).toBe('CAMPAIGN_ENDED')
  })
})

describe('the opening second', () => {
  const opensAtMs = Date.parse('2026-12-01T13:00:00.000+09:00')
  const closesAtMs = Date.parse('2026-12-02T00:00:00.000+09:00')
  const plan = { day: '2026-12-01', opensAtMs, closesAtMs, total: 100 }
  afterAll(() => counters.setClock('real'))

  it('is the object’s own: nothing at 12:59:59.999, the first at 13:00:00.000', async () => {
    const day = counters.day('sound', plan)
    await counters.setClock(opensAtMs - 1)
    expect(codeOf(await day.claim(member()))).toBe('COUPON_NOT_OPEN')
    await counters.setClock(opensAtMs)
    expect(await day.claim(member())).toMatchObject({
      ok: true,
      value: { link: { sequence: 1, atMs: opensAtMs } },
    })
  })

  it('is followed by a day that ends at midnight of the town, and the winner’s retry is still answered', async () => {
    const day = counters.day('sound', plan)
    const last = member()
    await counters.setClock(closesAtMs - 1)
    expect(codeOf(await day.claim(last, 'at the last moment'))).toBe('won')
    await counters.setClock(closesAtMs)
    expect(codeOf(await day.claim(member()))).toBe('COUPON_NOT_OPEN')
    expect(await day.claim(last, 'at the last moment')).toMatchObject({ ok: true, value: { replayed: true } })
    expect((await day.answered(last, 'at the last moment'))?.sequence).toBe(1)
    expect(await day.answered(member(), 'at the last moment')).toBeNull()
    expect((await day.look()).closed).toBe(true)
  })
})

describe('what the database has yet to learn', () => {
  it('comes again when it was away or its answer was lost, and an alarm that rings twice or late finds nothing', async () => {
    const day = counters.day()
    await day.failFlushes('before', 1)
    await day.claim(member())
    await expect.poll(() => day.flushed().then(() => day.parts())).toHaveLength(1)
    await day.failFlushes('after', 1)
    await day.claim(member())
    await day.ring()
    await day.flushed()
    const parts = await day.parts()
    expect(new Set(parts.flatMap(({ links }) => links.map(({ sequence }) => sequence)))).toEqual(
      new Set([1, 2]),
    )
    await Promise.all([day.ring(), day.ring()])
    expect(await day.parts()).toHaveLength(parts.length)
  })

  it('is brought there by the alarm though the object died right behind the claim', async () => {
    const day = counters.day()
    await day.failFlushes('before', 1)
    await day.claim(member())
    await day.evict()
    await expect.poll(async () => (await day.parts()).length, { timeout: 20_000 }).toBeGreaterThan(0)
  })
})

describe('the checker of P1', () => {
  it('would catch a counter that waits between looking and giving', async () => {
    const faults = await faultsOf(await rush(counters.day('pausing', { total: 20 }), 200, 20))
    expect(faults.join('\n')).toMatch(/\d+ of 20 were given out/)
  })

  it('would catch a counter that forgets its keys', async () => {
    const faults = await faultsOf(await rush(counters.day('forgetful', { total: 5 }), 20, 5))
    expect(faults.filter((fault) => fault.includes('answered otherwise'))).toHaveLength(5)
  })

  it('would catch a chain with a link that follows nothing', async () => {
    const day = counters.day('skipping', { total: 5 })
    expect((await faultsOf(await rush(day, 20, 5))).join('\n')).toMatch(/wrong_previous at 3/)
    expect((await day.audit()).faults.join('\n')).toMatch(/3 does not follow/)
  })
})
