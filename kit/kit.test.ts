import fc from 'fast-check'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { ListingId } from '#contracts/ids'
import { verifyAccessToken } from './auth.ts'
import { callWithin } from './call.ts'
import { townDay } from './clock.ts'
import { chunksByColumns } from './d1.ts'
import { newId } from './id.ts'
import { openCursor, sealCursor } from './page.ts'
import { localeOf, problemResponse } from './problem.ts'
import { traceOf } from './trace.ts'

const SECRET = 'a'.repeat(40)

describe('ids', () => {
  it('are known by their contract and sort by the time they were made', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 47 }),
        fc.integer({ min: 1, max: 10_000 }),
        (atMs, laterMs) => {
          const [early, late] = [newId('lst', atMs), newId('lst', atMs + laterMs)]
          expect(ListingId.safeParse(early).success).toBe(true)
          expect(early < late).toBe(true)
        },
      ),
    )
  })
})

describe('cursors', () => {
  it('come back as they were sealed, for the list they were sealed for', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 4 }), (position) => {
        const cursor = sealCursor(SECRET, 'listings newest', position)
        expect(openCursor(SECRET, 'listings newest', cursor)).toEqual({ ok: true, value: position })
      }),
    )
  })

  it('are refused for another list, under another secret, or when edited', () => {
    const cursor = sealCursor(SECRET, 'listings newest', [5, 'lst_x'])
    const refused = { ok: false, refusal: { code: 'CURSOR_INVALID' } }
    expect(openCursor(SECRET, 'listings price_asc', cursor)).toEqual(refused)
    expect(openCursor('b'.repeat(40), 'listings newest', cursor)).toEqual(refused)
    expect(openCursor(SECRET, 'listings newest', `${cursor}x`)).toEqual(refused)
    expect(openCursor(SECRET, 'listings newest', cursor.slice(0, 9))).toEqual(refused)
  })

  it('never throw on what a stranger sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (cursor) => {
        expect(openCursor(SECRET, 'listings newest', cursor).ok).toBe(false)
      }),
    )
  })
})

describe('access tokens', () => {
  const memberId = newId('mem', 0)
  const sessionId = newId('ses', 0)
  let key: CryptoKey
  let keys: { keys: JsonWebKey[] }
  beforeAll(async () => {
    const pair = await generateKeyPair('ES256', { extractable: true })
    key = pair.privateKey
    keys = { keys: [{ ...((await exportJWK(pair.publicKey)) as JsonWebKey), kid: 'k1' } as JsonWebKey] }
  })
  const source = async () => keys
  const token = (
    changes: { claims?: object; header?: object; iss?: string; aud?: string; exp?: string | number } = {},
  ) =>
    new SignJWT({ sid: sessionId, role: 'member', ...changes.claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k1', ...changes.header })
      .setSubject(memberId)
      .setIssuer(changes.iss ?? 'madang-identity')
      .setAudience(changes.aud ?? 'madang-api')
      .setIssuedAt()
      .setExpirationTime(changes.exp ?? '15m')
      .sign(key)

  it('name their holder', async () => {
    expect(await verifyAccessToken(await token(), source)).toMatchObject({
      memberId,
      sessionId,
      role: 'member',
    })
  })

  it('are refused when of another issuer, audience, type, or over', async () => {
    for (const changes of [
      { iss: 'x' },
      { aud: 'x' },
      { header: { typ: 'JWT' } },
      { exp: 1 },
      { claims: { role: 'god' } },
      { claims: { sid: { a: 1 } } },
    ]) {
      expect(await verifyAccessToken(await token(changes), source)).toBeNull()
    }
  })

  it('are refused when unsigned, or signed with the public key as a shared secret', async () => {
    const [, payload] = (await token()).split('.')
    const none = btoa(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).replaceAll('=', '')
    expect(await verifyAccessToken(`${none}.${payload}.`, source)).toBeNull()
    const secret = new TextEncoder().encode(JSON.stringify(keys.keys[0] as JWK))
    const confused = await new SignJWT({ sid: sessionId, role: 'operator' })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })
      .setSubject(memberId)
      .setIssuer('madang-identity')
      .setAudience('madang-api')
      .setIssuedAt()
      .setExpirationTime('15m')
      .sign(secret)
    expect(await verifyAccessToken(confused, source)).toBeNull()
  })

  it('name their holder for a while without identity too; after that it is an outage, not a refusal', async () => {
    const isDown = async (): Promise<never> => {
      throw new Error('stopped')
    }
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      vi.setSystemTime(Date.now() + 12 * 60_000)
      expect(await verifyAccessToken(await token(), isDown)).toMatchObject({ memberId })
      vi.setSystemTime(Date.now() + 20 * 60_000)
      await expect(verifyAccessToken(await token(), isDown)).rejects.toMatchObject({ retryable: true })
      expect(await verifyAccessToken(await token(), source)).toMatchObject({ memberId })
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a call to another domain', () => {
  it('takes the fallback when there is no answer in time', async () => {
    const never = () => new Promise<string>(() => {})
    expect(await callWithin('test.slow', 10, never, () => 'fallback')).toBe('fallback')
  })

  it('leaves a callee alone after failures in a row', async () => {
    let calls = 0
    const failing = async (): Promise<string> => {
      calls += 1
      throw new Error('down')
    }
    for (let round = 0; round < 12; round++) await callWithin('test.down', 100, failing, () => 'fallback')
    expect(calls).toBe(5)
  })
})

describe('small pieces', () => {
  it('a day is a day in Korea', () => {
    expect(townDay(Date.parse('2026-11-20T14:59:59Z'))).toBe('2026-11-20')
    expect(townDay(Date.parse('2026-11-20T15:00:00Z'))).toBe('2026-11-21')
  })

  it('rows are grouped so that a statement binds at most 100 values', () => {
    const chunks = chunksByColumns(
      Array.from({ length: 95 }, (_, row) => row),
      7,
    )
    expect(chunks.flat()).toHaveLength(95)
    for (const chunk of chunks) expect(chunk.length * 7).toBeLessThanOrEqual(100)
  })

  it('a refusal speaks the caller’s language and names what to do', async () => {
    expect(localeOf(new Headers({ 'accept-language': 'en-GB,ko;q=0.5' }))).toBe('en')
    expect(localeOf(new Headers({ 'accept-language': 'fr' }))).toBe('ko')
    const reply = problemResponse({ code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 30 }, 'ko', 'r1')
    expect(reply.headers.get('retry-after')).toBe('30')
    expect(await reply.json()).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS', requestId: 'r1' })
  })

  it('an outage always says when to come back', () => {
    const retryAfter = (seconds: object) =>
      problemResponse({ code: 'UNAVAILABLE', ...seconds }, 'ko', 'r1').headers.get('retry-after')
    expect([retryAfter({}), retryAfter({ retryAfterSeconds: 5 })]).toEqual(['2', '5'])
  })

  it('a trace goes on when it is well-formed, and starts anew when not', () => {
    const traceparent = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`
    expect(traceOf(new Headers({ traceparent })).requestId).toBe('ab'.repeat(16))
    expect(traceOf(new Headers({ traceparent: 'x' })).requestId).toMatch(/^[0-9a-f]{32}$/)
  })
})
