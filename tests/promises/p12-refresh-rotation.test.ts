import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Session } from '#contracts/identity'
import { newId } from '#kit/id'
import { codeIn, type Identity, startIdentity } from '../platform/identity/alone.ts'

/**
 * P12: a refresh token has one successor, however many ask at once; one shown again within 10 s gets that same successor, one
 * shown later ends its family. There is always exactly one unspent token a live family.
 */
const SESSIONS = process.env.MADANG_SCALE === 'nightly' ? 1_000 : 60
const PARALLEL = 10
const SESSIONS_AT_ONCE = 10
const PAST_GRACE_MS = 11_000
const DAY_MS = 24 * 60 * 60 * 1_000

/** What the checker needs of a rotation: the successor of a token, and how many unspent tokens its family has. */
type Rotation = {
  refresh(token: string): Promise<string | null>
  heads(token: string): Promise<number>
}

/** Everything that was wrong when each token was shown by ten at once; empty when the promise held. */
async function faultsUnderParallelRefresh(rotation: Rotation, tokens: string[]): Promise<string[]> {
  const faults: string[] = []
  const check = async (token: string) => {
    const answers = await Promise.all(Array.from({ length: PARALLEL }, () => rotation.refresh(token)))
    const successors = new Set(answers)
    if (successors.has(null)) faults.push('a caller within the grace was turned away')
    if (successors.size !== 1) faults.push(`${successors.size} successors of one token`)
    const heads = await rotation.heads(token)
    if (heads !== 1) faults.push(`${heads} unspent tokens in one family`)
  }
  for (let start = 0; start < tokens.length; start += SESSIONS_AT_ONCE) {
    await Promise.all(tokens.slice(start, start + SESSIONS_AT_ONCE).map(check))
  }
  return faults
}

const sha256 = (token: string): string => createHash('sha256').update(token).digest('base64url')

describe('P12: refresh rotation', () => {
  let identity: Identity
  let memberId: string
  beforeAll(async () => {
    identity = await startIdentity()
    memberId = (await identity.makeMember()).memberId
  })
  afterAll(() => identity.close())

  /** Sessions minted past the password, as load tests must: a sign-in costs a quarter second of hashing. */
  async function mintSessions(count: number): Promise<string[]> {
    const atMs = Date.now()
    const tokens = Array.from({ length: count }, () => randomBytes(32).toString('base64url'))
    const rows = JSON.stringify(tokens.map((token) => [newId('ses', atMs), sha256(token)]))
    await identity.db.batch([
      identity.db
        .prepare(
          `INSERT INTO sessions (id, member_id, device, created_at_ms, last_seen_at_ms, idle_expires_at_ms, expires_at_ms)
           SELECT value ->> 0, ?2, 'test', ?3, ?3, ?4, ?4 FROM json_each(?1)`,
        )
        .bind(rows, memberId, atMs, atMs + DAY_MS),
      identity.db
        .prepare(
          `INSERT INTO refresh_tokens (hash, session_id, issued_at_ms) SELECT value ->> 1, value ->> 0, ?2 FROM json_each(?1)`,
        )
        .bind(rows, atMs),
    ])
    return tokens
  }

  const refresh = (refreshToken: string) => identity.post('auth/refresh', { refreshToken })

  const rotation: Rotation = {
    async refresh(token) {
      const reply = await refresh(token)
      return reply.status === 200 ? Session.parse(reply.json).refreshToken : null
    },
    async heads(token) {
      const row = await identity.db
        .prepare(
          `SELECT count(*) AS heads FROM refresh_tokens WHERE spent_at_ms IS NULL
           AND session_id = (SELECT session_id FROM refresh_tokens WHERE hash = ?)`,
        )
        .bind(sha256(token))
        .first<{ heads: number }>()
      return row?.heads ?? 0
    },
  }

  async function mintOne(): Promise<string> {
    const [token] = await mintSessions(1)
    if (token === undefined) throw new Error('no session was minted')
    return token
  }

  /** As if the token had been spent that much earlier. */
  const age = (token: string, byMs: number) =>
    identity.db
      .prepare('UPDATE refresh_tokens SET spent_at_ms = spent_at_ms - ? WHERE hash = ?')
      .bind(byMs, sha256(token))
      .run()

  it(`gives ${PARALLEL} parallel refreshes of each of ${SESSIONS} sessions one and the same successor`, async () => {
    expect(await faultsUnderParallelRefresh(rotation, await mintSessions(SESSIONS))).toEqual([])
  })

  it('never stores a token in clear', async () => {
    const token = await mintOne()
    const successor = await rotation.refresh(token)
    const rows = await identity.db.prepare('SELECT * FROM refresh_tokens').all()
    const stored = JSON.stringify(rows.results)
    expect(stored).toContain(sha256(token))
    expect(stored).not.toContain(token)
    expect(stored).not.toContain(String(successor))
  })

  it('ends the family for thief and owner alike when a spent token is shown after the grace', async () => {
    const stolen = await mintOne()
    const head = await rotation.refresh(stolen)
    await age(stolen, PAST_GRACE_MS)
    identity.server.clearLogs()
    expect(codeIn(await refresh(stolen))).toBe('SESSION_ENDED')
    expect(codeIn(await refresh(String(head)))).toBe('SESSION_ENDED')
    expect(codeIn(await refresh(stolen))).toBe('SESSION_ENDED')
    expect(JSON.stringify(identity.server.getLogs())).toContain('spent refresh shown again, family ended')
  })

  it('knows any token of the family as stolen, not only the last one spent', async () => {
    const first = await mintOne()
    const second = String(await rotation.refresh(first))
    const third = String(await rotation.refresh(second))
    await age(first, PAST_GRACE_MS)
    expect(codeIn(await refresh(first))).toBe('SESSION_ENDED')
    expect(codeIn(await refresh(third))).toBe('SESSION_ENDED')
  })

  it('ends a session by sign-out at once, and twice is fine', async () => {
    const token = await mintOne()
    for (const _ of [1, 2]) {
      expect((await identity.post('auth/sign-out', { refreshToken: token })).status).toBe(204)
    }
    expect(codeIn(await refresh(token))).toBe('SESSION_ENDED')
  })

  it('lets no session outlive its absolute or idle end', async () => {
    for (const column of ['expires_at_ms', 'idle_expires_at_ms']) {
      const token = await mintOne()
      await identity.db
        .prepare(
          `UPDATE sessions SET ${column} = 1 WHERE id = (SELECT session_id FROM refresh_tokens WHERE hash = ?)`,
        )
        .bind(sha256(token))
        .run()
      expect(codeIn(await refresh(token))).toBe('SESSION_ENDED')
    }
  })

  it('refuses a token that was never issued, and an access token in its place', async () => {
    const session = await refresh(await mintOne())
    const { accessToken } = Session.parse(session.json)
    for (const token of ['x', randomBytes(32).toString('base64url'), accessToken]) {
      expect(codeIn(await refresh(token))).toBe('SESSION_ENDED')
    }
  })
})

describe('the checker of P12', () => {
  /** Looks whether a token is unspent, then writes: the pause between is where another request gets in. */
  function readThenWrite(): Rotation & { issue(): string } {
    const families = new Map<string, string[]>()
    return {
      issue() {
        const token = randomBytes(8).toString('hex')
        families.set(token, [token])
        return token
      },
      async refresh(token) {
        const isHead = families.get(token)?.at(-1) === token
        await new Promise((resolve) => setImmediate(resolve))
        if (!isHead) return null
        const successor = randomBytes(8).toString('hex')
        families.get(token)?.push(successor)
        return successor
      },
      heads: async (token) => (families.get(token)?.length ?? 0) - 1,
    }
  }

  it('catches a rotation that reads, then writes', async () => {
    const broken = readThenWrite()
    const faults = await faultsUnderParallelRefresh(broken, [broken.issue()])
    expect(faults).toContain('10 successors of one token')
    expect(faults).toContain('10 unspent tokens in one family')
  })

  it('catches a rotation without grace', async () => {
    const heads = new Set(['a'])
    const strict: Rotation = {
      refresh: async (token) => (heads.delete(token) ? 'b' : null),
      heads: async () => 1,
    }
    expect(await faultsUnderParallelRefresh(strict, ['a'])).toContain(
      'a caller within the grace was turned away',
    )
  })
})
