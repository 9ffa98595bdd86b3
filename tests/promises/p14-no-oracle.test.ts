import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { codeIn, type Identity, newAccount, type Reply, startIdentity } from '../platform/identity/alone.ts'

/** What follows a reply comes when it comes. */
const PATIENT = { timeout: 8_000 }

/**
 * P14: nothing a stranger can ask tells whether an address or a login has an account: same status, body, headers and cookies,
 * and the same work behind them. Times are compared by bench/oracle.ts, where a busy machine breaks no test.
 */
const SAMPLES = process.env.MADANG_SCALE === 'nightly' ? 100 : 2

/** An answer as a stranger sees it, and what it cost. */
type Seen = { status: number; body: string; headers: Record<string, string>; work: Record<string, number> }
type Question = (who: 'known' | 'unknown') => Promise<Seen>

/** What differs between the answers about a known and an unknown account; empty when they look alike. */
async function differences(ask: Question, samples: number): Promise<string[]> {
  const found: string[] = []
  for (let sample = 0; sample < samples; sample++) {
    const [known, unknown] = [await ask('known'), await ask('unknown')]
    for (const part of ['status', 'body', 'headers', 'work'] as const) {
      const [left, right] = [JSON.stringify(known[part]), JSON.stringify(unknown[part])]
      if (left !== right) found.push(`${part}: ${left} but ${right}`)
    }
  }
  return found
}

/** What is new in every answer whoever it is about. */
const withoutIds = (text: string): string =>
  text.replaceAll(/mem_\w{26}/g, 'mem_…').replaceAll(/"(requestId|loginId|nickname)":"[^"]*"/g, '"$1":"…"')

const LETTER_WRITTEN_WITHIN_MS = 500

describe('P14: no account oracle', () => {
  let identity: Identity
  let member: Awaited<ReturnType<Identity['makeMember']>>
  beforeAll(async () => {
    identity = await startIdentity()
    // The first answers of a fresh isolate load what later ones find loaded.
    await identity.signIn('nobody_yet', 'warming up')
  })
  afterAll(() => identity.close())

  // Letters are written a moment after their reply; what an earlier question still does is not this one's work.
  beforeEach(async () => {
    for (let before = '', now = 'unknown'; before !== now; ) {
      before = now
      await new Promise((resolve) => setTimeout(resolve, LETTER_WRITTEN_WITHIN_MS))
      now = JSON.stringify(await identity.work())
    }
  })

  let asked = 0
  const freshIp = () => `198.51.${Math.floor(asked / 250)}.${asked++ % 250}`

  /** A known member nobody asked about before: limits are per account, and are another test's. */
  const anyone = async (who: 'known' | 'unknown') => {
    member = await identity.makeMember()
    return who === 'known' ? member : newAccount()
  }

  async function seen(ask: () => Promise<Reply>, countsWork = true): Promise<Seen> {
    const before = await identity.work()
    const reply = await ask()
    const after = await identity.work()
    return {
      status: reply.status,
      body: withoutIds(reply.text),
      headers: Object.fromEntries([...reply.headers].filter(([name]) => name !== 'date')),
      work: countsWork
        ? {
            hashes: after.passwordHashes - before.passwordHashes,
            limits: after.throttleCalls - before.throttleCalls,
          }
        : {},
    }
  }

  it.each(['loginId', 'email'] as const)('answers a wrong password and an unknown %s alike', async (by) => {
    const ask: Question = async (who) => {
      const account = await anyone(who)
      return await seen(() => identity.signIn(account[by], 'not the password', { ip: freshIp() }))
    }
    expect(await differences(ask, SAMPLES)).toEqual([])
  })

  it('does not tell by a used-up limit that a login id and an address belong together', async () => {
    const ask: Question = async (who) => {
      const [holder, other] = [await identity.makeMember(), newAccount()]
      for (let guess = 0; guess < 6; guess++) {
        await identity.signIn(holder.loginId, 'a guess', { ip: freshIp() })
      }
      const { email } = who === 'known' ? holder : other
      return await seen(() => identity.signIn(email, 'a guess', { ip: freshIp() }))
    }
    expect(await differences(ask, 1)).toEqual([])
  })

  it('answers a sign-up alike whether or not the address has an account', async () => {
    const ask: Question = async (who) => {
      const { email } = await anyone(who)
      return await seen(() => identity.post('auth/sign-up', { ...newAccount(), email }, { ip: freshIp() }))
    }
    expect(await differences(ask, SAMPLES)).toEqual([])
  })

  it('tells nothing after such a sign-up either: names are held, and signing in waits for the code', async () => {
    const after: Question = async (who) => {
      const { email } = await anyone(who)
      const account = { ...newAccount(), email }
      await identity.post('auth/sign-up', account, { ip: freshIp() })
      return await seen(async () => {
        const free = await identity.call(
          'GET',
          `auth/availability?loginId=${account.loginId}&nickname=${account.nickname}`,
        )
        expect(free.json).toEqual({ loginId: false, nickname: false })
        const byEmail = await identity.signIn(email, account.password, { ip: freshIp() })
        const byId = await identity.signIn(account.loginId, account.password, { ip: freshIp() })
        expect([codeIn(byEmail), codeIn(byId)]).toEqual(['CREDENTIALS_WRONG', 'EMAIL_UNVERIFIED'])
        return await identity.post('auth/verify-email', { email, code: '000000' }, { ip: freshIp() })
      })
    }
    expect(await differences(after, SAMPLES)).toEqual([])
  })

  it('tells the owner, and only the owner, that someone tried to join with their address', async () => {
    const owner = await identity.makeMember()
    const attempt = newAccount()
    await identity.post('auth/sign-up', { ...attempt, email: owner.email })
    await expect.poll(async () => (await identity.mailTo(owner.email)).length, PATIENT).toBe(1)
    const [letter] = await identity.mailTo(owner.email)
    expect(letter?.text).toContain(owner.loginId)
    expect(letter?.text).not.toMatch(/\d{6}/)
    expect(letter?.text).not.toContain(attempt.loginId)
  })

  it.each(['auth/find-id', 'auth/reset-password', 'auth/resend-code'])(
    'answers %s alike whether or not the address has an account',
    async (path) => {
      const ask: Question = async (who) => {
        const { email } = await anyone(who)
        // What follows the reply is no part of it: only an address with an account gets a letter.
        return await seen(() => identity.post(path, { email }, { ip: freshIp() }), false)
      }
      expect(await differences(ask, SAMPLES)).toEqual([])
    },
  )

  it('limits letters to an address alike', async () => {
    const ask: Question = async (who) => {
      const { email } = await anyone(who)
      for (let letter = 0; letter < 5; letter++) {
        await identity.post('auth/find-id', { email }, { ip: freshIp() })
      }
      const reply = await identity.post('auth/find-id', { email }, { ip: freshIp() })
      expect(codeIn(reply)).toBe('TOO_MANY_REQUESTS')
      return { status: reply.status, body: '', headers: {}, work: {} }
    }
    expect(await differences(ask, 1)).toEqual([])
  })

  it('answers a wrong reset code and an unknown address alike', async () => {
    const ask: Question = async (who) => {
      const { email } = await anyone(who)
      const request = { email, code: '000000', password: 'fresh-Lantern-31-x' }
      return await seen(() => identity.post('auth/reset-password/confirm', request, { ip: freshIp() }))
    }
    expect(await differences(ask, SAMPLES)).toEqual([])
  })

  it('says that a login id is taken before it looks at the address', async () => {
    const holder = await identity.makeMember()
    const ask: Question = async (who) => {
      const { email } = await anyone(who)
      const request = { ...newAccount(), email, loginId: holder.loginId }
      return await seen(() => identity.post('auth/sign-up', request, { ip: freshIp() }))
    }
    expect(await differences(ask, SAMPLES)).toEqual([])
    expect((await ask('known')).status).toBe(409)
  })
})

describe('the checker of P14', () => {
  const alike: Seen = { status: 401, body: 'wrong', headers: {}, work: { hashes: 1 } }

  it('catches an answer that names the missing account', async () => {
    const telling: Question = async (who) => (who === 'known' ? alike : { ...alike, body: 'no such account' })
    expect(await differences(telling, 1)).toHaveLength(1)
  })

  it('catches a missing account that costs no hash', async () => {
    const quick: Question = async (who) => (who === 'known' ? alike : { ...alike, work: { hashes: 0 } })
    expect(await differences(quick, 1)).toHaveLength(1)
  })

  it('catches a cookie that only members get', async () => {
    const marking: Question = async (who) =>
      who === 'known' ? { ...alike, headers: { 'set-cookie': 'seen=1' } } : alike
    expect(await differences(marking, 1)).toHaveLength(1)
  })
})
