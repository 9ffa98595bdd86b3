import type { MiddlewareHandler } from 'hono'
import type { AppEnv } from './app.ts'
import { nowMs, SECOND_MS } from './clock.ts'
import { assertChangedOne } from './d1.ts'
import { problemResponse } from './problem.ts'

const KEY_LENGTH_MAX = 255
/** A claim older than this belongs to a request that died; the next retry takes it over. */
const CLAIM_LEASE_MS = 15 * SECOND_MS

type Row = {
  claim: string
  bodyHash: string
  claimedAtMs: number
  status: number | null
  body: string | null
}
type Claim = { scope: string; key: string; claim: string; bodyHash: string }

/** What a request's effect must write beside itself so that a retry gets its first answer. */
export type Completion = (status: number, body: unknown) => D1PreparedStatement[]

/** The completion of a request without a key: nothing to remember. */
export const noCompletion: Completion = () => []

/**
 * For every POST that creates or moves something. With an `Idempotency-Key` the first answer is kept for a day, scoped to
 * caller and route: same body → the same status and bytes with `Idempotency-Replayed: true`; other body → 422; still being
 * handled → 409. The handler puts `c.var.completion(status, body)` into the batch of its effect, so that effect and answer
 * stand or fall together; a claim lost to a takeover aborts that batch. A refused or failed request frees its key.
 */
export const idempotent =
  <Bindings extends { DB: D1Database }>(): MiddlewareHandler<AppEnv<Bindings>> =>
  async (c, next) => {
    const key = c.req.header('idempotency-key')
    if (key === undefined) return await next()
    if (key.length === 0 || key.length > KEY_LENGTH_MAX) {
      const errors = [{ path: 'Idempotency-Key', message: `1 to ${KEY_LENGTH_MAX} characters` }]
      return problemResponse({ code: 'VALIDATION_FAILED', errors }, c.var.locale, c.var.requestId)
    }
    const db = c.env.DB
    const claim = await claimFor(
      c.var.holder?.memberId ?? `guest:${c.var.visitor}`,
      c.req.method,
      c.req.path,
      key,
      await c.req.arrayBuffer(),
    )
    const row = await claimOrRead(db, claim)
    if (row.claim !== claim.claim && !(await takenOver(db, claim, row)))
      return replyFrom(row, claim, c.var.locale, c.var.requestId)

    let isInBatch = false
    const complete = completionOf(db, claim)
    c.set('completion', (status, body) => {
      isInBatch = true
      return complete(status, body)
    })
    try {
      await next()
    } finally {
      // A success that stood in the batch of its effect is already remembered: no second trip.
      if (!(c.res.ok && isInBatch)) await settle(db, claim, c.res)
    }
  }

async function claimFor(
  caller: string,
  method: string,
  path: string,
  key: string,
  body: ArrayBuffer,
): Promise<Claim> {
  const digest = await crypto.subtle.digest('SHA-256', body)
  const bodyHash = btoa(String.fromCharCode(...new Uint8Array(digest)))
  return { scope: `${caller} ${method} ${path}`, key, claim: crypto.randomUUID(), bodyHash }
}

async function claimOrRead(db: D1Database, { scope, key, claim, bodyHash }: Claim): Promise<Row> {
  const [, read] = await db.batch<Row>([
    db
      .prepare(
        'INSERT OR IGNORE INTO idempotency_keys (scope, key, body_hash, claim, claimed_at_ms) VALUES (?, ?, ?, ?, ?)',
      )
      .bind(scope, key, bodyHash, claim, nowMs()),
    db
      .prepare(
        'SELECT claim, body_hash AS bodyHash, claimed_at_ms AS claimedAtMs, status, body FROM idempotency_keys WHERE scope = ? AND key = ?',
      )
      .bind(scope, key),
  ])
  const row = read?.results[0]
  if (!row) throw new Error('an idempotency key vanished between its insert and its read')
  return row
}

/** A dead request's claim passes on; of several that try, the one whose UPDATE still sees the old claim gets it. */
async function takenOver(db: D1Database, { scope, key, claim, bodyHash }: Claim, row: Row): Promise<boolean> {
  const isDead = row.status === null && row.claimedAtMs < nowMs() - CLAIM_LEASE_MS
  if (!isDead || row.bodyHash !== bodyHash) return false
  const taken = await db
    .prepare(
      'UPDATE idempotency_keys SET claim = ?, claimed_at_ms = ? WHERE scope = ? AND key = ? AND claim = ? AND status IS NULL',
    )
    .bind(claim, nowMs(), scope, key, row.claim)
    .run()
  return taken.meta.changes === 1
}

function replyFrom(row: Row, claim: Claim, locale: 'ko' | 'en', requestId: string): Response {
  if (row.bodyHash !== claim.bodyHash)
    return problemResponse({ code: 'IDEMPOTENCY_KEY_REUSED' }, locale, requestId)
  if (row.status === null) {
    return problemResponse({ code: 'REQUEST_IN_FLIGHT', retryAfterSeconds: 1 }, locale, requestId)
  }
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'idempotency-replayed': 'true',
  }
  return new Response(row.body, {
    status: row.status,
    headers: row.body === null ? { 'idempotency-replayed': 'true' } : headers,
  })
}

const completionOf =
  (db: D1Database, { scope, key, claim }: Claim): Completion =>
  (status, body) => [
    db
      .prepare(
        'UPDATE idempotency_keys SET status = ?, body = ? WHERE scope = ? AND key = ? AND claim = ? AND status IS NULL',
      )
      .bind(status, body === undefined ? null : JSON.stringify(body), scope, key, claim),
    assertChangedOne(db),
  ]

/**
 * After the handler. A success whose handler had no batch of its own is remembered now. A refusal changed nothing, so its
 * key is freed for a corrected retry. When the process dies before this line the lease frees the key.
 */
async function settle(db: D1Database, { scope, key, claim }: Claim, reply: Response): Promise<void> {
  if (reply.ok) {
    const body = reply.status === 204 ? null : await reply.clone().text()
    await db
      .prepare(
        'UPDATE idempotency_keys SET status = ?, body = ? WHERE scope = ? AND key = ? AND claim = ? AND status IS NULL',
      )
      .bind(reply.status, body, scope, key, claim)
      .run()
    return
  }
  await db
    .prepare('DELETE FROM idempotency_keys WHERE scope = ? AND key = ? AND claim = ? AND status IS NULL')
    .bind(scope, key, claim)
    .run()
}
