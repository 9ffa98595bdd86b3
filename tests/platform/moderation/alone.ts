import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { createTestHarness } from 'wrangler'
import { z } from 'zod'
import type { Role } from '#contracts/call'
import type { MemberId } from '#contracts/ids'
import type { ModerationApi } from '#contracts/moderation.api'
import { TOKEN_ALGORITHM, TOKEN_AUDIENCE, TOKEN_ISSUER, TOKEN_TYPE } from '#kit/auth'
import { newId } from '#kit/id'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const NEIGHBOURS = 'moderation-neighbours'

/** The one room that the stand-in of chat knows. */
export const SEEN_ROOM = {
  roomId: newId('room', Date.now()),
  listingId: newId('lst', Date.now()),
  sellerId: newId('mem', Date.now()),
  buyerId: newId('mem', Date.now()),
}

/** The moderation worker alone in workerd; identity, listings and chat are one stand-in (neighbours.worker.ts). */
export async function startModeration() {
  const { privateKey, publicKey } = await generateKeyPair(TOKEN_ALGORITHM)
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'test', alg: TOKEN_ALGORITHM, use: 'sig' }] }
  const server = createTestHarness({
    root: ROOT,
    workers: [
      {
        configPath: 'workers/moderation/wrangler.toml',
        bindingOverrides: { IDENTITY: NEIGHBOURS, LISTINGS: NEIGHBOURS, CHAT: NEIGHBOURS },
        secrets: {
          CURSOR_SECRET: 'a-cursor-key-of-the-tests-of-moderation-alone',
          APPEAL_SECRET: 'an-appeal-key-of-the-tests-of-moderation-alone',
        },
      },
      {
        config: {
          name: NEIGHBOURS,
          main: 'tests/platform/moderation/neighbours.worker.ts',
          compatibility_date: '2026-11-01',
          vars: { JWKS: JSON.stringify(jwks), ROOM: JSON.stringify(SEEN_ROOM) },
          services: [{ binding: 'MODERATION', service: 'madang-moderation', entrypoint: 'ModerationRpc' }],
        },
      },
    ],
  })
  await server.listen()
  const worker = server.getWorker<{ DB: D1Database }>('madang-moderation')
  const neighbours = server.getWorker<{ MODERATION: Service<ModerationApi> }>(NEIGHBOURS)
  await worker.applyD1Migrations('DB')
  const { MODERATION } = await neighbours.getEnv()

  const tokenOf = (memberId: MemberId, role: Role) =>
    new SignJWT({ sid: newId('ses', Date.now()), role })
      .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TOKEN_TYPE, kid: 'test' })
      .setIssuer(TOKEN_ISSUER)
      .setAudience(TOKEN_AUDIENCE)
      .setSubject(memberId)
      .setIssuedAt()
      .setExpirationTime('30m')
      .sign(privateKey)

  /** A request as the edge passes it on. */
  async function call(as: MemberId, role: Role, method: string, path: string, json?: object) {
    const response = await worker.fetch(`/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await tokenOf(as, role)}`,
        ...(json ? { 'content-type': 'application/json' } : {}),
      },
      ...(json ? { body: JSON.stringify(json) } : {}),
    })
    const text = await response.text()
    const body: unknown = text.startsWith('{') ? JSON.parse(text) : undefined
    return { status: response.status, text, json: body }
  }

  /** Stops or starts the neighbours' acting, or only looks: which messages are hidden now. */
  async function hiddenNow(state: 'down' | 'up' | 'as it is' = 'as it is'): Promise<number[]> {
    const isLook = state === 'as it is'
    const reply = await neighbours.fetch(`http://neighbours/${isLook ? '' : state}`, {
      method: isLook ? 'GET' : 'PUT',
    })
    return z.object({ hidden: z.array(z.int()) }).parse(await reply.json()).hidden
  }

  const { DB } = await worker.getEnv()
  return { call, hiddenNow, db: DB, rpc: MODERATION, close: () => server.close() }
}
export type ModerationAlone = Awaited<ReturnType<typeof startModeration>>
