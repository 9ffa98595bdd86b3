import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeIn, type Identity, newAccount, startIdentity } from './alone.ts'

/** What follows a reply comes when it comes. */
const PATIENT = { timeout: 8_000 }

let identity: Identity
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

describe('a member who forgot', () => {
  it('is mailed their login id', async () => {
    const member = await identity.makeMember()
    expect((await identity.post('auth/find-id', { email: member.email })).status).toBe(204)
    await expect
      .poll(async () => (await identity.mailTo(member.email))[0]?.text, PATIENT)
      .toContain(member.loginId)
  })

  it('sets a new password by the mailed code, which signs every device out and is told by mail', async () => {
    const member = await identity.join()
    await identity.post('auth/reset-password', { email: member.email })
    const code = await identity.codeTo(member.email, 2)
    const confirm = (password: string) =>
      identity.post('auth/reset-password/confirm', { email: member.email, code, password })

    expect(codeIn(await confirm('password123'))).toBe('PASSWORD_WEAK')
    expect(codeIn(await confirm(`${member.loginId}-${member.loginId}`))).toBe('PASSWORD_WEAK')
    expect((await confirm('another-Lantern-31')).status).toBe(204)
    expect(codeIn(await confirm('another-Lantern-32'))).toBe('CODE_WRONG')

    const old = await identity.post('auth/refresh', { refreshToken: member.refreshToken })
    expect(codeIn(old)).toBe('SESSION_ENDED')
    expect(codeIn(await identity.call('GET', 'me', { token: member.accessToken }))).toBe('SESSION_ENDED')
    expect(codeIn(await identity.signIn(member.loginId, member.password))).toBe('CREDENTIALS_WRONG')
    expect((await identity.signIn(member.loginId, 'another-Lantern-31')).status).toBe(200)
    await expect
      .poll(async () => (await identity.mailTo(member.email))[0]?.subject, PATIENT)
      .toBe('마당 비밀번호가 바뀌었어요')
  })

  it('cannot use a code of another purpose, or one that is over', async () => {
    const account = newAccount()
    await identity.post('auth/sign-up', account)
    const code = await identity.codeTo(account.email)
    const asReset = { email: account.email, code, password: 'another-Lantern-31' }
    expect(codeIn(await identity.post('auth/reset-password/confirm', asReset))).toBe('CODE_WRONG')
    await identity.db.prepare('UPDATE codes SET expires_at_ms = 1').run()
    expect(codeIn(await identity.post('auth/verify-email', { email: account.email, code }))).toBe(
      'CODE_WRONG',
    )
  })
})

describe('when the mail provider is unwell', () => {
  /** As if half an hour had passed since the last attempt. */
  const makeDue = () =>
    identity.db.prepare('UPDATE mails SET next_attempt_at_ms = 1 WHERE sent_at_ms IS NULL').run()

  it.each([
    ['refuses', { kind: 'refuse', status: 500, times: 1 }],
    ['takes the letter and says it did not', { kind: 'lose', times: 1 }],
  ])(
    'answers a sign-up all the same when it %s, and the tick sends the letter once',
    async (_, behaviour) => {
      const account = newAccount()
      await identity.mailBehaves(behaviour)
      expect((await identity.post('auth/sign-up', account)).status).toBe(201)
      await expect
        .poll(async () => {
          const row = await identity.db
            .prepare('SELECT max(attempts) AS attempts FROM mails WHERE sent_at_ms IS NULL')
            .first<{ attempts: number }>()
          return row?.attempts
        }, PATIENT)
        .toBe(1)
      await makeDue()
      await identity.tick()
      await identity.codeTo(account.email)
      expect(await identity.mailTo(account.email)).toHaveLength(1)
    },
  )

  it('answers before a slow letter is out', async () => {
    const account = newAccount()
    await identity.mailBehaves({ kind: 'delay', delayMs: 1_500, times: 1 })
    expect((await identity.post('auth/sign-up', account)).status).toBe(201)
    expect(await identity.mailTo(account.email)).toHaveLength(0)
    await identity.codeTo(account.email)
  })

  it('keeps no code in clear, and no letter once it is sent', async () => {
    const account = newAccount()
    identity.server.clearLogs()
    await identity.mailBehaves({ kind: 'lose', times: 1 })
    await identity.post('auth/sign-up', account)
    const code = await identity.codeTo(account.email)
    const waiting = await identity.db.prepare('SELECT * FROM mails').all()
    const codes = await identity.db.prepare('SELECT * FROM codes').all()
    expect(JSON.stringify([waiting.results, codes.results])).not.toContain(code)
    expect(JSON.stringify(identity.server.getLogs())).not.toContain(code)
    await makeDue()
    await identity.tick()
    const left = await identity.db
      .prepare('SELECT id FROM mails WHERE sent_at_ms IS NOT NULL AND sealed IS NOT NULL')
      .all()
    expect(left.results).toEqual([])
  })

  it('does not send a code that is over', async () => {
    const account = newAccount()
    await identity.mailBehaves({ kind: 'refuse', status: 503, times: 1 })
    await identity.post('auth/sign-up', account)
    await expect
      .poll(
        async () =>
          (await identity.db.prepare('SELECT id FROM mails WHERE sent_at_ms IS NULL AND attempts = 1').all())
            .results.length,
        PATIENT,
      )
      .toBeGreaterThan(0)
    await identity.db
      .prepare('UPDATE mails SET next_attempt_at_ms = 1, expires_at_ms = 2 WHERE sent_at_ms IS NULL')
      .run()
    await identity.tick()
    expect(await identity.mailTo(account.email)).toHaveLength(0)
    const kept = await identity.db
      .prepare('SELECT id FROM mails WHERE sent_at_ms IS NULL AND sealed IS NOT NULL')
      .all()
    expect(kept.results).toEqual([])
  })
})
