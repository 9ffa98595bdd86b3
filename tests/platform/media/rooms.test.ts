import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ImageId, MemberId } from '#contracts/ids'
import type { ImageHolder } from '#contracts/media.api'
import { HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { picture } from '../../../workers/media/image/photo-samples.ts'
import { contextOf, type MediaAlone, newListing, newMember, startMedia } from './alone.ts'

let media: MediaAlone

beforeAll(async () => {
  media = await startMedia()
})
afterAll(() => media.close())

const newRoom = (): ImageHolder => ({ kind: 'room', id: newId('room', Date.now()) })
const upload = async (owner: MemberId): Promise<ImageId> =>
  (await media.upload(owner, new Uint8Array(await picture('jpeg')))).id
const add = (ownerId: MemberId, holder: ImageHolder, imageId: ImageId, by = ownerId) =>
  media.rpc.add(contextOf(by), { ownerId, holder, imageId })
const purge = (request: { holder: ImageHolder; imageId?: ImageId }) =>
  media.rpc.purge({ ...contextOf(newMember()), actor: { kind: 'worker', worker: 'test' } }, request)

async function heldBy(holder: ImageHolder): Promise<{ id: ImageId; position: number }[]> {
  const { results } = await media.db
    .prepare('SELECT id, position FROM images WHERE holder_id = ? ORDER BY position')
    .bind(holder.id)
    .all<{ id: ImageId; position: number }>()
  return results
}

/** Stands for photos sent before: rows alone, no files. */
async function fill(holder: ImageHolder, count: number): Promise<void> {
  await media.db
    .prepare(
      `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 - 1)
       INSERT INTO images (id, owner_id, sha256, format, width, height, bytes, created_at_ms, holder_kind, holder_id, position)
       SELECT 'img_' || substr(?2 || printf('%08d', i), -26), 'mem', printf('%064d', i), 'jpeg', 1, 1, 1, 0, 'room', ?2, i FROM n`,
    )
    .bind(count, holder.id)
    .run()
}

describe('photos of a room', () => {
  it('are added one behind the other, by both its members', async () => {
    const [seller, buyer, room] = [newMember(), newMember(), newRoom()]
    const photos = [await upload(seller), await upload(buyer)] as const
    expect(await add(seller, room, photos[0])).toMatchObject({ ok: true, value: { id: photos[0] } })
    expect(await add(buyer, room, photos[1])).toMatchObject({ ok: true })
    expect(await heldBy(room)).toEqual([
      { id: photos[0], position: 0 },
      { id: photos[1], position: 1 },
    ])
  })

  it('stay where they are when they are added again', async () => {
    const [owner, room] = [newMember(), newRoom()]
    const photos = [await upload(owner), await upload(owner)] as const
    for (const id of [...photos, photos[0]]) await add(owner, room, id)
    expect((await heldBy(room)).map(({ id }) => id)).toEqual([...photos])
  })

  it('cannot be another member’s, cannot hang elsewhere, and cannot be asked for in another’s name', async () => {
    const [owner, stranger, room] = [newMember(), newMember(), newRoom()]
    const [photo, hung] = [await upload(owner), await upload(owner)]
    await media.attach(owner, newListing(), [hung])
    const refused = { ok: false, refusal: { code: 'IMAGE_NOT_YOURS' } }
    expect(await add(stranger, room, photo)).toEqual(refused)
    expect(await add(owner, room, photo, stranger)).toEqual(refused)
    expect(await add(owner, room, hung)).toEqual(refused)
    expect(await heldBy(room)).toEqual([])
  })

  it('may be many more than a listing’s, and have an end', async () => {
    const [owner, room] = [newMember(), newRoom()]
    await fill(room, 1_999)
    const [last, oneMore] = [await upload(owner), await upload(owner)]
    expect(await add(owner, room, last)).toMatchObject({ ok: true })
    expect(await add(owner, room, oneMore)).toEqual({ ok: false, refusal: { code: 'IMAGE_NOT_YOURS' } })
  })

  it('go at once with the room: served no more, and their files with the tick', async () => {
    const [owner, room] = [newMember(), newRoom()]
    const photos = [await upload(owner), await upload(owner)] as const
    for (const id of photos) await add(owner, room, id)
    expect((await media.serve(`/img/${photos[0]}/card`)).status).toBe(200)
    expect(await purge({ holder: room, imageId: photos[0] })).toEqual({ ok: true, value: null })
    expect((await heldBy(room)).map(({ id }) => id)).toEqual([photos[1]])
    expect(await purge({ holder: room })).toEqual({ ok: true, value: null })
    expect(await purge({ holder: room })).toEqual({ ok: true, value: null })
    expect(await heldBy(room)).toEqual([])
    await media.rpc.tick({ atMs: Date.now() + 2 * HOUR_MS })
    for (const id of photos)
      expect((await media.bucket.list({ prefix: `photos/${id}/` })).objects).toEqual([])
  })
})
