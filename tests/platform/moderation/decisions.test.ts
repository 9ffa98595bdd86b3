import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { eventually, type SignedUp, unique } from '../../support/platform.ts'
import { codeOf, idOf, openYard, type Yard } from './yard.ts'

let yard: Yard
let seller: SignedUp
let neighbour: SignedUp

beforeAll(async () => {
  yard = await openYard()
  seller = await yard.signUp()
  neighbour = await yard.signUp()
})

const Listed = z.object({ items: z.array(z.object({ id: z.string() })) })
const isListed = async (id: string) =>
  Listed.parse((await yard.read('listings?limit=50')).json).items.some((item) => item.id === id)
const appeal = (member: SignedUp, id: string) =>
  yard.call('POST', `me/decisions/${id}/appeal`, {
    token: member.accessToken,
    json: { text: '진짜 물건이에요' },
    idempotencyKey: unique('k'),
  })
const answer = (appealId: string, outcome: 'uphold' | 'overturn') =>
  yard.call('POST', `operator/appeals/${appealId}/decision`, {
    token: yard.operator.token,
    json: { outcome, answer: '다시 살펴보았어요' },
  })
const appealIdOf = (reply: { json: unknown }) =>
  z.object({ appeal: z.object({ id: z.string() }) }).parse(reply.json).appeal.id

describe('a reported listing', () => {
  it('is hidden, cannot be shown again by its seller, and comes back when the appeal is won', async () => {
    const listingId = await yard.post(seller, '반값 노트북')
    const target = { kind: 'listing', listingId }
    const caseId = await yard.caseOf(neighbour, target)
    expect((await yard.decide(caseId, { act: 'hide' })).status).toBe(200)
    expect((await yard.read(`listings/${listingId}`)).status).toBe(404)
    expect(await isListed(listingId)).toBe(false)
    const shownAgain = await yard.call('PATCH', `listings/${listingId}`, {
      token: seller.accessToken,
      json: { status: 'on_sale' },
    })
    expect(codeOf(shownAgain)).toBe('HIDDEN_BY_OPERATOR')

    const [decision] = await yard.decisionsOf(seller)
    expect(decision).toMatchObject({ act: 'hide', target, excerpt: '반값 노트북', canAppeal: true })
    const appealed = await appeal(seller, decision?.id ?? '')
    expect(appealed.status, appealed.text).toBe(201)
    expect(codeOf(await appeal(seller, decision?.id ?? ''))).toBe('APPEAL_USED')
    const queue = await yard.read('operator/cases?state=appealed', yard.operator.token)
    expect(Listed.parse(queue.json).items.map(({ id }) => id)).toContain(caseId)

    const overturned = await answer(appealIdOf(appealed), 'overturn')
    expect(overturned.status, overturned.text).toBe(200)
    expect((await yard.read(`listings/${listingId}`)).status).toBe(200)
    expect(codeOf(await answer(appealIdOf(appealed), 'uphold'))).toBe('CASE_DECIDED')
    expect(await yard.decisionsOf(seller)).toMatchObject([
      { appeal: { state: 'overturned', answer: '다시 살펴보았어요' }, canAppeal: false },
    ])
  })

  it('stays hidden when the appeal is lost', async () => {
    const member = await yard.signUp()
    const listingId = await yard.post(member)
    const target = { kind: 'listing', listingId }
    await yard.decide(await yard.caseOf(neighbour, target), { act: 'hide' })
    const [first] = await yard.decisionsOf(member)
    expect((await answer(appealIdOf(await appeal(member, first?.id ?? '')), 'uphold')).status).toBe(200)
    expect((await yard.read(`listings/${listingId}`)).status).toBe(404)
  })

  it('is judged once, whoever presses first, and a retry of the same press is answered the same', async () => {
    const caseId = await yard.caseOf(neighbour, { kind: 'listing', listingId: await yard.post(seller) })
    const key = unique('k')
    const first = await yard.decide(caseId, { act: 'warn' }, key)
    const again = await yard.decide(caseId, { act: 'warn' }, key)
    expect([again.status, again.text]).toEqual([200, first.text])
    expect(codeOf(await yard.decide(caseId, { act: 'hide' }))).toBe('CASE_DECIDED')
    const race = await yard.caseOf(neighbour, { kind: 'listing', listingId: await yard.post(seller) })
    const presses = await Promise.all(['warn', 'dismiss', 'hide'].map((act) => yard.decide(race, { act })))
    expect(presses.map(codeOf).toSorted()).toEqual(['200', 'CASE_DECIDED', 'CASE_DECIDED'])
  })
})

describe('a reported comment', () => {
  it('loses its words for everyone, and gets them back', async () => {
    const listingId = await yard.post(seller)
    const member = await yard.signUp()
    const posted = await yard.call('POST', `listings/${listingId}/comments`, {
      token: member.accessToken,
      json: { text: '이 사람 사기꾼' },
    })
    const target = { kind: 'comment', commentId: idOf(posted) }
    const caseId = await yard.caseOf(seller, target)
    const inContext = await yard.read(`operator/cases/${caseId}`, yard.operator.token)
    expect(inContext.json).toMatchObject({ comment: { text: '이 사람 사기꾼' }, listing: { id: listingId } })
    await yard.decide(caseId, { act: 'hide', rule: 'insult' })
    const comments = () => yard.read(`listings/${listingId}/comments`)
    expect((await comments()).json).toMatchObject({ items: [{ text: '', author: null }] })
    const [decision] = await yard.decisionsOf(member)
    await answer(appealIdOf(await appeal(member, decision?.id ?? '')), 'overturn')
    expect((await comments()).json).toMatchObject({ items: [{ text: '이 사람 사기꾼' }] })
  })
})

describe('a reported member', () => {
  it('is suspended: signed out everywhere, kept out, mailed why, and let in when the appeal is won', async () => {
    const member = await yard.signUp()
    const caseId = await yard.caseOf(neighbour, { kind: 'member', memberId: member.memberId })
    const decided = await yard.decide(caseId, { act: 'suspend', days: 7, reason: '약속에 세 번 안 나왔어요' })
    expect(decided.status, decided.text).toBe(200)
    const signIn = () =>
      yard.call('POST', 'auth/sign-in', { json: { login: member.loginId, password: member.password } })
    expect(codeOf(await signIn())).toBe('MEMBER_SUSPENDED')
    const refreshed = await yard.call('POST', 'auth/refresh', { json: { refreshToken: member.refreshToken } })
    expect(codeOf(refreshed)).toBe('MEMBER_SUSPENDED')
    expect(codeOf(await yard.read('me', member.accessToken))).toBe('SESSION_ENDED')
    await eventually(async () => {
      expect((await yard.mailTo(member.email))[0]?.text).toContain('약속에 세 번 안 나왔어요')
    })
    const [decision] = await yard.decisionsOf(member)
    expect(decision).toMatchObject({ act: 'suspend', suspendedUntil: expect.any(String) })
    await answer(appealIdOf(await appeal(member, decision?.id ?? '')), 'overturn')
    expect((await signIn()).status).toBe(200)
  })

  it('cannot be hidden, and days belong to a suspension only', async () => {
    const member = await yard.signUp()
    const caseId = await yard.caseOf(neighbour, { kind: 'member', memberId: member.memberId })
    for (const verdict of [{ act: 'hide' }, { act: 'warn', days: 3 }, { act: 'suspend' }])
      expect(codeOf(await yard.decide(caseId, verdict))).toBe('VALIDATION_FAILED')
  })

  it('who is the operator is decided about by another operator', async () => {
    const caseId = await yard.caseOf(neighbour, { kind: 'member', memberId: yard.operator.id })
    expect(codeOf(await yard.decide(caseId, { act: 'dismiss' }))).toBe('OWN_THING')
  })
})

describe('who learns what', () => {
  it('tells the subject the reason, each reporter only the outcome, and of a dismissal the subject nothing', async () => {
    const [member, other, third] = [await yard.signUp(), await yard.signUp(), await yard.signUp()]
    const target = { kind: 'listing', listingId: await yard.post(member) }
    await yard.report(other, target, 'spam', '이상해요')
    const caseId = await yard.caseOf(third, target)
    await yard.decide(caseId, { act: 'dismiss' })
    expect(await yard.decisionsOf(member)).toEqual([])
    const mine = await yard.read('reports', other.accessToken)
    expect(mine.json).toMatchObject({ items: [{ state: 'decided', outcome: 'dismissed', rule: 'spam' }] })
    expect(Object.keys(Listed.parse(mine.json).items[0] ?? {})).not.toContain('reason')
    const told = await yard.factsOf('moderation.report_closed')
    const about = told.filter(({ data }) => [other.memberId, third.memberId].includes(`${data.reporterId}`))
    expect(about.filter(({ data }) => data.outcome === 'dismissed')).toHaveLength(2)
    const decided = await yard.factsOf('moderation.decided')
    expect(decided.filter(({ data }) => data.memberId === member.memberId)).toEqual([])
  })

  it('shows a decision and its appeal to nobody but its subject', async () => {
    const member = await yard.signUp()
    const caseId = await yard.caseOf(neighbour, { kind: 'listing', listingId: await yard.post(member) })
    await yard.decide(caseId, { act: 'warn' })
    const [decision] = await yard.decisionsOf(member)
    const id = decision?.id ?? ''
    expect((await yard.read(`me/decisions/${id}`, member.accessToken)).status).toBe(200)
    expect(codeOf(await yard.read(`me/decisions/${id}`, neighbour.accessToken))).toBe('NOT_FOUND')
    expect(codeOf(await appeal(neighbour, id))).toBe('NOT_FOUND')
  })
})
