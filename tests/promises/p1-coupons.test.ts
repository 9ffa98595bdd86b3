import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Claim, ReceiptChain } from '#contracts/coupons'
import type { CampaignId, MemberId } from '#contracts/ids'
import { type Answer, type CouponsAlone, newMember, startCoupons } from '../platform/coupons/alone.ts'
import { atOnce, type ClaimHistory, faultsOf, type Told } from './claim-log.ts'
import { randomOf } from './deliveries.ts'

/**
 * P1: exactly so many coupons, each to one member, in places without a gap, and what was said stays so: a rush through the worker
 * while the day's object is thrown out of memory. With the power cut: tests/crash/p1-coupons-kill.test.ts.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const SCALE = NIGHTLY
  ? { members: 5_000, lanes: 256, evictions: 3, runs: 20, repeats: 2_000 }
  : { members: 1_000, lanes: 64, evictions: 1, runs: 1, repeats: 300 }
const TOTAL = 100
const SEED = NIGHTLY ? Date.now() % 1_000_000 : 20_261_121
const ATTEMPTS_MAX = 20

let coupons: CouponsAlone
beforeAll(async () => {
  coupons = await startCoupons()
})
afterAll(() => coupons.close())

/** Asks with the member's key until there is an answer: an eviction may cut one off. */
async function answered(member: MemberId, id: CampaignId): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const answer = await coupons.claim(member, id, `key-${member}`)
    if (answer.status < 500) return answer
    if (attempt === ATTEMPTS_MAX) throw new Error(`no answer: ${answer.status} ${answer.text}`)
  }
}

async function rush(random: () => number): Promise<ClaimHistory> {
  const campaign = await coupons.open({ total: TOTAL })
  const { id } = campaign
  const crowd = Array.from({ length: SCALE.members }, newMember)
  await Promise.all(crowd.map((member) => coupons.tokenOf(member)))
  const evictAt = new Set(Array.from({ length: SCALE.evictions }, () => Math.floor(random() * 2 * TOTAL)))
  let [answeredSoFar, evicted] = [0, 0]
  const answers = await atOnce(crowd, SCALE.lanes, async (member) => {
    const answer = await answered(member, id)
    if (evictAt.has(answeredSoFar++) && (await coupons.evict(campaign))) evicted += 1
    return { member, answer }
  })
  expect(evicted).toBeGreaterThan(0)
  const winners = answers.filter(({ answer }) => answer.status === 201)
  const refusals = new Set(
    answers.filter(({ answer }) => answer.status !== 201).map(({ answer }) => answer.code),
  )
  expect([...refusals]).toEqual(['COUPON_SOLD_OUT'])
  await coupons.evict(campaign)
  const retried = await atOnce(winners, 16, async ({ member, answer }) => ({
    memberId: member,
    first: answer.text,
    again: (await answered(member, id)).text,
  }))
  const mine = await atOnce(winners, 16, async ({ member }) =>
    (await coupons.mine(member)).map(({ id: couponId, sequence }) => ({
      memberId: member,
      couponId,
      sequence,
    })),
  )
  const path = `coupons/campaigns/${id}/days/${campaign.day}/chain`
  const chain = ReceiptChain.parse((await coupons.call('GET', path)).json)
  const won = winners.map(({ member, answer }) => toldOf(member, answer))
  return { total: TOTAL, won, retried, chain, projected: await coupons.projected(id), mine: mine.flat() }
}

function toldOf(memberId: MemberId, answer: Answer): Told {
  const { couponId, sequence } = Claim.parse(answer.json)
  return { memberId, couponId, sequence }
}

describe(`P1: ${SCALE.members} members for ${TOTAL} coupons, ${SCALE.lanes} at once (seed ${SEED})`, () => {
  const random = randomOf(SEED)
  it.each(Array.from({ length: SCALE.runs }, (_, index) => index + 1))(
    `run %d: exactly ${TOTAL} win, in a chain without a gap, and object, database and lists say the same over ${SCALE.evictions} evictions`,
    async () => {
      const history = await rush(random)
      expect(await faultsOf(history)).toEqual([])
      await expectGenuine(history)
    },
    300_000,
  )

  it(`gives one coupon to one member who asks ${SCALE.repeats} times`, async () => {
    const { id } = await coupons.open({ total: TOTAL })
    const one = newMember()
    const asked = Array.from({ length: SCALE.repeats }, (_, index) => `key-${index}`)
    const answers = await atOnce(asked, SCALE.lanes, (key) => coupons.claim(one, id, key))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ code }) => code === 'COUPON_ALREADY_CLAIMED')).toHaveLength(SCALE.repeats - 1)
    expect(await coupons.mine(one)).toHaveLength(1)
  })
})

/** Every winner's receipt holds against the published chain. */
async function expectGenuine({ retried }: ClaimHistory): Promise<void> {
  const verdicts = await atOnce(retried, 16, async ({ first }) => {
    const { receipt } = Claim.parse(JSON.parse(first))
    const { json } = await coupons.call('POST', 'coupons/receipts/check', { json: { receipt } })
    return z.object({ verdict: z.string() }).parse(json).verdict
  })
  expect(verdicts).toEqual(retried.map(() => 'genuine'))
}
