import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ImageId, MemberId } from '#contracts/ids'
import { LOOSE_PHOTOS_PER_DAY_MAX, SHELF_BYTES_MAX } from '#do/shelf/quota.rules'
import { DAY_MS, HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import { bombPng, picture } from '../../../workers/media/image/photo-samples.ts'
import { eventually } from '../../support/platform.ts'
import { contextOf, type MediaAlone, newListing, newMember, startMedia } from './alone.ts'

let media: MediaAlone

beforeAll(async () => {
  media = await startMedia()
})
afterAll(() => media.close())

const photo = async () => new Uint8Array(await picture('jpeg'))
const upload = async (owner: MemberId): Promise<ImageId> => (await media.upload(owner, await photo())).id
const rowOf = (id: ImageId) =>
  media.db
    .prepare(
      'SELECT holder_id AS holderId, position, detached_at_ms AS detachedAtMs, purged_at_ms AS purgedAtMs FROM images WHERE id = ?',
    )
    .bind(id)
    .first<{
      holderId: string | null
      position: number | null
      detachedAtMs: number | null
      purgedAtMs: number | null
    }>()
const filesOf = async (id: ImageId) => (await media.bucket.list({ prefix: `photos/${id}/` })).objects.length
const shelfOf = (owner: MemberId) => media.worker.getDurableObjectStorage('SHELF', { name: owner })

/** Lets a photo be older than it is, and its member's shelf look at it now: the object wakes with an alarm that is past. */
async function letTimePass(owner: MemberId, id: ImageId, ms: number) {
  await media.db
    .prepare(
      'UPDATE images SET created_at_ms = created_at_ms - ?1, detached_at_ms = detached_at_ms - ?1 WHERE id = ?2',
    )
    .bind(ms, id)
    .run()
  const storage = await shelfOf(owner)
  await storage.exec(
    'UPDATE photos SET look_at_ms = look_at_ms - ?, added_at_ms = added_at_ms - ? WHERE image_id = ?',
    ms,
    ms,
    id,
  )
  await media.worker.evictDurableObject('SHELF', { name: owner })
  await upload(owner)
}

async function lookedAt(owner: MemberId, id: ImageId) {
  const storage = await shelfOf(owner)
  await eventually(async () => {
    const due = await storage.exec(
      'SELECT 1 FROM photos WHERE image_id = ? AND look_at_ms <= ?',
      id,
      Date.now(),
    )
    if (due.length > 0) throw new Error('not looked at yet')
  })
}

describe('the photos of a listing', () => {
  it('are hung in the order given, changed as a whole, and answered the same when asked again', async () => {
    const owner = newMember()
    const listing = newListing()
    const [a, b, c] = [await upload(owner), await upload(owner), await upload(owner)]
    const hung = await media.attach(owner, listing, [b, a])
    expect(hung).toMatchObject({ ok: true, value: [{ id: b }, { id: a }] })
    expect(await media.attach(owner, listing, [b, a])).toEqual(hung)
    expect(await media.attach(owner, listing, [a, c])).toMatchObject({
      ok: true,
      value: [{ id: a }, { id: c }],
    })
    expect(await rowOf(b)).toMatchObject({ holderId: null, purgedAtMs: null })
    expect((await rowOf(b))?.detachedAtMs).toBeGreaterThan(0)
    expect(await media.attach(owner, listing, [])).toEqual({ ok: true, value: [] })
  })

  it('cannot be another member’s, absent, or on another listing; then nothing changes', async () => {
    const owner = newMember()
    const [mine, theirs] = [await upload(owner), await upload(newMember())]
    const listing = newListing()
    await media.attach(owner, listing, [mine])
    const absent = newId('img', Date.now())
    const refused = { ok: false, refusal: { code: 'IMAGE_NOT_YOURS' } }
    expect(await media.attach(owner, listing, [theirs])).toEqual(refused)
    expect(await media.attach(owner, listing, [absent])).toEqual(refused)
    expect(await media.attach(owner, newListing(), [mine])).toEqual(refused)
    expect(await media.attach(newMember(), listing, [mine], owner)).toEqual(refused)
    expect(await rowOf(mine)).toMatchObject({ holderId: listing, position: 0 })
    expect(await rowOf(theirs)).toMatchObject({ holderId: null })
  })

  it('are not taken down by a stranger who names the listing', async () => {
    const owner = newMember()
    const stranger = newMember()
    const listing = newListing()
    const mine = await upload(owner)
    await media.attach(owner, listing, [mine])
    const refused = await media.attach(stranger, listing, [])
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'IMAGE_NOT_YOURS' } })
    expect(await rowOf(mine)).toMatchObject({ holderId: listing })
  })

  it('wanted by twenty listings at once go to exactly one', async () => {
    const owner = newMember()
    const wanted = await upload(owner)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => media.attach(owner, newListing(), [wanted])),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('are at most twelve, each once', async () => {
    const owner = newMember()
    const ids = Array.from({ length: 13 }, () => newId('img', Date.now()))
    const one = await upload(owner)
    for (const set of [ids, [one, one]]) {
      expect(await media.attach(owner, newListing(), set)).toMatchObject({
        ok: false,
        refusal: { code: 'VALIDATION_FAILED' },
      })
    }
  })
})

describe('a photo that nobody needs', () => {
  it('because nobody hung it is gone after a day, with its files', async () => {
    const owner = newMember()
    const id = await upload(owner)
    await letTimePass(owner, id, DAY_MS + 1)
    await eventually(async () => expect((await rowOf(id))?.purgedAtMs).toBeGreaterThan(0))
    const unrendered = await media.worker.fetch(`http://media/img/${id}/full`)
    expect(unrendered.status).toBe(404)
    await unrendered.text()

    expect(await filesOf(id)).toBeGreaterThan(0)
    await media.rpc.tick({ atMs: Date.now() + 2 * HOUR_MS })
    expect([await filesOf(id), await rowOf(id)]).toEqual([0, null])
    await media.rpc.tick({ atMs: Date.now() + 2 * HOUR_MS })
  })

  it('because it was taken down stays 30 days and then goes', async () => {
    const owner = newMember()
    const listing = newListing()
    const id = await upload(owner)
    await media.attach(owner, listing, [id])
    await media.attach(owner, listing, [])
    await letTimePass(owner, id, 2 * DAY_MS)
    await lookedAt(owner, id)
    expect(await rowOf(id)).toMatchObject({ purgedAtMs: null })
    await letTimePass(owner, id, 29 * DAY_MS)
    await eventually(async () => expect((await rowOf(id))?.purgedAtMs).toBeGreaterThan(0))
  })

  it('is not one that hangs, however old it is', async () => {
    const owner = newMember()
    const listing = newListing()
    const id = await upload(owner)
    await media.attach(owner, listing, [id])
    await letTimePass(owner, id, 400 * DAY_MS)
    await lookedAt(owner, id)
    expect(await rowOf(id)).toMatchObject({ holderId: listing, purgedAtMs: null })
  })

  it('cannot be hung once it is over', async () => {
    const owner = newMember()
    const id = await upload(owner)
    await letTimePass(owner, id, DAY_MS + 1)
    await eventually(async () => expect((await rowOf(id))?.purgedAtMs).toBeGreaterThan(0))
    expect(await media.attach(owner, newListing(), [id])).toMatchObject({ ok: false })
  })

  it('because its upload died half way leaves no files', async () => {
    const owner = newMember()
    const id = await upload(owner)
    await media.db.prepare('DELETE FROM images WHERE id = ?').bind(id).run()
    await letTimePass(owner, id, DAY_MS + 1)
    await eventually(async () => expect(await filesOf(id)).toBe(0))
  })
})

describe('facts of others', () => {
  const fact = { version: 1, actorId: null, requestId: 'test' }

  it('a deleted listing lets its photos down, also when it is told twice', async () => {
    const owner = newMember()
    const listing = newListing()
    const id = await upload(owner)
    await media.attach(owner, listing, [id])
    const deleted = eventOf(
      { ...fact, type: 'listing.deleted', aggregateId: listing, data: { id: listing, sellerId: owner } },
      Date.now(),
    )
    await media.hear(deleted, deleted)
    await media.hear(deleted)
    expect(await rowOf(id)).toMatchObject({ holderId: null, purgedAtMs: null })
    expect((await rowOf(id))?.detachedAtMs).toBe(deleted.at)
  })

  it('a member who leaves takes their face and loose photos along; what their listings show stays', async () => {
    const owner = newMember()
    const [face, loose, shown] = [await upload(owner), await upload(owner), await upload(owner)]
    await media.rpc.attach(contextOf(owner), {
      ownerId: owner,
      holder: { kind: 'member', id: owner },
      imageIds: [face],
    })
    await media.attach(owner, newListing(), [shown])
    await media.hear(
      eventOf(
        { ...fact, type: 'member.withdrawn', aggregateId: owner, data: { memberId: owner } },
        Date.now(),
      ),
    )
    expect((await rowOf(face))?.purgedAtMs).toBeGreaterThan(0)
    expect((await rowOf(loose))?.purgedAtMs).toBeGreaterThan(0)
    expect(await rowOf(shown)).toMatchObject({ purgedAtMs: null })
  })
})

describe('a member’s shelf', () => {
  const fill = async (owner: MemberId, count: number, bytes: number) => {
    const storage = await shelfOf(owner)
    await storage.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
       INSERT INTO photos (image_id, bytes, added_at_ms, is_hung, look_at_ms)
       SELECT 'filler' || i, ?, ?, 0, ? FROM n`,
      bytes,
      Date.now(),
      Date.now() + DAY_MS,
    )
  }

  it('holds the day’s number of loose photos under parallel uploads, and hanging one frees its place', async () => {
    const owner = newMember()
    const first = await upload(owner)
    await fill(owner, LOOSE_PHOTOS_PER_DAY_MAX - 4, 1)
    const body = await photo()
    const before = await media.stored()
    const codes = await Promise.all(Array.from({ length: 12 }, () => media.send(owner, body)))
    expect(codes.filter(({ status }) => status === 201)).toHaveLength(3)
    expect((await media.stored()).rows).toBe(before.rows + 3)
    expect(await media.refusalOf(owner, body)).toBe('IMAGE_QUOTA_REACHED')
    await media.attach(owner, newListing(), [first])
    await eventually(async () => expect((await media.send(owner, body)).status).toBe(201))
  })

  it('holds so many bytes and no more', async () => {
    const owner = newMember()
    await upload(owner)
    await fill(owner, 1, SHELF_BYTES_MAX - 1)
    expect(await media.refusalOf(owner, await photo())).toBe('IMAGE_QUOTA_REACHED')
  })

  it('gets the place back of a photo that was refused after all', async () => {
    const owner = newMember()
    await upload(owner)
    await media.refusalOf(owner, new Uint8Array(bombPng(300, 300)), { 'content-type': 'image/png' })
    const storage = await shelfOf(owner)
    expect(await storage.exec('SELECT count(*) AS count FROM photos')).toEqual([{ count: 1 }])
  })
})
