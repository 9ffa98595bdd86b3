import { beforeAll, describe, expect, it } from 'vitest'
import type { SignedUp } from '../../support/platform.ts'
import { codeOf, idOf, openYard, type Yard } from './yard.ts'

let yard: Yard
let seller: SignedUp
let neighbour: SignedUp

beforeAll(async () => {
  yard = await openYard()
  seller = await yard.signUp()
  neighbour = await yard.signUp()
})

describe('a report', () => {
  it('is of what its reporter sees: hidden, absent and unknown things are not found, one’s own is refused', async () => {
    const listingId = await yard.post(seller)
    expect(codeOf(await yard.report(seller, { kind: 'listing', listingId }))).toBe('OWN_THING')
    expect(codeOf(await yard.report(seller, { kind: 'member', memberId: seller.memberId }))).toBe('OWN_THING')
    await yard.call('PATCH', `listings/${listingId}`, {
      token: seller.accessToken,
      json: { status: 'hidden' },
    })
    for (const target of [
      { kind: 'listing', listingId },
      { kind: 'listing', listingId: `lst_${'0'.repeat(26)}` },
      { kind: 'comment', commentId: `cmt_${'0'.repeat(26)}` },
      { kind: 'member', memberId: `mem_${'0'.repeat(26)}` },
    ])
      expect([target.kind, codeOf(await yard.report(neighbour, target))]).toEqual([target.kind, 'NOT_FOUND'])
  })

  it('of the same thing by the same member is the first one, and by another joins the same case', async () => {
    const target = { kind: 'listing', listingId: await yard.post(seller) }
    const [first, other] = [await yard.report(neighbour, target), await yard.signUp()]
    const again = await yard.report(neighbour, target, 'spam')
    expect([first.status, again.status, idOf(again)]).toEqual([201, 200, idOf(first)])
    const caseId = await yard.caseOf(other, target)
    expect(caseId).toBe(idOf(first))
    const seen = await yard.read(`operator/cases/${caseId}`, yard.operator.token)
    expect(seen.json).toMatchObject({ reportCount: 2, subject: { id: seller.memberId } })
  })

  it('opens one case when many come at once', async () => {
    const target = { kind: 'listing', listingId: await yard.post(seller) }
    const members = await Promise.all([yard.signUp(), yard.signUp(), yard.signUp()])
    const reports = await Promise.all(members.map((member) => yard.report(member, target)))
    expect(reports.map(({ status }) => status)).toEqual([201, 201, 201])
    const db = await yard.db()
    const row = await db
      .prepare('SELECT count(*) AS cases, sum(report_count) AS reports FROM cases WHERE target_key = ?')
      .bind(`listing:${target.listingId}`)
      .first()
    expect(row).toEqual({ cases: 1, reports: 3 })
  })

  it('is one of twenty a day, also when they come at once', async () => {
    const [member, author] = [await yard.signUp(), await yard.signUp()]
    const things = await Promise.all(Array.from({ length: 23 }, () => yard.post(author)))
    const replies = await Promise.all(
      things.map((listingId) => yard.report(member, { kind: 'listing', listingId })),
    )
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(20)
    const refused = await yard.report(member, { kind: 'listing', listingId: await yard.post(author) })
    expect(codeOf(refused)).toBe('TOO_MANY_REQUESTS')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(86_000)
  })

  it('that comes after a decision opens the thing anew', async () => {
    const target = { kind: 'listing', listingId: await yard.post(seller) }
    const first = await yard.caseOf(neighbour, target)
    await yard.decide(first, { act: 'dismiss' })
    expect(await yard.caseOf(neighbour, target)).not.toBe(first)
  })
})

describe('blocking', () => {
  const blocks = async (member: SignedUp) => (await yard.read('me/blocks', member.accessToken)).json
  const put = (member: SignedUp, id: string) =>
    yard.call('PUT', `me/blocks/${id}`, { token: member.accessToken })
  const drop = (member: SignedUp, id: string) =>
    yard.call('DELETE', `me/blocks/${id}`, { token: member.accessToken })

  it('lists whom one blocked, tells it once, and ends', async () => {
    const [member, other] = [await yard.signUp(), await yard.signUp()]
    for (let times = 0; times < 2; times++) expect((await put(member, other.memberId)).status).toBe(204)
    expect(await blocks(member)).toMatchObject({
      items: [{ member: { id: other.memberId, nickname: other.nickname } }],
    })
    expect(await blocks(other)).toMatchObject({ items: [] })
    for (let times = 0; times < 2; times++) expect((await drop(member, other.memberId)).status).toBe(204)
    expect(await blocks(member)).toMatchObject({ items: [] })
    const key = `${member.memberId}:${other.memberId}`
    for (const type of ['member.blocked', 'member.unblocked'])
      expect((await yard.factsOf(type)).filter(({ aggregateId }) => aggregateId === key)).toHaveLength(1)
  })

  it('is of others who are there', async () => {
    expect(codeOf(await put(neighbour, neighbour.memberId))).toBe('OWN_THING')
    expect(codeOf(await put(neighbour, `mem_${'0'.repeat(26)}`))).toBe('NOT_FOUND')
    expect(codeOf(await drop(neighbour, neighbour.memberId))).toBe('OWN_THING')
  })
})
