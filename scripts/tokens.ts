import { existsSync, readFileSync } from 'node:fs'
import { importJWK, SignJWT } from 'jose'
import { z } from 'zod'
import type { Role } from '#contracts/call'
import { MemberId } from '#contracts/ids'
import { TOKEN_ALGORITHM, TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_TYPE } from '#kit/auth'
import { newId } from '#kit/id'
import { Refused } from './refused.ts'
import { inRoot } from './root.ts'

const Key = z.looseObject({ kty: z.literal('EC'), crv: z.string(), kid: z.string() })

type Key = z.infer<typeof Key>

/** Signs access tokens with this machine's own development key: a sign-in would cost a password hash each. */
export async function tokenSigner(): Promise<
  (memberId: string, seconds?: number, role?: Role) => Promise<string>
> {
  const jwk = developmentKey()
  const key = await importJWK(jwk, TOKEN_ALGORITHM)
  return (memberId, seconds = 900, role = 'member') =>
    new SignJWT({ sid: newId('ses', Date.now()), role })
      .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: jwk.kid })
      .setSubject(MemberId.parse(memberId))
      .setIssuer(TOKEN_ISSUER)
      .setAudience(TOKEN_AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(`${seconds}s`)
      .sign(key)
}

/** The public half of that key, as identity gives it to the other domains. */
export function publicKeys(): JsonWebKey[] {
  const { d: _private, ...open } = developmentKey()
  return [open]
}

function developmentKey(): Key {
  const file = inRoot('workers', 'identity', '.dev.vars')
  const line = existsSync(file) ? /^TOKEN_KEYS='(.*)'$/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined
  if (!line) throw new Refused(`${file} has no TOKEN_KEYS; delete the file and start again.`)
  const [jwk] = z.array(Key).min(1).parse(JSON.parse(line))
  if (!jwk) throw new Refused(`TOKEN_KEYS in ${file} holds no key.`)
  return jwk
}
