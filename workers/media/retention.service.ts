import type { PhotoFate } from '#do/shelf/index'
import { HOUR_MS } from '#kit/clock'
import { sweepPlatformTables } from '#kit/outbox'
import type { MediaEnv } from './env.ts'
import { forgetImage, imagesById, purgeDue, purgedBefore } from './images.store.ts'
import { removePhoto } from './photos.store.ts'
import { dueAtMs, LOOSE_KEPT_MS, TAKEN_DOWN_KEPT_MS } from './retention.rules.ts'

/**
 * What has become of these photos; those whose time is over become tombstones on the way. Ids without a row are uploads that died half
 * way: their files go at once. Running it again, also at the same time, answers the same.
 */
export async function examinePhotos(
  env: MediaEnv,
  ids: string[],
  atMs: number,
): Promise<Map<string, PhotoFate>> {
  if (ids.length === 0) return new Map()
  const due = { detachedMs: atMs - TAKEN_DOWN_KEPT_MS, createdMs: atMs - LOOSE_KEPT_MS }
  await purgeDue(env.DB, ids, due, atMs).run()
  const rows = new Map((await imagesById(env.DB, ids)).map((row) => [row.id, row]))
  const fates = new Map<string, PhotoFate>()
  for (const id of ids) {
    const row = rows.get(id)
    if (!row) await removePhoto(env.PHOTOS, id)
    if (!row || row.purgedAtMs !== null) fates.set(id, { kind: 'gone' })
    else if (row.holderId !== null) fates.set(id, { kind: 'hung' })
    else fates.set(id, { kind: 'loose', dueAtMs: dueAtMs(row) })
  }
  return fates
}

/** A rendering that began before a photo's end may still write its variant; it does not take this long. */
const FILES_KEPT_MS = HOUR_MS
const SWEEP_MAX = 50

/** The tick's share: removes the files of tombstones, then the rows, and forgets what is old. Two at once only delete twice. */
export async function sweepTombstones(env: MediaEnv, atMs: number): Promise<number> {
  const ids = await purgedBefore(env.DB, atMs - FILES_KEPT_MS, SWEEP_MAX)
  for (const id of ids) {
    await removePhoto(env.PHOTOS, id)
    await forgetImage(env.DB, id).run()
  }
  await env.DB.batch(sweepPlatformTables(env.DB, atMs))
  return ids.length
}
