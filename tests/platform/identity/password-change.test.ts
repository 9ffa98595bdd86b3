import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeIn, type Identity, startIdentity } from './alone.ts'

/** What follows a reply comes when it comes. */
const PATIENT = { timeout: 8_000 }
const NEXT = 'another-Lantern-31'

let identity: Identity
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

const change = (token: string, current: string, password: string) =>
  identity.call('PUT', 'me/password', { token, json: { current, password } })

describe('a member who changes their password', () => {
  it('stays signed in where they did it, is signed out everywhere else, and is told by mail', async () => {
    const member = await identity.join()
    const elsewhere = await identity.signIn(member.loginId, member.password)
    expect((await change(member.accessToken, member.password, NEXT)).status).toBe(204)

    expect((await identity.call('GET', 'me', { token: member.accessToken })).status).toBe(200)
    expect((await identity.post('auth/refresh', { refreshToken: member.refreshToken })).status).toBe(200)
    const { accessToken, refreshToken } = elsewhere.json as { accessToken: string; refreshToken: string }
    expect(codeIn(await identity.call('GET', 'me', { token: accessToken }))).toBe('SESSION_ENDED')
    expect(codeIn(await identity.post('auth/refresh', { refreshToken }))).toBe('SESSION_ENDED')
    expect(codeIn(await identity.signIn(member.loginId, member.password))).toBe('CREDENTIALS_WRONG')
    expect((await identity.signIn(member.loginId, NEXT)).status).toBe(200)
    await expect
      .poll(async () => (await identity.mailTo(member.email))[0]?.text, PATIENT)
      .toContain('바꾼 기기 말고는 모두 로그아웃했어요')
  })

  it('must know the one they have, and choose one that is not easy to guess', async () => {
    const member = await identity.join()
    expect(codeIn(await change(member.accessToken, 'not-the-password-7', NEXT))).toBe('CREDENTIALS_WRONG')
    expect(codeIn(await change(member.accessToken, member.password, 'password123'))).toBe('PASSWORD_WEAK')
    const ownName = `${member.loginId}-${member.loginId}`
    expect(codeIn(await change(member.accessToken, member.password, ownName))).toBe('PASSWORD_WEAK')
    expect((await identity.signIn(member.loginId, member.password)).status).toBe(200)
  })

  it('is answered alike when they ask again because the answer was lost, and gets one letter', async () => {
    const member = await identity.join()
    const lettersBefore = (await identity.mailTo(member.email)).length
    expect((await change(member.accessToken, member.password, NEXT)).status).toBe(204)
    expect((await change(member.accessToken, member.password, NEXT)).status).toBe(204)
    await expect
      .poll(async () => (await identity.mailTo(member.email)).length, PATIENT)
      .toBe(lettersBefore + 1)
  })

  it('makes a mailed code to reset it worthless', async () => {
    const member = await identity.join()
    await identity.post('auth/reset-password', { email: member.email })
    const code = await identity.codeTo(member.email, 2)
    expect((await change(member.accessToken, member.password, NEXT)).status).toBe(204)
    const late = { email: member.email, code, password: 'a-third-Lantern-8' }
    expect(codeIn(await identity.post('auth/reset-password/confirm', late))).toBe('CODE_WRONG')
  })

  it('of two changes at once makes one, and who was second is told that it is another by now', async () => {
    const member = await identity.join()
    const wanted = ['first-Persimmon-11', 'second-Persimmon-22']
    const answers = await Promise.all(
      wanted.map((password) => change(member.accessToken, member.password, password)),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 401])
    const won = wanted[answers.findIndex(({ status }) => status === 204)] ?? ''
    expect((await identity.signIn(member.loginId, won)).status).toBe(200)
  })

  it('cannot be guessed at with a stolen session', async () => {
    const member = await identity.join()
    const codes: (string | undefined)[] = []
    for (let guess = 0; guess < 6; guess++)
      codes.push(codeIn(await change(member.accessToken, `guess-number-${guess}`, NEXT)))
    expect(codes.at(0)).toBe('CREDENTIALS_WRONG')
    expect(codes.at(-1)).toBe('TOO_MANY_REQUESTS')
  })
})
