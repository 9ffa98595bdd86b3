import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { eventually } from '../../support/platform.ts'
import { type Identity, sessionIn, startIdentity } from './alone.ts'

let identity: Identity
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

const suspension = (memberId: string, days = 3) => ({
  memberId,
  decisionId: newId('dec', Date.now()),
  untilMs: Date.now() + days * DAY_MS,
  reason: '가짜 물건을 올렸어요',
})
const codeOf = (reply: { json: unknown }) => (reply.json as { code?: string }).code

describe('a suspended member', () => {
  it('is out on every device, and told why only where the right password or token is shown', async () => {
    const member = await identity.join()
    await identity.asModeration('suspend', suspension(member.memberId))
    const refreshed = await identity.post('auth/refresh', { refreshToken: member.refreshToken })
    expect(refreshed.status).toBe(403)
    expect(codeOf(refreshed)).toBe('MEMBER_SUSPENDED')
    const right = await identity.signIn(member.loginId, member.password)
    expect(codeOf(right)).toBe('MEMBER_SUSPENDED')
    expect((right.json as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThan(2.9 * 86_400)
    const wrong = await identity.signIn(member.loginId, 'not the password 1')
    expect(codeOf(wrong)).toBe('CREDENTIALS_WRONG')
    expect(codeOf(await identity.call('GET', 'me', { token: member.accessToken }))).toBe('SESSION_ENDED')
  })

  it('gets one letter with the reason, also when the decision is told twice', async () => {
    const member = await identity.join()
    const decided = suspension(member.memberId)
    const before = (await identity.mailTo(member.email)).length
    await identity.asModeration('suspend', decided)
    await identity.asModeration('suspend', decided)
    await eventually(async () => {
      const letters = await identity.mailTo(member.email)
      expect(letters).toHaveLength(before + 1)
      expect(letters[0]?.text).toContain(decided.reason)
    })
  })

  it('comes back when the decision is lifted, and is not put out again by its repetition', async () => {
    const member = await identity.join()
    const decided = suspension(member.memberId)
    await identity.asModeration('suspend', decided)
    await identity.asModeration('lift', decided)
    const session = sessionIn(await identity.signIn(member.loginId, member.password))
    await identity.asModeration('suspend', decided)
    const refreshed = await identity.post('auth/refresh', { refreshToken: session.refreshToken })
    expect(refreshed.status).toBe(200)
  })

  it('stays out as long as another decision says, and the longest counts', async () => {
    const member = await identity.join()
    const [long, short] = [suspension(member.memberId, 9), suspension(member.memberId, 1)]
    await identity.asModeration('suspend', long)
    await identity.asModeration('suspend', short)
    await identity.asModeration('lift', short)
    const refused = await identity.signIn(member.loginId, member.password)
    expect((refused.json as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThan(8.9 * 86_400)
  })

  it('comes back by themselves when the time is over', async () => {
    const member = await identity.join()
    await identity.asModeration('suspend', { ...suspension(member.memberId), untilMs: Date.now() - 1 })
    expect((await identity.signIn(member.loginId, member.password)).status).toBe(200)
  })
})
