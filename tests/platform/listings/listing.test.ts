import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Listing, ListingCard } from '#contracts/listings'
import { pageOf } from '#contracts/page'
import { newId } from '#kit/id'
import { eventually } from '../../support/platform.ts'
import { ctx, LAMP, type ListingsAlone, newImage, newMember, startListings } from './alone.ts'

let town: ListingsAlone
beforeAll(async () => {
  town = await startListings()
})
afterAll(() => town.close())

const Cards = pageOf(ListingCard)
const idsOf = (json: unknown) => Cards.parse(json).items.map(({ id }) => id)

describe('posting', () => {
  it('puts a thing up with its photos in order, and tells of it once', async () => {
    const seller = newMember()
    const imageIds = [newImage(), newImage(), newImage()]
    const listing = await town.post(seller, { imageIds, region: '망원동' })
    expect(listing.images.map(({ id }) => id)).toEqual(imageIds)
    expect(listing).toMatchObject({
      status: 'on_sale',
      region: '망원동',
      imageCount: 3,
      seller: { id: seller },
    })

    const read = await town.call('GET', `listings/${listing.id}`)
    expect(read.json).toEqual(listing)
    expect(read.headers.get('cache-control')).toContain('public')
    expect(read.headers.get('cache-tag')).toBe(listing.id)
    expect(read.headers.get('x-madang-seen')).toBe(listing.id)
    expect((await town.factsOf(listing.id)).map(({ type, version }) => [type, version])).toEqual([
      ['listing.posted', 1],
    ])
  })

  it('answers a retry with the first answer and posts nothing twice', async () => {
    const seller = newMember()
    const imageIds = [newImage()]
    const send = () => town.call('POST', 'listings', { as: seller, json: { ...LAMP, imageIds }, key: 'k-1' })
    const first = await send()
    const again = await send()
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.text).toBe(first.text)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(idsOf((await town.call('GET', `listings?sellerId=${seller}`)).json)).toHaveLength(1)
  })

  it('never says where a thing is, only how far', async () => {
    const listing = await town.post(newMember(), { location: { lat: 37.55631, lng: 126.90199 } })
    const read = await town.call('GET', `listings/${listing.id}`)
    const near = await town.call('GET', 'listings?near=37.5563,126.9019&radiusKm=1')
    expect(read.text + near.text).not.toMatch(/37\.5|126\.9|lat|lng/)
    expect(Cards.parse(near.json).items.find(({ id }) => id === listing.id)?.distanceKm).toBe(0.1)
    const asked = await town.call('GET', `listings/${listing.id}?near=37.5563,126.9019`)
    expect(asked.json).toMatchObject({ id: listing.id, distanceKm: expect.any(Number) })
  })

  it('refuses what may not be sold as a plant, unknown keys, and guests', async () => {
    const as = newMember()
    const cutting = { ...LAMP, category: 'plants', title: '몬스테라 삽수 팔아요' }
    expect((await town.call('POST', 'listings', { as, json: cutting })).code).toBe('PLANT_PART_FORBIDDEN')
    const potted = { ...cutting, title: '몬스테라 화분째' }
    const { id } = Listing.parse((await town.call('POST', 'listings', { as, json: potted })).json)
    const renamed = await town.call('PATCH', `listings/${id}`, { as, json: { title: '몬스테라 씨앗' } })
    expect(renamed.code).toBe('PLANT_PART_FORBIDDEN')
    expect((await town.call('POST', 'listings', { as, json: { ...LAMP, status: 'sold' } })).code).toBe(
      'VALIDATION_FAILED',
    )
    expect((await town.call('POST', 'listings', { json: LAMP })).code).toBe('UNAUTHENTICATED')
  })

  it('keeps a member to 200 open things', async () => {
    const as = newMember()
    await town.post(as)
    await town.db
      .prepare(
        `INSERT INTO listings (id, seq, seller_id, title, category, price, status, listed, image_count, version, created_at_ms,
  bumped_at_ms, updated_at_ms, images, description)
SELECT 'lst_' || substr('0000000000000000000000' || n.value, -26) || hex(randomblob(3)), n.value, ?1, 'x', 'other', 0, 'on_sale', 1, 0, 1, 1, 1, 1, '[]', ''
FROM json_each(?2) n`,
      )
      .bind(as, JSON.stringify(Array.from({ length: 199 }, (_, index) => index)))
      .run()
    expect((await town.call('POST', 'listings', { as, json: LAMP })).code).toBe('LISTING_LIMIT_REACHED')
    await town.db.prepare('DELETE FROM listings WHERE seller_id = ? AND title = ?').bind(as, 'x').run()
  })
})

describe('photos', () => {
  it('refuses a photo that hangs elsewhere, and nothing is posted', async () => {
    const [one, two] = [newMember(), newMember()]
    const imageIds = [newImage()]
    await town.post(one, { imageIds })
    const stolen = await town.call('POST', 'listings', { as: two, json: { ...LAMP, imageIds } })
    expect(stolen.code).toBe('IMAGE_NOT_YOURS')
    expect(idsOf((await town.call('GET', `listings?sellerId=${two}`)).json)).toEqual([])
  })

  it('posts under the id its photos already hang on when the first try died half way', async () => {
    const as = newMember()
    const imageIds = [newImage()]
    const deadId = newId('lst', Date.now())
    await town.db
      .prepare(
        'INSERT INTO attach_intents (member_id, retry_key, listing_id, intended_at_ms) VALUES (?, ?, ?, ?)',
      )
      .bind(as, 'post:k-dead', deadId, Date.now() - 1)
      .run()
    const retried = await town.call('POST', 'listings', { as, json: { ...LAMP, imageIds }, key: 'k-dead' })
    expect(Listing.parse(retried.json).id).toBe(deadId)
    expect(
      await town.db.prepare('SELECT 1 FROM attach_intents WHERE member_id = ?').bind(as).first(),
    ).toBeNull()
  })

  it('waits while the tick lets go of what a dead request hung', async () => {
    const as = newMember()
    const imageIds = [newImage()]
    await town.db
      .prepare(
        `INSERT INTO attach_intents (member_id, retry_key, listing_id, intended_at_ms, settling_at_ms) VALUES (?, ?, ?, ?, ?)`,
      )
      .bind(as, 'post:k-late', newId('lst', Date.now()), Date.now() - 180_000, Date.now())
      .run()
    const late = await town.call('POST', 'listings', { as, json: { ...LAMP, imageIds }, key: 'k-late' })
    expect(late.code).toBe('REQUEST_IN_FLIGHT')
    await town.rpc.tick({ atMs: Date.now() })
    const again = await town.call('POST', 'listings', { as, json: { ...LAMP, imageIds }, key: 'k-late' })
    expect(again.status).toBe(201)
  })

  it('says so when media is down, and the tick lets go of photos nobody came back for', async () => {
    const as = newMember()
    const imageIds = [newImage()]
    await town.media('down')
    const refused = await town.call('POST', 'listings', { as, json: { ...LAMP, imageIds } })
    expect(refused.code).toBe('UNAVAILABLE')
    await town.media('up')
    await town.rpc.tick({ atMs: Date.now() + 10 * 60_000 })
    const left = await town.db.prepare('SELECT 1 FROM attach_intents WHERE member_id = ?').bind(as).first()
    expect(left).toBeNull()
    await eventually(() => town.post(as, { imageIds }))
  })

  it('takes a new order and fewer photos', async () => {
    const as = newMember()
    const [a, b, c] = [newImage(), newImage(), newImage()]
    const { id } = await town.post(as, { imageIds: [a, b, c] })
    const edited = await town.call('PATCH', `listings/${id}`, { as, json: { imageIds: [c, a] } })
    expect(Listing.parse(edited.json).images.map((image) => image.id)).toEqual([c, a])
    expect((await town.media('as it is'))[id]).toEqual([c, a])
    const none = await town.call('PATCH', `listings/${id}`, { as, json: { imageIds: [] } })
    expect(Listing.parse(none.json).images).toEqual([])
    expect(idsOf((await town.call('GET', 'listings')).json)).toContain(id)
  })
})

describe('changing', () => {
  it('changes what is named, tells which fields, and grows the version by one', async () => {
    const as = newMember()
    const { id } = await town.post(as)
    const edited = await town.call('PATCH', `listings/${id}`, {
      as,
      json: { price: 9_000, title: LAMP.title },
    })
    expect(edited.json).toMatchObject({ price: 9_000, title: LAMP.title })
    expect(edited.headers.get('x-madang-purge')).toContain(id)
    await town.call('PATCH', `listings/${id}`, { as, json: { price: 9_000 } })
    const facts = await town.factsOf(id)
    expect(facts.map(({ type, version }) => [type, version])).toEqual([
      ['listing.posted', 1],
      ['listing.changed', 2],
    ])
    expect(facts[1]?.data).toMatchObject({ price: 9_000, changed: ['price'] })
  })

  it('loses neither of two edits at once', async () => {
    const as = newMember()
    const { id } = await town.post(as)
    const [price, title] = await Promise.all([
      town.call('PATCH', `listings/${id}`, { as, json: { price: 1_000 } }),
      town.call('PATCH', `listings/${id}`, { as, json: { title: '새 제목이에요' } }),
    ])
    expect([price.status, title.status]).toEqual([200, 200])
    expect((await town.call('GET', `listings/${id}`)).json).toMatchObject({
      price: 1_000,
      title: '새 제목이에요',
    })
    expect((await town.factsOf(id)).map(({ version }) => version)).toEqual([1, 2, 3])
  })

  it('lets nobody but its seller change, bump or delete it', async () => {
    const { id } = await town.post(newMember())
    const as = newMember()
    for (const [method, path, json] of [
      ['PATCH', `listings/${id}`, { price: 0 }],
      ['DELETE', `listings/${id}`, undefined],
      ['POST', `listings/${id}/bump`, undefined],
      ['GET', `me/listings/${id}`, undefined],
    ] as const) {
      expect((await town.call(method, path, { as, json })).code, `${method} ${path}`).toBe('NOT_FOUND')
    }
  })

  it('shows a hidden thing to its seller alone, and not from a cache', async () => {
    const as = newMember()
    const { id } = await town.post(as)
    await town.call('PATCH', `listings/${id}`, { as, json: { status: 'hidden' } })
    expect((await town.call('GET', `listings/${id}`)).code).toBe('NOT_FOUND')
    expect((await town.call('GET', `listings/${id}`, { as: newMember() })).code).toBe('NOT_FOUND')
    const own = await town.call('GET', `listings/${id}`, { as })
    expect([own.status, own.headers.get('cache-control')]).toEqual([200, 'private, no-store'])
    expect(idsOf((await town.call('GET', `listings?sellerId=${as}`)).json)).toEqual([])
    expect(idsOf((await town.call('GET', 'me/listings?status=hidden', { as })).json)).toEqual([id])
    expect((await town.call('PUT', `listings/${id}/wish`, { as: newMember() })).code).toBe('NOT_FOUND')
    expect((await town.call('PATCH', `listings/${id}`, { as, json: { status: 'reserved' } })).code).toBe(
      'VALIDATION_FAILED',
    )
    expect((await town.call('PATCH', `listings/${id}`, { as, json: { status: 'on_sale' } })).status).toBe(200)
  })

  it('deletes for good, and tells of it', async () => {
    const as = newMember()
    const { id } = await town.post(as)
    expect((await town.call('DELETE', `listings/${id}`, { as })).status).toBe(204)
    expect((await town.call('DELETE', `listings/${id}`, { as })).code).toBe('NOT_FOUND')
    expect((await town.call('GET', `listings/${id}`, { as })).code).toBe('NOT_FOUND')
    expect((await town.factsOf(id)).at(-1)).toMatchObject({ type: 'listing.deleted', version: 2 })
  })

  it('bumps once a day', async () => {
    const as = newMember()
    const { id } = await town.post(as)
    const soon = await town.call('POST', `listings/${id}/bump`, { as })
    expect(soon.code).toBe('BUMP_TOO_SOON')
    expect(Number(soon.headers.get('retry-after'))).toBeGreaterThan(86_000)
    const dayAgo = Date.now() - 25 * 3_600_000
    await town.db.prepare('UPDATE listings SET bumped_at_ms = ? WHERE id = ?').bind(dayAgo, id).run()
    const first = await town.call('POST', `listings/${id}/bump`, { as, key: 'b-1' })
    const again = await town.call('POST', `listings/${id}/bump`, { as, key: 'b-1' })
    expect([first.status, again.text]).toEqual([200, first.text])
    expect(idsOf((await town.call('GET', 'listings')).json)[0]).toBe(id)
  })
})

describe('a thing with a stranger’s cursor, or nonsense', () => {
  it('is refused', async () => {
    const as = newMember()
    for (let index = 0; index < 3; index++) await town.post(as, { price: index })
    const page = await town.call('GET', `listings?sellerId=${as}&limit=2`)
    const cursor = Cards.parse(page.json).nextCursor ?? ''
    expect(cursor).not.toBe('')
    for (const path of [
      `listings?sellerId=${as}&sort=price_asc&cursor=${cursor}`,
      `listings?limit=2&cursor=${cursor}`,
      `listings?sellerId=${as}&cursor=${cursor}x`,
      'listings?cursor=AAAA',
    ])
      expect((await town.call('GET', path)).code, path).toBe('CURSOR_INVALID')
    for (const path of [
      'listings?limit=51',
      'listings?sort=distance',
      'listings?near=91,0',
      'listings/lst_1',
    ])
      expect((await town.call('GET', path)).code, path).toBe('VALIDATION_FAILED')
    expect(
      idsOf((await town.call('GET', `listings?sellerId=${as}&limit=2&cursor=${cursor}`)).json),
    ).toHaveLength(1)
  })

  it('lists over RPC as over HTTP', async () => {
    const listed = await town.rpc.list(ctx, { sort: 'newest', limit: 5 })
    const asked = await town.call('GET', 'listings?limit=5')
    expect(listed.ok && listed.value.items.map(({ id }) => id)).toEqual(idsOf(asked.json))
  })
})
