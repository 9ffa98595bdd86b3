import { importJWK, SignJWT } from 'jose'
import { z } from 'zod'
import type { Role } from '#contracts/call'
import type { MemberId, SessionId } from '#contracts/ids'
import { TOKEN_ALGORITHM, TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_TYPE } from '#kit/auth'
import { SECOND_MS } from '#kit/clock'
import { ACCESS_TOKEN_MS } from './session.rules.ts'

const PrivateKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string().min(1),
})
const PrivateKeys = z.array(PrivateKey).min(1)
type KeyRing = { kid: string; sign: Promise<Awaited<ReturnType<typeof importJWK>>>; public: JsonWebKey[] }

const rings = new Map<string, KeyRing>()

/** The keys that verify our access tokens. */
export const publicKeys = (tokenKeys: string): { keys: JsonWebKey[] } => ({ keys: ringOf(tokenKeys).public })

/** Signs an access token with the first key. It only names what never changes within its 15 minutes. */
export async function signAccessToken(
  tokenKeys: string,
  holder: { memberId: MemberId; sessionId: SessionId; role: Role },
  nowMs: number,
): Promise<string> {
  const ring = ringOf(tokenKeys)
  const issuedAt = Math.floor(nowMs / SECOND_MS)
  return await new SignJWT({ sid: holder.sessionId, role: holder.role })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: ring.kid })
    .setSubject(holder.memberId)
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ACCESS_TOKEN_MS / SECOND_MS)
    .sign(await ring.sign)
}

function ringOf(tokenKeys: string): KeyRing {
  const known = rings.get(tokenKeys)
  if (known) return known
  const keys = PrivateKeys.parse(JSON.parse(tokenKeys))
  const [first] = keys
  if (!first) throw new Error('TOKEN_KEYS holds no key')
  const ring: KeyRing = {
    kid: first.kid,
    sign: importJWK(first, TOKEN_ALGORITHM),
    public: keys.map(({ d: _private, ...open }) => ({ ...open, alg: TOKEN_ALGORITHM, use: 'sig' })),
  }
  rings.set(tokenKeys, ring)
  return ring
}
