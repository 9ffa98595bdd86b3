import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  codeIn,
  type Identity,
  newAccount,
  type Reply,
  sessionIn,
  startIdentity,
} from '../platform/identity/alone.ts'

/** What follows a reply comes when it comes. */
const PATIENT = { timeout: 8_000 }

/**
 * P13: limits on guesses hold however many guess at once and from wherever, single-use codes are used once, and the owner
 * still gets in on a device that was used before.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const CODE_GUESSES = 200
const CODE_GUESSES_EVALUATED_MAX = 5
const LOGINS = NIGHTLY ? 1_000 : 200
const ADDRESSES = 100
const HASHES_MAX = 10
const REDEMPTIONS = 50

type Guess = 'evaluated' | 'turned away'

/** How many of many guesses made at once were looked at. */
async function evaluatedOf(guess: (index: number) => Promise<Guess>, guesses: number): Promise<number> {
  const answers = await Promise.all(Array.from({ length: guesses }, (_, index) => guess(index)))
  return answers.filter((answer) => answer === 'evaluated').length
}

const sixDigits = (index: number, but: string): string => {
  const code = String(100_000 + index)
  return code === but ? '999999' : code
}
const addressOf = (index: number): string => `203.0.113.${index % ADDRESSES}`

describe('P13: guess limits', () => {
  let identity: Identity
  beforeAll(async () => {
    identity = await startIdentity()
  })
  afterAll(() => identity.close())

  it(`looks at ${CODE_GUESSES_EVALUATED_MAX} of ${CODE_GUESSES} parallel guesses at a mailed code, and then not even at the right one`, async () => {
    const account = newAccount()
    await identity.post('auth/sign-up', account)
    const right = await identity.codeTo(account.email)
    const guess = async (index: number): Promise<Guess> => {
      const reply = await identity.post(
        'auth/verify-email',
        { email: account.email, code: sixDigits(index, right) },
        { ip: addressOf(index) },
      )
      if (codeIn(reply) !== 'CODE_WRONG') expect(codeIn(reply)).toBe('TOO_MANY_REQUESTS')
      return codeIn(reply) === 'CODE_WRONG' ? 'evaluated' : 'turned away'
    }
    expect(await evaluatedOf(guess, CODE_GUESSES)).toBe(CODE_GUESSES_EVALUATED_MAX)
    const late = await identity.post('auth/verify-email', { email: account.email, code: right })
    expect(codeIn(late)).toBe('TOO_MANY_REQUESTS')
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it(`turns one code into one session however many of ${REDEMPTIONS} parallel requests bring it`, async () => {
    const account = newAccount()
    await identity.post('auth/sign-up', account)
    const code = await identity.codeTo(account.email)
    const replies = await Promise.all(
      Array.from({ length: REDEMPTIONS }, () =>
        identity.post('auth/verify-email', { email: account.email, code }),
      ),
    )
    expect(replies.filter((reply) => reply.status === 200)).toHaveLength(1)
    const joined = await identity.db
      .prepare("SELECT count(*) AS events FROM outbox WHERE type = 'member.joined' AND event LIKE ?")
      .bind(`%${account.nickname}%`)
      .first<{ events: number }>()
    expect(joined?.events).toBe(1)
  })

  it(`hashes at most ${HASHES_MAX} times for ${LOGINS} sign-ins on one account from ${ADDRESSES} addresses, by id and by e-mail`, async () => {
    const owner = await identity.join(newAccount(), { ip: '198.51.100.7' })
    const atHome = await identity.signIn(owner.loginId, owner.password, { ip: '198.51.100.7' })
    const { deviceToken } = sessionIn(atHome)
    const before = await identity.work()
    const guess = async (index: number): Promise<Guess> => {
      const login = index % 2 === 0 ? owner.loginId : owner.email
      const reply = await identity.signIn(login, `wrong guess ${index}`, { ip: addressOf(index) })
      if (codeIn(reply) !== 'CREDENTIALS_WRONG') expect(codeIn(reply)).toBe('TOO_MANY_REQUESTS')
      return codeIn(reply) === 'CREDENTIALS_WRONG' ? 'evaluated' : 'turned away'
    }
    expect(await evaluatedOf(guess, LOGINS)).toBeLessThanOrEqual(HASHES_MAX)
    expect((await identity.work()).passwordHashes - before.passwordHashes).toBeLessThanOrEqual(HASHES_MAX)

    const stranger = await identity.signIn(owner.loginId, owner.password, { ip: '192.0.2.1' })
    expect(codeIn(stranger)).toBe('TOO_MANY_REQUESTS')
    const home = await identity.signIn(owner.loginId, owner.password, { ip: '198.51.100.7' })
    expect(home.status).toBe(200)
    const elsewhere = await identity.post(
      'auth/sign-in',
      { login: owner.loginId, password: owner.password, deviceToken },
      { ip: '192.0.2.1' },
    )
    expect(elsewhere.status).toBe(200)
  })

  it('lets the owner in on a new device after a reset by mail, while others are guessing', async () => {
    const owner = await identity.join(newAccount(), { ip: '198.51.100.8' })
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        identity.signIn(owner.loginId, 'a guess', { ip: addressOf(index) }),
      ),
    )
    await identity.post('auth/reset-password', { email: owner.email }, { ip: '192.0.2.2' })
    const code = await identity.codeTo(owner.email, 2)
    const password = 'quite-another-Lamp-5'
    const reset = await identity.post(
      'auth/reset-password/confirm',
      { email: owner.email, code, password },
      { ip: '192.0.2.2' },
    )
    expect(reset.status).toBe(204)
    await expect
      .poll(async () => (await identity.signIn(owner.loginId, password, { ip: '192.0.2.2' })).status, PATIENT)
      .toBe(200)
  })

  it('makes even the owner’s network wait after five wrong passwords, but not a device that has its token', async () => {
    const ip = '203.0.113.200'
    const owner = await identity.join(newAccount(), { ip })
    const { deviceToken } = sessionIn(await identity.signIn(owner.loginId, owner.password, { ip }))
    const replies: Reply[] = []
    for (let attempt = 0; attempt < 6; attempt++) {
      replies.push(await identity.signIn(owner.loginId, 'a guess', { ip }))
    }
    expect(replies.map(codeIn)).toEqual([
      ...Array.from({ length: 5 }, () => 'CREDENTIALS_WRONG'),
      'TOO_MANY_REQUESTS',
    ])
    expect(Number(replies.at(-1)?.headers.get('retry-after'))).toBeLessThanOrEqual(5)
    const request = { login: owner.loginId, password: owner.password, deviceToken }
    expect((await identity.post('auth/sign-in', request, { ip })).status).toBe(200)
  })
})

describe('the checker of P13', () => {
  it('catches a limit whose counter is read before a pause and written after it', async () => {
    let counted = 0
    const careless = async (): Promise<Guess> => {
      const before = counted
      await new Promise((resolve) => setImmediate(resolve))
      counted = before + 1
      return before < CODE_GUESSES_EVALUATED_MAX ? 'evaluated' : 'turned away'
    }
    expect(await evaluatedOf(careless, CODE_GUESSES)).toBeGreaterThan(CODE_GUESSES_EVALUATED_MAX)
  })

  it('catches a limit kept per address alone', async () => {
    const counts = new Map<string, number>()
    const perAddress = async (index: number): Promise<Guess> => {
      const count = (counts.get(addressOf(index)) ?? 0) + 1
      counts.set(addressOf(index), count)
      return count <= CODE_GUESSES_EVALUATED_MAX ? 'evaluated' : 'turned away'
    }
    expect(await evaluatedOf(perAddress, LOGINS)).toBeGreaterThan(HASHES_MAX)
  })
})
