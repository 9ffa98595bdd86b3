import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '#kit/id'
import { eventually } from '../../support/platform.ts'
import { codeIn, type Identity, startIdentity } from './alone.ts'

let identity: Identity
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

const refusedWith = (code: string) => ({ ok: false, refusal: expect.objectContaining({ code }) })

describe('a nickname', () => {
  it('names the one who has exactly it, and nobody by one that looks like it', async () => {
    const member = await identity.join()
    expect(await identity.asWorker('by-nickname', member.nickname)).toMatchObject({
      ok: true,
      value: { id: member.memberId, nickname: member.nickname },
    })
    expect(await identity.asWorker('by-nickname', member.nickname.toUpperCase())).toEqual(
      refusedWith('NOT_FOUND'),
    )
    expect(await identity.asWorker('by-nickname', '없는이웃')).toEqual(refusedWith('NOT_FOUND'))
  })
})

describe('a password another worker asks about', () => {
  it('is right or wrong, for a member that is not there too', async () => {
    const { memberId, password } = await identity.join()
    expect(await identity.asWorker('check-password', { memberId, password })).toEqual({
      ok: true,
      value: null,
    })
    expect(await identity.asWorker('check-password', { memberId, password: 'not it 12345' })).toEqual(
      refusedWith('CREDENTIALS_WRONG'),
    )
    const nobody = { memberId: newId('mem', Date.now()), password }
    const before = await identity.work()
    expect(await identity.asWorker('check-password', nobody)).toEqual(refusedWith('CREDENTIALS_WRONG'))
    const after = await identity.work()
    expect(after.passwordHashes - before.passwordHashes).toBe(1)
  })

  it('is looked at five times of thirty guesses made at once', async () => {
    const { memberId } = await identity.makeMember()
    const guesses = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        identity.asWorker('check-password', { memberId, password: `guess number ${n}` }),
      ),
    )
    const codes = guesses.map((guess) => (guess.ok ? 'in' : guess.refusal.code))
    expect(codes.filter((code) => code === 'CREDENTIALS_WRONG')).toHaveLength(5)
    expect(codes.filter((code) => code === 'TOO_MANY_REQUESTS')).toHaveLength(25)
  })
})

describe('a letter another worker writes', () => {
  it('reaches the confirmed address once a key, with a subject of one line', async () => {
    const { memberId, email } = await identity.join()
    const before = (await identity.mailTo(email)).length
    const letter = { memberId, key: 'ntf_1', subject: '출금이\r\nBcc: 모두', text: '돈이 지갑에 돌아왔어요.' }
    for (let times = 0; times < 3; times++)
      expect(await identity.asWorker('letter', letter)).toEqual({ ok: true, value: null })
    await eventually(async () => {
      const letters = await identity.mailTo(email)
      expect(letters).toHaveLength(before + 1)
      expect(letters[0]).toMatchObject({ subject: '출금이 Bcc: 모두', text: letter.text })
    })
    await identity.asWorker('letter', { ...letter, key: 'ntf_2' })
    await eventually(async () => expect(await identity.mailTo(email)).toHaveLength(before + 2))
  })

  it('is refused for who is not there', async () => {
    const letter = { memberId: newId('mem', Date.now()), key: 'k', subject: 's', text: 't' }
    expect(await identity.asWorker('letter', letter)).toEqual(refusedWith('NOT_FOUND'))
  })
})

describe('a member who wants to leave', () => {
  it('stays while there is money of theirs, or while nobody can say that there is none', async () => {
    const member = await identity.join()
    const leave = (password = member.password) =>
      identity.call('DELETE', 'me', { token: member.accessToken, json: { password } })
    await identity.walletIs(member.memberId, 'full')
    const refused = await leave()
    expect([refused.status, codeIn(refused)]).toEqual([409, 'WALLET_NOT_EMPTY'])
    // Whoever does not know the password is not told of the money either.
    expect(codeIn(await leave('not the password'))).toBe('CREDENTIALS_WRONG')
    await identity.walletIs(member.memberId, 'away')
    const away = await leave()
    expect([away.status, codeIn(away)]).toEqual([503, 'UNAVAILABLE'])
    expect((await identity.call('GET', 'me', { token: member.accessToken })).status).toBe(200)
    await identity.walletIs(member.memberId, 'empty')
    expect((await leave()).status).toBe(204)
  })
})
