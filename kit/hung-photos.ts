import type { Result } from '#contracts/errors'
import type { GroupBuyId, ImageId, ListingId, MemberId } from '#contracts/ids'
import type { Image } from '#contracts/media'
import type { MediaApi } from '#contracts/media.api'
import { callWithin } from './call.ts'
import { MINUTE_MS, nowMs, SECOND_MS } from './clock.ts'
import { assertChangedOne } from './d1.ts'
import { ok, refuse } from './result.ts'

const MEDIA_DEADLINE_MS = 4 * SECOND_MS
/** An intent this old belongs to a request that died, whatever its deadline was. */
const INTENT_DEAD_AFTER_MS = 2 * MINUTE_MS
const INTENTS_A_TICK = 50
/** Settling takes a call to media; one that takes longer than this died. */
const SETTLED_WITHIN_MS = MINUTE_MS

type ThingId = ListingId | GroupBuyId

/** What photos hang on in a worker's database, which has a table `attach_intents`. */
export type Photographed<Id extends ThingId> = {
  db: D1Database
  media: Service<MediaApi>
  kind: 'listing' | 'group_buy'
  /** The column of `attach_intents` that names the thing. */
  column: 'listing_id' | 'group_buy_id'
  /** What a thing shows as it stands; null when it never came to be. */
  shown(id: Id): Promise<{ imageIds: ImageId[]; version: number } | null>
}
export type Intent<Id extends ThingId> = { memberId: MemberId; retryKey: string; id: Id; atMs: number }
export type Wanted = { imageIds: ImageId[]; version: number; requestId: string }

/** Hangs photos on a thing, in order. Repeating it changes nothing. */
function attach<Id extends ThingId>(
  { media, kind }: Photographed<Id>,
  { memberId, id }: Pick<Intent<Id>, 'memberId' | 'id'>,
  { imageIds, version, requestId }: Wanted,
): Promise<Result<Image[]>> {
  const ctx = {
    actor: { kind: 'member', memberId, role: 'member' } as const,
    requestId,
    idempotencyKey: `${id}:attach:${version}`,
  }
  const request = { ownerId: memberId, holder: { kind, id }, imageIds }
  return callWithin<Result<Image[]>>(
    'media.attach',
    MEDIA_DEADLINE_MS,
    async () => await media.attach(ctx, request),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
}

/**
 * Written before photos are asked for, deleted in the batch that uses them. The intent answered names the thing of the first try: a
 * retry of a request that died half way makes it under the same id, on which its photos already hang. While the tick is settling that
 * very intent, the request has to come again.
 */
async function intend<Id extends ThingId>(
  { db, column }: Photographed<Id>,
  intent: Intent<Id>,
): Promise<Result<Intent<Id>>> {
  const { memberId, retryKey, id, atMs } = intent
  const [, kept] = await db.batch<{ id: Id; atMs: number }>([
    db
      .prepare(
        `INSERT INTO attach_intents (member_id, retry_key, ${column}, intended_at_ms) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (member_id, retry_key) DO UPDATE SET intended_at_ms = ?4, settling_at_ms = NULL
WHERE settling_at_ms IS NULL OR settling_at_ms < ?5`,
      )
      .bind(memberId, retryKey, id, atMs, atMs - SETTLED_WITHIN_MS),
    db
      .prepare(
        `SELECT ${column} AS id, intended_at_ms AS atMs FROM attach_intents WHERE member_id = ? AND retry_key = ?`,
      )
      .bind(memberId, retryKey),
  ])
  const mine = kept?.results[0]
  if (mine?.atMs !== atMs) return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
  return ok({ ...intent, id: mine.id })
}

const forget = <Id extends ThingId>(
  db: D1Database,
  { memberId, retryKey, atMs }: Intent<Id>,
): D1PreparedStatement =>
  db
    .prepare('DELETE FROM attach_intents WHERE member_id = ? AND retry_key = ? AND intended_at_ms = ?')
    .bind(memberId, retryKey, atMs)

/**
 * The photos of a change, hung, and the statements its batch needs: they use the intent up, and abort the batch when another request or
 * the tick has taken it over. Left half way, the tick sets it right.
 */
export async function hangPhotos<Id extends ThingId>(
  on: Photographed<Id>,
  intent: Intent<Id>,
  want: Wanted,
): Promise<Result<{ id: Id; images: Image[]; statements: D1PreparedStatement[] }>> {
  const intended = await intend(on, intent)
  if (!intended.ok) return intended
  const images = await attach(on, intended.value, want)
  if (images.ok) {
    const statements = [forget(on.db, intended.value), assertChangedOne(on.db)]
    return ok({ id: intended.value.id, images: images.value, statements })
  }
  // "Not yours" changed nothing over there; an outage may have, and its intent stays for the tick.
  if (images.refusal.code === 'IMAGE_NOT_YOURS') await forget(on.db, intended.value).run()
  return images
}

/** The tick's repair: media is told what each half-done thing really shows, which is nothing when it never came to be. Answers how many. */
export async function settleDeadIntents<Id extends ThingId>(
  on: Photographed<Id>,
  atMs: number,
): Promise<number> {
  let settled = 0
  for (const intent of await readDeadIntents(on, atMs)) {
    // Taken, so that a late retry of the request waits and does not hang what is being let go.
    const taken = await on.db
      .prepare(
        `UPDATE attach_intents SET settling_at_ms = ? WHERE member_id = ? AND retry_key = ? AND intended_at_ms = ?`,
      )
      .bind(nowMs(), intent.memberId, intent.retryKey, intent.atMs)
      .run()
    if (taken.meta.changes === 1 && (await settle(on, intent))) settled += 1
  }
  return settled
}

async function readDeadIntents<Id extends ThingId>(
  { db, column }: Photographed<Id>,
  atMs: number,
): Promise<Intent<Id>[]> {
  const { results } = await db
    .prepare(
      `SELECT member_id AS memberId, retry_key AS retryKey, ${column} AS id, intended_at_ms AS atMs
FROM attach_intents WHERE intended_at_ms < ? ORDER BY intended_at_ms LIMIT ?`,
    )
    .bind(atMs - INTENT_DEAD_AFTER_MS, INTENTS_A_TICK)
    .all<Intent<Id>>()
  return results
}

async function settle<Id extends ThingId>(on: Photographed<Id>, intent: Intent<Id>): Promise<boolean> {
  const { imageIds, version } = (await on.shown(intent.id)) ?? { imageIds: [], version: 0 }
  const told = await attach(on, intent, { imageIds, version, requestId: `settle:${intent.id}` })
  if (told.ok) await forget(on.db, intent).run()
  return told.ok
}
