import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Me, PublicMember } from '#contracts/identity'
import { codeIn, type Identity, newAccount, sessionIn, startIdentity } from './alone.ts'

let identity: Identity
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

describe('a stranger becomes a member', () => {
  it('signs up, confirms the mailed code, signs in by id and by address, and reads their account', async () => {
    const account = newAccount()
    const started = await identity.post('auth/sign-up', account)
    expect(started.status).toBe(201)
    expect(started.text).not.toContain(account.email)

    const code = await identity.codeTo(account.email)
    const verified = await identity.post('auth/verify-email', { email: account.email, code })
    expect(verified.status).toBe(200)
    expect(sessionIn(verified).member).toMatchObject({ loginId: account.loginId, role: 'member' })

    for (const login of [account.loginId, account.email, account.loginId.toUpperCase()]) {
      expect((await identity.signIn(login, account.password)).status).toBe(200)
    }
    const { accessToken } = sessionIn(await identity.signIn(account.loginId, account.password))
    const me = await identity.call('GET', 'me', { token: accessToken })
    expect(Me.parse(me.json)).toMatchObject({ loginId: account.loginId, email: account.email, home: null })
    expect(me.headers.get('cache-control')).toBe('no-store')

    const face = await identity.call('GET', `members/${Me.parse(me.json).id}`)
    expect(PublicMember.parse(face.json).nickname).toBe(account.nickname)
    expect(face.text).not.toContain(account.email)
    expect(face.headers.get('cache-tag')).toBe(Me.parse(me.json).id)
  })

  it('is nobody before the code is confirmed', async () => {
    const account = newAccount()
    const started = await identity.post('auth/sign-up', account)
    const id = /mem_\w+/.exec(started.text)?.[0]
    expect(codeIn(await identity.call('GET', `members/${id}`))).toBe('NOT_FOUND')
    expect(codeIn(await identity.signIn(account.loginId, account.password))).toBe('EMAIL_UNVERIFIED')
    expect(codeIn(await identity.signIn(account.loginId, 'another password'))).toBe('CREDENTIALS_WRONG')
  })
})
