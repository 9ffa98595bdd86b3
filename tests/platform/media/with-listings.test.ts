import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { Listing } from '#contracts/listings'
import { Image } from '#contracts/media'
import { phonePhoto } from '../../../workers/media/image/photo-samples.ts'
import { eventually, openPlatform, type Platform, type SignedUp, unique } from '../../support/platform.ts'

let platform: Platform
let seller: SignedUp

beforeAll(async () => {
  platform = await openPlatform()
  seller = await platform.signUp()
})

const Coded = z.object({ code: z.string() })

async function upload(member: SignedUp, turn: number): Promise<Image> {
  const body = new Uint8Array(await phonePhoto('jpeg', turn, 400, 300))
  const headers = { 'content-type': 'image/jpeg' }
  const reply = await platform.call('POST', 'media', { token: member.accessToken, body, headers })
  expect(reply.status, reply.text).toBe(201)
  return Image.parse(reply.json)
}

const post = (member: SignedUp, imageIds: string[]) =>
  platform.call('POST', 'listings', {
    token: member.accessToken,
    json: { title: '원목 책상', description: '튼튼해요', category: 'furniture', price: 30_000, imageIds },
    idempotencyKey: unique('k'),
  })

async function heldBy(listingId: string): Promise<string[]> {
  const { DB } = await platform.server.getWorker<{ DB: D1Database }>('madang-media').getEnv()
  const rows = await DB.prepare('SELECT id FROM images WHERE holder_id = ? ORDER BY position')
    .bind(listingId)
    .all<{ id: string }>()
  return rows.results.map(({ id }) => id)
}

it('a listing shows its photos in the order given, changes them, and lets them go when it is deleted', async () => {
  const [a, b, c] = [await upload(seller, 1), await upload(seller, 6), await upload(seller, 3)]
  const posted = await post(seller, [a.id, b.id])
  expect(posted.status, posted.text).toBe(201)
  const listing = Listing.parse(posted.json)
  expect(listing.images).toEqual([a, b])

  const changed = await platform.call('PATCH', `listings/${listing.id}`, {
    token: seller.accessToken,
    json: { imageIds: [c.id, a.id] },
  })
  expect(Listing.parse(changed.json).images).toEqual([c, a])
  expect(await heldBy(listing.id)).toEqual([c.id, a.id])

  const deleted = await platform.call('DELETE', `listings/${listing.id}`, { token: seller.accessToken })
  expect(deleted.status).toBe(204)
  await eventually(async () => expect(await heldBy(listing.id)).toEqual([]))
})

it('another member’s photo, or one that hangs elsewhere, is refused and nothing is posted', async () => {
  const stranger = await platform.signUp()
  const theirs = await upload(stranger, 1)
  const mine = await upload(seller, 1)
  expect((await post(seller, [mine.id])).status).toBe(201)
  for (const id of [theirs.id, mine.id, 'img_00000000000000000000000000']) {
    const refused = await post(seller, [id])
    expect([refused.status, Coded.parse(refused.json).code]).toEqual([409, 'IMAGE_NOT_YOURS'])
  }
})

it('a member’s own photo can be set and is theirs alone', async () => {
  const face = await upload(seller, 6)
  const set = await platform.call('PATCH', 'me', { token: seller.accessToken, json: { photoId: face.id } })
  expect(set.status, set.text).toBe(200)
  expect(await heldBy(seller.memberId)).toEqual([face.id])
})
