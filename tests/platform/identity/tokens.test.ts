import { createHmac, generateKeyPairSync } from 'node:crypto'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeIn, type Identity, startIdentity } from './alone.ts'

const MINUTE_S = 60
let identity: Identity
let member: Awaited<ReturnType<Identity['join']>>
beforeAll(async () => {
  identity = await startIdentity()
  member = await identity.join()
})
afterAll(() => identity.close())

const { privateKey: foreignKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const nowS = () => Math.floor(Date.now() / 1_000)
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const claims = () => ({
  sub: member.memberId,
  sid: 'ses_01kaj5v0e8q6r1x3n7w2z9c4bt',
  role: 'operator',
  iss: 'madang-identity',
  aud: 'madang-api',
  iat: nowS(),
  exp: nowS() + 15 * MINUTE_S,
})

/** A token signed with a key of ours that identity never heard of. */
const foreign = (header: Record<string, string>) =>
  new SignJWT(claims())
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'test', ...header })
    .sign(foreignKey)

describe('an access token', () => {
  it('is public to verify: the key set has no private part', async () => {
    const keys = await identity.call('GET', '/.well-known/jwks.json')
    expect(keys.text).toContain('"kid":"test"')
    expect(keys.text).not.toContain('"d":')
  })

  it.each<[string, () => Promise<string> | string]>([
    ['is unsigned', () => `${part({ alg: 'none', typ: 'at+jwt' })}.${part(claims())}.`],
    [
      'is signed with the public key as a shared secret',
      async () => {
        const keys = await identity.call('GET', '/.well-known/jwks.json')
        const body = `${part({ alg: 'HS256', typ: 'at+jwt', kid: 'test' })}.${part(claims())}`
        return `${body}.${createHmac('sha256', keys.text).update(body).digest('base64url')}`
      },
    ],
    ['is signed with another key under our key id', () => foreign({})],
    ['names a key by a path', () => foreign({ kid: '../../etc/passwd' })],
    ['names a key set of its own', () => foreign({ jku: 'https://evil.example/keys' })],
    ['has its claims changed', () => member.accessToken.replace(/\.[^.]+\./, `.${part(claims())}.`)],
    ['is a refresh token', () => member.refreshToken],
    ['is no token at all', () => 'x'.repeat(5_000)],
  ])('is refused when it %s, always with the same words', async (_, make) => {
    const reply = await identity.call('GET', 'me', { token: await make() })
    expect([reply.status, codeIn(reply)]).toEqual([401, 'UNAUTHENTICATED'])
  })

  it('is asked for on every route of an own account', async () => {
    for (const [method, path] of [
      ['GET', 'me'],
      ['PATCH', 'me'],
      ['DELETE', 'me'],
      ['GET', 'me/sessions'],
      ['PUT', 'me/password'],
      ['DELETE', 'me/sessions/ses_01kaj5v0e8q6r1x3n7w2z9c4bt'],
    ] as const) {
      const body = method === 'GET' ? {} : { json: {} }
      expect(codeIn(await identity.call(method, path, body))).toBe('UNAUTHENTICATED')
    }
  })
})
