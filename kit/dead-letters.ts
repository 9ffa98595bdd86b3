import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { Domain } from '#contracts/subscriptions'
import { type AppEnv, onlyMine, refusal } from './app.ts'
import { toIso } from './clock.ts'
import { type Handlers, replayDeadLetters } from './consume.ts'
import { bearer, jsonReply, problems } from './openapi.ts'

const SHOWN_MAX = 50
const REPLAYED_AT_ONCE_MAX = 100

const DeadLetter = z
  .object({
    id: z.string(),
    queue: z.string(),
    body: z.unknown(),
    error: z.string(),
    diedAt: z.iso.datetime(),
  })
  .openapi('DeadLetter')
const DeadLetters = z.object({ items: z.array(DeadLetter), nextCursor: z.null() })
const Replayed = z.object({ replayed: z.int(), failed: z.int() })

/** For routes of the operators alone: a guest is asked to sign in, a member is refused. */
export const requireOperator =
  <Bindings>(): MiddlewareHandler<AppEnv<Bindings>> =>
  async (c, next) => {
    if (c.var.holder === null) return refusal(c, { code: 'UNAUTHENTICATED' })
    return c.var.holder.role === 'operator' ? await next() : refusal(c, { code: 'FORBIDDEN' })
  }

/**
 * What every hearing domain shows its operator: the messages given up after all retries, and a way to handle them anew once
 * their cause is mended. `GET` and `POST …/replay` under `/api/v1/operator/<domain>/dead-letters`.
 */
export function addDeadLetterRoutes<Bindings extends { DB: D1Database }>(
  app: OpenAPIHono<AppEnv<Bindings>>,
  domain: Domain,
  handlersOf: (env: Bindings) => Handlers,
): void {
  const shared = { tags: ['operator'], security: bearer, middleware: requireOperator<Bindings>() }
  const list = createRoute({
    method: 'get',
    path: `/api/v1/operator/${domain}/dead-letters`,
    ...shared,
    responses: {
      200: jsonReply(DeadLetters, 'Waiting dead letters, oldest first, at most 50'),
      ...problems(403),
    },
  })
  const replay = createRoute({
    method: 'post',
    path: `/api/v1/operator/${domain}/dead-letters/replay`,
    ...shared,
    responses: { 200: jsonReply(Replayed, 'How many were handled, how many failed again'), ...problems(403) },
  })
  app.openapi(list, async (c) => {
    onlyMine(c)
    return c.json({ items: await waiting(c.env.DB), nextCursor: null }, 200)
  })
  app.openapi(replay, async (c) =>
    c.json(await replayDeadLetters(c.env.DB, handlersOf(c.env), REPLAYED_AT_ONCE_MAX), 200),
  )
}

async function waiting(db: D1Database): Promise<z.infer<typeof DeadLetter>[]> {
  const rows = await db
    .prepare(
      'SELECT id, queue, body, error, died_at_ms AS diedAtMs FROM dead_letters WHERE replayed_at_ms IS NULL ORDER BY died_at_ms LIMIT ?',
    )
    .bind(SHOWN_MAX)
    .all<{ id: string; queue: string; body: string; error: string; diedAtMs: number }>()
  return rows.results.map(({ diedAtMs, body, ...row }) => ({
    ...row,
    body: JSON.parse(body),
    diedAt: toIso(diedAtMs),
  }))
}
