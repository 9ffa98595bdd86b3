import { and, eq, inArray, isNull } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/d1'
import { ImageId, type MemberId } from '#contracts/ids'
import type { ImageHolder } from '#contracts/media.api'
import { prepared } from '#kit/d1'
import { type ImageRow, images } from './schema.ts'

/** Which loose photos are due: taken down before the one moment, or never hung and uploaded before the other. */
export type DueBefore = { detachedMs: number; createdMs: number }

export const insertImage = (db: D1Database, row: ImageRow): D1PreparedStatement =>
  prepared(db, drizzle(db).insert(images).values(row))

/** A photo that may be served; null when there is none or its time is over. */
export async function liveImage(db: D1Database, id: ImageId): Promise<ImageRow | null> {
  const query = drizzle(db)
    .select()
    .from(images)
    .where(and(eq(images.id, id), isNull(images.purgedAtMs)))
  return (await query.get()) ?? null
}

/** The photos of a holder in their order. */
export async function imagesOf(db: D1Database, holder: ImageHolder): Promise<ImageRow[]> {
  return await drizzle(db)
    .select()
    .from(images)
    .where(and(eq(images.holderKind, holder.kind), eq(images.holderId, holder.id)))
    .orderBy(images.position)
}

export async function imagesById(db: D1Database, ids: string[]): Promise<ImageRow[]> {
  return await drizzle(db).select().from(images).where(inArray(images.id, ids))
}

/**
 * Aborts the batch unless every one of `ids` is the owner's, there, and free or already on this holder, and the holder shows
 * nobody else's.
 */
export const assertMayHang = (
  db: D1Database,
  ownerId: MemberId,
  holder: ImageHolder,
  ids: ImageId[],
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO batch_guard (changed_one) SELECT NULL WHERE ?1 <> (
         SELECT count(*) FROM images
         WHERE id IN (SELECT value FROM json_each(?2)) AND owner_id = ?3 AND purged_at_ms IS NULL
           AND (holder_id IS NULL OR (holder_kind = ?4 AND holder_id = ?5)))
         OR EXISTS (SELECT 1 FROM images WHERE holder_kind = ?4 AND holder_id = ?5 AND owner_id <> ?3)`,
    )
    .bind(ids.length, JSON.stringify(ids), ownerId, holder.kind, holder.id)

/** Takes down whatever hangs on `holder` and is not in `keptIds`; answers the ids taken down. */
export const takeDownOthers = (
  db: D1Database,
  holder: ImageHolder,
  keptIds: ImageId[],
  atMs: number,
): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE images SET holder_kind = NULL, holder_id = NULL, position = NULL, detached_at_ms = ?
       WHERE holder_kind = ? AND holder_id = ? AND id NOT IN (SELECT value FROM json_each(?)) RETURNING id`,
    )
    .bind(atMs, holder.kind, holder.id, JSON.stringify(keptIds))

/** Hangs the photos on `holder` in the order given. */
export const hang = (db: D1Database, holder: ImageHolder, ids: ImageId[]): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE images SET holder_kind = ?1, holder_id = ?2, detached_at_ms = NULL,
         position = (SELECT key FROM json_each(?3) WHERE value = images.id)
       WHERE id IN (SELECT value FROM json_each(?3))`,
    )
    .bind(holder.kind, holder.id, JSON.stringify(ids))

/** Aborts the batch unless the photo is the owner's, there, and on this holder or free with a place left on the holder. */
export const assertMayAdd = (
  db: D1Database,
  ownerId: MemberId,
  holder: ImageHolder,
  id: ImageId,
  holdsMax: number,
): D1PreparedStatement =>
  db
    .prepare(
      `INSERT INTO batch_guard (changed_one) SELECT NULL WHERE NOT EXISTS (
         SELECT 1 FROM images WHERE id = ?1 AND owner_id = ?2 AND purged_at_ms IS NULL
           AND ((holder_kind = ?3 AND holder_id = ?4)
             OR (holder_id IS NULL
               AND (SELECT count(*) FROM images WHERE holder_kind = ?3 AND holder_id = ?4) < ?5)))`,
    )
    .bind(id, ownerId, holder.kind, holder.id, holdsMax)

/** Hangs a free photo on `holder`, behind its last; one that hangs already is left alone. */
export const addTo = (db: D1Database, holder: ImageHolder, id: ImageId): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE images SET holder_kind = ?1, holder_id = ?2, detached_at_ms = NULL,
         position = (SELECT coalesce(max(position), -1) + 1 FROM images WHERE holder_kind = ?1 AND holder_id = ?2)
       WHERE id = ?3 AND holder_id IS NULL AND purged_at_ms IS NULL`,
    )
    .bind(holder.kind, holder.id, id)

/** Every photo of `holder`, or the one named, becomes a tombstone at once. */
export const purgeHeld = (
  db: D1Database,
  holder: ImageHolder,
  id: ImageId | null,
  atMs: number,
): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE images SET holder_kind = NULL, holder_id = NULL, position = NULL, purged_at_ms = ?1
       WHERE holder_kind = ?2 AND holder_id = ?3 AND (?4 IS NULL OR id = ?4)`,
    )
    .bind(atMs, holder.kind, holder.id, id)

/** Everything a member has that hangs on no listing becomes due at once: their own photo, and what lies loose. */
export const purgePersonalOf = (db: D1Database, ownerId: MemberId, atMs: number): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE images SET holder_kind = NULL, holder_id = NULL, position = NULL, purged_at_ms = ?
       WHERE owner_id = ? AND purged_at_ms IS NULL AND (holder_kind IS NULL OR holder_kind = 'member')`,
    )
    .bind(atMs, ownerId)

/** Of `ids`, marks those as over that hang nowhere and are due. One statement: hanging one at this moment comes before or after it. */
export const purgeDue = (db: D1Database, ids: string[], due: DueBefore, atMs: number): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE images SET purged_at_ms = ?1
       WHERE id IN (SELECT value FROM json_each(?2)) AND holder_id IS NULL AND purged_at_ms IS NULL
         AND (detached_at_ms <= ?3 OR (detached_at_ms IS NULL AND created_at_ms <= ?4))`,
    )
    .bind(atMs, JSON.stringify(ids), due.detachedMs, due.createdMs)

/** Tombstones whose files may be removed. */
export async function purgedBefore(db: D1Database, beforeMs: number, limit: number): Promise<ImageId[]> {
  const rows = await db
    .prepare('SELECT id FROM images WHERE purged_at_ms <= ? ORDER BY purged_at_ms LIMIT ?')
    .bind(beforeMs, limit)
    .all<{ id: string }>()
  return rows.results.map(({ id }) => ImageId.parse(id))
}

export const forgetImage = (db: D1Database, id: ImageId): D1PreparedStatement =>
  db.prepare('DELETE FROM images WHERE id = ? AND purged_at_ms IS NOT NULL').bind(id)
