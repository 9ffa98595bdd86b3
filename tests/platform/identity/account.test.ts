import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Availability, Me, PublicMember, SignedUp } from '#contracts/identity'
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
    const started = SignedUp.parse((await identity.post('auth/sign-up', account)).json)
    expect(codeIn(await identity.call('GET', `members/${started.member.id}`))).toBe('NOT_FOUND')
    expect(codeIn(await identity.signIn(account.loginId, account.password))).toBe('EMAIL_UNVERIFIED')
    expect(codeIn(await identity.signIn(account.loginId, 'another password'))).toBe('CREDENTIALS_WRONG')
  })

  it('writes in the language of whoever signs up', async () => {
    const account = newAccount()
    await identity.post('auth/sign-up', account, { headers: { 'accept-language': 'en-GB,en;q=0.9' } })
    await identity.codeTo(account.email)
    expect((await identity.mailTo(account.email))[0]?.subject).toBe('Your Madang confirmation code')
  })

  it('may sign up again with the same address and names until it is confirmed; only the newest code counts', async () => {
    const account = newAccount()
    await identity.post('auth/sign-up', account)
    const first = await identity.codeTo(account.email)
    expect((await identity.post('auth/sign-up', account)).status).toBe(201)
    const second = await identity.codeTo(account.email, 2)
    if (first !== second)
      expect(codeIn(await identity.post('auth/verify-email', { email: account.email, code: first }))).toBe(
        'CODE_WRONG',
      )
    expect((await identity.post('auth/verify-email', { email: account.email, code: second })).status).toBe(
      200,
    )
  })

  it('gets a new code on asking; the one before is worth nothing', async () => {
    const account = newAccount()
    await identity.post('auth/sign-up', account)
    const first = await identity.codeTo(account.email)
    expect((await identity.post('auth/resend-code', { email: account.email })).status).toBe(204)
    const second = await identity.codeTo(account.email, 2)
    if (first !== second)
      expect(codeIn(await identity.post('auth/verify-email', { email: account.email, code: first }))).toBe(
        'CODE_WRONG',
      )
    expect((await identity.post('auth/verify-email', { email: account.email, code: second })).status).toBe(
      200,
    )
  })

  it('is told that a login id or a look-alike nickname is taken, also by a sign-up that waits', async () => {
    const holder = { ...newAccount(), nickname: `Orchard${Date.now() % 100_000}` }
    await identity.post('auth/sign-up', holder)
    const twin = holder.nickname.replace('O', '0').replace('a', 'а')
    const byId = await identity.post('auth/sign-up', { ...newAccount(), loginId: holder.loginId })
    const byNickname = await identity.post('auth/sign-up', { ...newAccount(), nickname: twin })
    expect([codeIn(byId), codeIn(byNickname)]).toEqual(['LOGIN_ID_TAKEN', 'NICKNAME_TAKEN'])
    const query = new URLSearchParams({ loginId: holder.loginId, nickname: twin })
    const free = await identity.call('GET', `auth/availability?${query}`)
    expect(Availability.parse(free.json)).toEqual({ loginId: false, nickname: false })
    const reserved = await identity.call(
      'GET',
      `auth/availability?${new URLSearchParams({ nickname: '마당 운영자' })}`,
    )
    expect(Availability.parse(reserved.json)).toEqual({ nickname: false })
  })

  it('gets one account of ten sign-ups at once with the same names', async () => {
    const account = newAccount()
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        identity.post(
          'auth/sign-up',
          { ...account, email: `${index}.${account.email}` },
          { ip: `192.0.2.${index}` },
        ),
      ),
    )
    expect(replies.map((reply) => reply.status).sort()).toEqual([
      201,
      ...Array.from({ length: 9 }, () => 409),
    ])
  })

  it('gets the first answer again when the same sign-up is sent twice', async () => {
    const account = newAccount()
    const headers = { 'idempotency-key': `key-of-${account.loginId}` }
    const first = await identity.post('auth/sign-up', account, { headers })
    const second = await identity.post('auth/sign-up', account, { headers })
    expect([second.status, second.text]).toEqual([201, first.text])
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    await identity.codeTo(account.email)
    expect(await identity.mailTo(account.email)).toHaveLength(1)
    const other = await identity.post('auth/sign-up', { ...account, nickname: 'someone else' }, { headers })
    expect(codeIn(other)).toBe('IDEMPOTENCY_KEY_REUSED')
  })

  it('joins once when the same sign-up comes ten times at once, and is told the same each time', async () => {
    const account = newAccount()
    const headers = { 'idempotency-key': `key-of-${account.loginId}` }
    const send = () => identity.post('auth/sign-up', account, { headers })
    const replies = await Promise.all(Array.from({ length: 10 }, send))
    const late = await send()
    expect(late.status).toBe(201)
    for (const reply of replies) {
      if (reply.status === 201) expect(reply.text).toBe(late.text)
      else expect(codeIn(reply)).toBe('REQUEST_IN_FLIGHT')
    }
    await identity.codeTo(account.email)
    expect(await identity.mailTo(account.email)).toHaveLength(1)
  })

  it('frees address and names when it was not confirmed for a day', async () => {
    const account = newAccount()
    await identity.post('auth/sign-up', account)
    await identity.db
      .prepare('UPDATE members SET expires_at_ms = 1 WHERE login_id = ?')
      .bind(account.loginId)
      .run()
    const free = await identity.call('GET', `auth/availability?loginId=${account.loginId}`)
    expect(Availability.parse(free.json)).toEqual({ loginId: true })
    const other = await identity.post('auth/sign-up', { ...account, email: `other.${account.email}` })
    expect(other.status).toBe(201)
  })

  it.each([
    ['seven letters', 'abcdefg', 'VALIDATION_FAILED'],
    ['a common one', 'password123', 'PASSWORD_WEAK'],
    ['a common Korean one', 'dkssudgktpdy', 'PASSWORD_WEAK'],
    ['one piece repeated', 'abcabcabcabc', 'PASSWORD_WEAK'],
    ['a lone surrogate', 'quiet-\ud800-lamp', 'VALIDATION_FAILED'],
  ])('may not choose %s as a password', async (_, password, code) => {
    expect(codeIn(await identity.post('auth/sign-up', { ...newAccount(), password }))).toBe(code)
  })

  it('may not build the password on their own names', async () => {
    const account = newAccount()
    for (const password of [`${account.loginId}!!`, `x ${account.nickname.toUpperCase()} x`]) {
      expect(codeIn(await identity.post('auth/sign-up', { ...account, password }))).toBe('PASSWORD_WEAK')
    }
  })

  it('may use a long password in any script, of which every character counts', async () => {
    const password = `${'마당에 핀 채송화 '.repeat(8)}끝`
    const account = await identity.join({ ...newAccount(), password })
    expect((await identity.signIn(account.loginId, password.normalize('NFD'))).status).toBe(200)
    expect(codeIn(await identity.signIn(account.loginId, password.slice(0, -1)))).toBe('CREDENTIALS_WRONG')
  })
})
