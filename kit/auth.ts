import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Role } from '#contracts/call'
import { MemberId, SessionId } from '#contracts/ids'
import { callWithin } from './call.ts'
import { MINUTE_MS, nowMs, SECOND_MS } from './clock.ts'

export const TOKEN_ISSUER = 'madang-identity'
export const TOKEN_AUDIENCE = 'madang-api'
export const TOKEN_TYPE = 'at+jwt'
export const TOKEN_ALGORITHM = 'ES256'

/** Says that a browser sent the token by itself, in its cookie: one that is over makes a guest, and is no refusal. Only the edge sets it. */
export const UNASKED_HEADER = 'x-madang-unasked'

/** Who a valid access token speaks for. */
export type TokenHolder = { memberId: MemberId; sessionId: SessionId; role: Role; expiresAtMs: number }

const Claims = z.object({ sub: MemberId, sid: SessionId, role: z.enum(['member', 'operator']), exp: z.int() })

/** Where the public keys come from: `() => env.IDENTITY.jwks()`. */
export type KeySource = () => Promise<{ keys: JsonWebKey[] }>

const KEYS_FRESH_MS = 10 * MINUTE_MS
/** Without identity the keys we have go on for as long as a token that they signed may live past them; nobody gets a new one meanwhile. */
const KEYS_KEPT_MS = 30 * MINUTE_MS
const KEYS_DEADLINE_MS = 2 * SECOND_MS
/** A token with an unknown key may make us ask again, but not more often than this. */
const KEYS_COOLDOWN_MS = 10 * SECOND_MS
/** ES256 costs ~0.2 ms; a member's requests of the same minutes carry the same token. About 6 MB when full: a crowd at one hour. */
const VERIFIED_MAX = 10_000
const TOKEN_LENGTH_MAX = 2_048

let keys: { set: ReturnType<typeof createLocalJWKSet>; fetchedAtMs: number } | null = null
const verified = new Map<string, TokenHolder>()

/** Nobody can be known just now: identity does not answer, and this isolate has not kept its keys. The wall answers it as an outage. */
class KeysUnavailable extends Error {
  readonly retryable = true
  constructor() {
    super('no keys to verify tokens with: identity does not answer')
  }
}

/**
 * The holder of an access token, or null when it is forged, expired, of another kind, or not a token at all. Throws, as an
 * outage that may be retried, when there are no keys to look at it with.
 */
export async function verifyAccessToken(token: string, source: KeySource): Promise<TokenHolder | null> {
  if (token.length > TOKEN_LENGTH_MAX) return null
  const known = verified.get(token)
  if (known && known.expiresAtMs > nowMs()) return known
  const holder =
    (await verify(token, source, KEYS_FRESH_MS)) ?? (await verify(token, source, KEYS_COOLDOWN_MS))
  if (holder) remember(token, holder)
  return holder
}

async function verify(token: string, source: KeySource, keysFreshMs: number): Promise<TokenHolder | null> {
  const hadFreshKeys = keys !== null && nowMs() - keys.fetchedAtMs < keysFreshMs
  if (keysFreshMs === KEYS_COOLDOWN_MS && hadFreshKeys) return null
  const keySet = await keySetOf(source, keysFreshMs)
  try {
    const { payload } = await jwtVerify(token, keySet, {
      algorithms: [TOKEN_ALGORITHM],
      issuer: TOKEN_ISSUER,
      audience: TOKEN_AUDIENCE,
      typ: TOKEN_TYPE,
      requiredClaims: ['sub', 'sid', 'exp', 'iat'],
      clockTolerance: 5,
    })
    const claims = Claims.parse(payload)
    return {
      memberId: claims.sub,
      sessionId: claims.sid,
      role: claims.role,
      expiresAtMs: claims.exp * SECOND_MS,
    }
  } catch {
    return null
  }
}

async function keySetOf(source: KeySource, freshMs: number) {
  if (keys && nowMs() - keys.fetchedAtMs < freshMs) return keys.set
  return await callWithin(
    'identity.jwks',
    KEYS_DEADLINE_MS,
    async () => {
      // A JsonWebKey of the platform and one of jose name the same members; createLocalJWKSet checks each key's own.
      const set = createLocalJWKSet((await source()) as JSONWebKeySet)
      keys = { set, fetchedAtMs: nowMs() }
      return set
    },
    () => {
      if (keys && nowMs() - keys.fetchedAtMs < KEYS_KEPT_MS) return keys.set
      throw new KeysUnavailable()
    },
  )
}

function remember(token: string, holder: TokenHolder): void {
  const [oldest] = verified.size >= VERIFIED_MAX ? verified.keys() : []
  if (oldest !== undefined) verified.delete(oldest)
  verified.set(token, holder)
}

/** The token of `Authorization: Bearer …`, or null when there is none. */
export function bearerOf(headers: Headers): string | null {
  return /^Bearer ([\w.-]+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? null
}
