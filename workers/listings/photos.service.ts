import type { Result } from '#contracts/errors'
import type { ImageId, ListingId, MemberId } from '#contracts/ids'
import type { Image } from '#contracts/media'
import { callWithin } from '#kit/call'
import { MINUTE_MS, SECOND_MS } from '#kit/clock'
import { refuse } from '#kit/result'
import { imagesOf } from './card.rules.ts'
import type { ListingsEnv } from './env.ts'

const MEDIA_DEADLINE_MS = 4 * SECOND_MS
/** An intent this old belongs to a request that died, whatever its deadline was. */
const INTENT_DEAD_AFTER_MS = 2 * MINUTE_MS
const INTENTS_A_TICK = 50

type PhotoChange = {
  memberId: MemberId
  listingId: ListingId
  imageIds: ImageId[]
  version: number
  requestId: string
}

/** Hangs photos on a listing, in order. Repeating it changes nothing. */
export function attachPhotos(env: Pick<ListingsEnv, 'MEDIA'>, change: PhotoChange): Promise<Result<Image[]>> {
  const { memberId, listingId, imageIds, version, requestId } = change
  const ctx = {
    actor: { kind: 'member', memberId, role: 'member' } as const,
    requestId,
    idempotencyKey: `${listingId}:attach:${version}`,
  }
  const request = { ownerId: memberId, holder: { kind: 'listing' as const, id: listingId }, imageIds }
  return callWithin<Result<Image[]>>(
    'media.attach',
    MEDIA_DEADLINE_MS,
    async () => await env.MEDIA.attach(ctx, request),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
}

/**
 * Written before photos are asked for, deleted in the batch that uses them. The listing id answered is the one of the first
 * try: a retry of a request that died half way posts under the same id, on which its photos already hang.
 */
export async function intendPhotos(
  db: D1Database,
  intent: { memberId: MemberId; retryKey: string; listingId: ListingId; atMs: number },
): Promise<ListingId> {
  const [, kept] = await db.batch<{ listingId: ListingId }>([
    db
      .prepare(
        'INSERT OR IGNORE INTO attach_intents (member_id, retry_key, listing_id, intended_at_ms) VALUES (?, ?, ?, ?)',
      )
      .bind(intent.memberId, intent.retryKey, intent.listingId, intent.atMs),
    db
      .prepare('SELECT listing_id AS listingId FROM attach_intents WHERE member_id = ? AND retry_key = ?')
      .bind(intent.memberId, intent.retryKey),
  ])
  return kept?.results[0]?.listingId ?? intent.listingId
}

/** The intent is done with: stands in the batch of the change, or runs after a refusal. */
export const forgetIntent = (db: D1Database, memberId: MemberId, retryKey: string): D1PreparedStatement =>
  db.prepare('DELETE FROM attach_intents WHERE member_id = ? AND retry_key = ?').bind(memberId, retryKey)

/** The tick's repair: media is told what each half-done listing really shows, which is nothing when it never came to be. */
export async function settleDeadIntents(env: ListingsEnv, atMs: number): Promise<number> {
  const { results } = await env.DB.prepare(
    `SELECT i.member_id AS memberId, i.retry_key AS retryKey, i.listing_id AS listingId, l.images, l.version
FROM attach_intents i LEFT JOIN listings l ON l.id = i.listing_id AND l.deleted_at_ms IS NULL
WHERE i.intended_at_ms < ? ORDER BY i.intended_at_ms LIMIT ?`,
  )
    .bind(atMs - INTENT_DEAD_AFTER_MS, INTENTS_A_TICK)
    .all<{
      memberId: MemberId
      retryKey: string
      listingId: ListingId
      images: string | null
      version: number | null
    }>()
  let settled = 0
  for (const { memberId, retryKey, listingId, images, version } of results) {
    const imageIds = images === null ? [] : imagesOf(images).map(({ id }) => id)
    const told = await attachPhotos(env, {
      memberId,
      listingId,
      imageIds,
      version: version ?? 0,
      requestId: `settle:${listingId}`,
    })
    if (!told.ok) continue
    await forgetIntent(env.DB, memberId, retryKey).run()
    settled += 1
  }
  return settled
}
