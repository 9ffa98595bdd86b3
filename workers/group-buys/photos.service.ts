import type { Result } from '#contracts/errors'
import type { GroupBuyId, ImageId, MemberId } from '#contracts/ids'
import type { Image } from '#contracts/media'
import { callWithin } from '#kit/call'
import { MINUTE_MS, nowMs, SECOND_MS } from '#kit/clock'
import { assertChangedOne } from '#kit/d1'
import { ok, refuse } from '#kit/result'
import { imagesJson, imagesOf } from './card.rules.ts'
import type { GroupBuysEnv } from './env.ts'
import { readGroupBuy } from './group-buy.store.ts'

const MEDIA_DEADLINE_MS = 4 * SECOND_MS
/** An intent this old belongs to a request that died, whatever its deadline was. */
const INTENT_DEAD_AFTER_MS = 2 * MINUTE_MS
const INTENTS_A_TICK = 50
/** Settling takes a call to media; one that takes longer than this died. */
const SETTLED_WITHIN_MS = MINUTE_MS

type PhotoChange = {
  memberId: MemberId
  groupBuyId: GroupBuyId
  imageIds: ImageId[]
  version: number
  requestId: string
}

/** Hangs photos on a group buy, in order. Repeating it changes nothing. */
function attachPhotos(env: GroupBuysEnv, change: PhotoChange): Promise<Result<Image[]>> {
  const { memberId, groupBuyId, imageIds, version, requestId } = change
  const ctx = {
    actor: { kind: 'member', memberId, role: 'member' } as const,
    requestId,
    idempotencyKey: `${groupBuyId}:attach:${version}`,
  }
  const request = { ownerId: memberId, holder: { kind: 'group_buy' as const, id: groupBuyId }, imageIds }
  return callWithin<Result<Image[]>>(
    'media.attach',
    MEDIA_DEADLINE_MS,
    async () => await env.MEDIA.attach(ctx, request),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
}

type Intent = { memberId: MemberId; retryKey: string; groupBuyId: GroupBuyId; atMs: number }

/**
 * Written before photos are asked for, deleted in the batch that uses them. The intent answered names the group buy of the first
 * try: a retry of a request that died half way opens under the same id, on which its photos already hang. While the tick is
 * settling that very intent, the request has to come again.
 */
async function intendPhotos(db: D1Database, intent: Intent): Promise<Result<Intent>> {
  const [, kept] = await db.batch<{ groupBuyId: GroupBuyId; atMs: number }>([
    db
      .prepare(
        `INSERT INTO attach_intents (member_id, retry_key, group_buy_id, intended_at_ms) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (member_id, retry_key) DO UPDATE SET intended_at_ms = ?4, settling_at_ms = NULL
WHERE settling_at_ms IS NULL OR settling_at_ms < ?5`,
      )
      .bind(
        intent.memberId,
        intent.retryKey,
        intent.groupBuyId,
        intent.atMs,
        intent.atMs - SETTLED_WITHIN_MS,
      ),
    db
      .prepare(
        `SELECT group_buy_id AS groupBuyId, intended_at_ms AS atMs FROM attach_intents
WHERE member_id = ? AND retry_key = ?`,
      )
      .bind(intent.memberId, intent.retryKey),
  ])
  const mine = kept?.results[0]
  if (mine?.atMs !== intent.atMs) return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
  return ok({ ...intent, groupBuyId: mine.groupBuyId })
}

const forget = ({ memberId, retryKey, atMs }: Intent, db: D1Database): D1PreparedStatement =>
  db
    .prepare('DELETE FROM attach_intents WHERE member_id = ? AND retry_key = ? AND intended_at_ms = ?')
    .bind(memberId, retryKey, atMs)

/** The intent is used up, in the batch of its change; when another request or the tick has taken it over, the batch aborts. */
const useIntent = (db: D1Database, intent: Intent): D1PreparedStatement[] => [
  forget(intent, db),
  assertChangedOne(db),
]

/** The photos of a change, hung, and the statements its batch needs. Left half way, the tick sets it right. */
export async function hangPhotos(
  env: GroupBuysEnv,
  intent: Intent,
  want: { imageIds: ImageId[]; version: number; requestId: string },
): Promise<Result<{ groupBuyId: GroupBuyId; images: string; statements: D1PreparedStatement[] }>> {
  const intended = await intendPhotos(env.DB, intent)
  if (!intended.ok) return intended
  const { memberId, groupBuyId } = intended.value
  const images = await attachPhotos(env, { memberId, groupBuyId, ...want })
  if (images.ok) {
    const statements = useIntent(env.DB, intended.value)
    return ok({ groupBuyId, images: imagesJson(images.value), statements })
  }
  // "Not yours" changed nothing over there; an outage may have, and its intent stays for the tick.
  if (images.refusal.code === 'IMAGE_NOT_YOURS') await dropIntent(env.DB, intended.value)
  return images
}

/** Nothing came of it: media refused, and changed nothing. */
const dropIntent = async (db: D1Database, intent: Intent): Promise<void> => {
  await forget(intent, db).run()
}

/** The tick's repair: media is told what each half-done group buy really shows, which is nothing when it never came to be. */
export async function settleDeadIntents(env: GroupBuysEnv, atMs: number): Promise<number> {
  let settled = 0
  for (const intent of await readDeadIntents(env.DB, atMs)) {
    // Taken, so that a late retry of the request waits and does not hang what is being let go.
    const taken = await env.DB.prepare(
      `UPDATE attach_intents SET settling_at_ms = ? WHERE member_id = ? AND retry_key = ? AND intended_at_ms = ?`,
    )
      .bind(nowMs(), intent.memberId, intent.retryKey, intent.atMs)
      .run()
    if (taken.meta.changes === 1 && (await settle(env, intent))) settled += 1
  }
  return settled
}

async function readDeadIntents(db: D1Database, atMs: number): Promise<Intent[]> {
  const { results } = await db
    .prepare(
      `SELECT member_id AS memberId, retry_key AS retryKey, group_buy_id AS groupBuyId, intended_at_ms AS atMs
FROM attach_intents WHERE intended_at_ms < ? ORDER BY intended_at_ms LIMIT ?`,
    )
    .bind(atMs - INTENT_DEAD_AFTER_MS, INTENTS_A_TICK)
    .all<Intent>()
  return results
}

async function settle(env: GroupBuysEnv, intent: Intent): Promise<boolean> {
  const { memberId, groupBuyId } = intent
  const row = await readGroupBuy(env.DB, groupBuyId)
  const imageIds = row ? imagesOf(row.images).map(({ id }) => id) : []
  const change = {
    memberId,
    groupBuyId,
    imageIds,
    version: row?.version ?? 0,
    requestId: `settle:${groupBuyId}`,
  }
  const told = await attachPhotos(env, change)
  if (told.ok) await dropIntent(env.DB, intent)
  return told.ok
}
