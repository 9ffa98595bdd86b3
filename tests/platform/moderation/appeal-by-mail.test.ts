import { beforeAll, describe, expect, it } from 'vitest'
import { eventually, type SignedUp, unique } from '../../support/platform.ts'
import { codeOf, openYard, type Yard } from './yard.ts'

let yard: Yard
let neighbour: SignedUp
beforeAll(async () => {
  yard = await openYard()
  neighbour = await yard.signUp()
})

/** A suspended member, and where their letter leads. */
async function suspended() {
  const member = await yard.signUp()
  const caseId = await yard.caseOf(neighbour, { kind: 'member', memberId: member.memberId })
  await yard.decide(caseId, { act: 'suspend', days: 7, reason: '약속에 세 번 안 나왔어요' })
  const { id, key } = await eventually(async () => {
    const [letter] = await yard.mailTo(member.email)
    const link = LINK.exec(letter?.text ?? '')?.groups
    if (!link?.id || !link.key) throw new Error(`no way to appeal in: ${letter?.text}`)
    return { id: link.id, key: link.key }
  })
  return { member, id, key }
}
const LINK = /^\/notices\/(?<id>dec_\w+)\?key=(?<key>[\w-]+)$/m

const look = (id: string, key: string) => yard.read(`decisions/${id}?key=${key}`)
const appeal = (id: string, key: string, idempotencyKey = unique('k')) =>
  yard.call('POST', `decisions/${id}/appeal?key=${key}`, {
    json: { text: '병원에 있어서 못 나갔어요' },
    idempotencyKey,
  })

describe('a suspended member', () => {
  it('appeals from the letter without signing in, and gets in again when it is won', async () => {
    const { member, id, key } = await suspended()
    const signIn = () =>
      yard.call('POST', 'auth/sign-in', { json: { login: member.loginId, password: member.password } })
    expect(codeOf(await signIn())).toBe('MEMBER_SUSPENDED')
    const read = await look(id, key)
    expect(read.json).toMatchObject({
      id,
      act: 'suspend',
      reason: '약속에 세 번 안 나왔어요',
      canAppeal: true,
    })
    expect(read.headers.get('cache-control')).toBe('private, no-store')

    const appealed = await appeal(id, key)
    expect(appealed.status, appealed.text).toBe(201)
    const { appeal: sent } = appealed.json as { appeal: { id: string } }
    const answered = await yard.call('POST', `operator/appeals/${sent.id}/decision`, {
      token: yard.operator.token,
      json: { outcome: 'overturn', answer: '사정을 알았어요' },
    })
    expect(answered.status, answered.text).toBe(200)
    expect((await signIn()).status).toBe(200)
    expect((await look(id, key)).json).toMatchObject({
      appeal: { state: 'overturned', answer: '사정을 알았어요' },
      suspendedUntil: null,
      canAppeal: false,
    })
  })

  it('appeals once, however often the button is pressed', async () => {
    const { id, key } = await suspended()
    const press = unique('k')
    const [first, again] = [await appeal(id, key, press), await appeal(id, key, press)]
    expect([again.status, again.text]).toEqual([201, first.text])
    expect(codeOf(await appeal(id, key))).toBe('APPEAL_USED')
  })
})

describe('a key', () => {
  it('opens nothing but the decision it was mailed for, and a wrong one looks like an absent decision', async () => {
    const [one, other] = [await suspended(), await suspended()]
    const absent = `dec_${'0'.repeat(26)}`
    const forged = `${one.key.slice(0, -2)}AA`
    for (const [id, key] of [
      [one.id, other.key],
      [one.id, forged],
      [absent, one.key],
    ] as const) {
      expect(codeOf(await look(id, key))).toBe('NOT_FOUND')
      expect(codeOf(await appeal(id, key))).toBe('NOT_FOUND')
    }
    expect(codeOf(await yard.read(`decisions/${one.id}`))).toBe('VALIDATION_FAILED')
    expect((await look(one.id, one.key)).json).toMatchObject({ canAppeal: true, appeal: null })
  })
})
