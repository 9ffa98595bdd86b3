import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { CATEGORIES, PostListingRequest } from '#contracts/listings'
import { AVATAR_KINDS, AVATAR_SIDE_PX, drawAvatar } from './avatar.ts'
import { drawScene, PHOTO_SIDE_PX } from './draw.ts'
import { SCENE_KINDS } from './scenes/index.ts'
import { COMMENTS, LISTINGS, MEMBERS, townOf, WISHES } from './town.ts'

const SEED = 7
const town = townOf(SEED)
const DESCRIPTION_MAX = 2000
const PHOTOS_MAX = 4
const THIRTY_DAYS_MS = 30 * 24 * 60 * 60 * 1000

describe('the demo town', () => {
  it('is the same for the same seed and another for another', () => {
    expect(townOf(SEED)).toEqual(town)
    expect(townOf(SEED + 1).listings).not.toEqual(town.listings)
  })

  it('has its numbers of members, listings, comments and wishes', () => {
    expect([town.members.length, town.listings.length]).toEqual([MEMBERS, LISTINGS])
    expect([town.comments.length, town.wishes.length]).toEqual([COMMENTS, WISHES])
  })

  it('talks only about what is for sale, never with oneself, and gives each demo account something to answer', () => {
    for (const { listing, buyer } of town.rooms) {
      expect(town.listings[listing]).toMatchObject({ status: 'on_sale' })
      expect(town.listings[listing]?.seller).not.toBe(buyer)
    }
    expect(new Set(town.rooms.map(({ listing }) => listing)).size).toBe(town.rooms.length)
    for (const account of [0, 1, 2]) {
      const own = town.rooms.filter(
        ({ listing, buyer }) => buyer === account || town.listings[listing]?.seller === account,
      )
      expect(own.length).toBeGreaterThan(3)
    }
  })

  it('buys each thing once, from somebody else, and shows money kept, handed over, called off and disputed', () => {
    const sellers = town.purchases.map(({ listing }) => town.listings[listing]?.seller)
    expect(town.purchases.every(({ buyer }, index) => sellers[index] !== buyer)).toBe(true)
    const things = [...town.purchases, ...town.rooms].map(({ listing }) => listing)
    expect(new Set(things).size).toBe(things.length)
    for (const { listing } of town.purchases)
      expect(town.listings[listing]).toMatchObject({ status: 'on_sale' })
    expect(new Set(town.purchases.map(({ end }) => end.kind))).toEqual(
      new Set(['kept', 'handed_over', 'cancelled', 'disputed']),
    )
  })

  it('opens with the three demo accounts', () => {
    expect(town.members.slice(0, 3).map(({ loginId, nickname }) => [loginId, nickname])).toEqual([
      ['minji', '민지'],
      ['junho', '준호'],
      ['seoyeon', '서연'],
    ])
    expect(new Set(town.members.map(({ loginId }) => loginId)).size).toBe(MEMBERS)
  })

  it('offers only what the listings worker would accept', () => {
    for (const {
      title,
      description,
      category,
      price,
      lat,
      lng,
      region,
      photos,
      createdMsAgo,
    } of town.listings) {
      const posted = PostListingRequest.safeParse({
        title,
        description,
        category,
        price,
        location: { lat, lng },
        region,
      })
      expect(posted.error).toBeUndefined()
      expect(description.length).toBeLessThanOrEqual(DESCRIPTION_MAX)
      expect(photos.length).toBeGreaterThanOrEqual(1)
      expect(photos.length).toBeLessThanOrEqual(PHOTOS_MAX)
      expect(createdMsAgo).toBeGreaterThan(0)
      expect(createdMsAgo).toBeLessThanOrEqual(THIRTY_DAYS_MS)
    }
  })

  it('fills every category, gives some things away and has no two titles alike in their stories', () => {
    expect(new Set(town.listings.map(({ category }) => category))).toEqual(new Set(CATEGORIES))
    const free = town.listings.filter(({ price }) => price === 0).length
    expect(free).toBeGreaterThanOrEqual(LISTINGS * 0.05)
    expect(free).toBeLessThanOrEqual(LISTINGS * 0.12)
    expect(new Set(town.listings.map(({ title, description }) => `${title}/${description}`)).size).toBe(
      LISTINGS,
    )
  })

  it('has the compounds that a two-syllable search must find', () => {
    const titles = town.listings.map(({ title }) => title).join('\n')
    for (const compound of ['자전거거치대', '캠핑의자', '전기밥솥', '원목책상'])
      expect(titles).toContain(compound)
  })

  it('lets nobody answer before the question or wish for their own thing', () => {
    for (const [index, { parent, listing, createdMsAgo }] of town.comments.entries()) {
      const asked = parent === null ? undefined : town.comments[parent]
      expect(parent ?? -1).toBeLessThan(index)
      expect(createdMsAgo).toBeLessThanOrEqual((asked ?? town.listings[listing])?.createdMsAgo ?? 0)
      if (asked !== undefined) expect([asked.listing, asked.parent]).toEqual([listing, null])
    }
    for (const { listing, member } of town.wishes) expect(town.listings[listing]?.seller).not.toBe(member)
    expect(new Set(town.wishes.map(({ listing, member }) => `${listing}/${member}`)).size).toBe(WISHES)
  })
})

describe('a demo photo', () => {
  it.each(SCENE_KINDS)('of kind %s is a decodable picture of full size', async (kind) => {
    const { data, info } = await sharp(await drawScene({ kind, seed: 5, shot: 0 }))
      .raw()
      .toBuffer({ resolveWithObject: true })
    expect(Math.max(info.width, info.height)).toBe(PHOTO_SIDE_PX)
    expect(new Set(data.subarray(0, data.length / 2)).size).toBeGreaterThan(16)
  })

  it('differs by seed and by shot, and is the same for the same words', async () => {
    const drawn = (seed: number, shot: number) => drawScene({ kind: 'chair', seed, shot })
    const [first, again, other, turned] = await Promise.all([
      drawn(1, 0),
      drawn(1, 0),
      drawn(2, 0),
      drawn(1, 1),
    ])
    expect(first.equals(again)).toBe(true)
    expect(first.equals(other)).toBe(false)
    expect(first.equals(turned)).toBe(false)
  })

  it.each(AVATAR_KINDS)('of a member drawn as %s is a square', async (kind) => {
    const { width, height, format } = await sharp(await drawAvatar({ kind, seed: 3 })).metadata()
    expect([width, height, format]).toEqual([AVATAR_SIDE_PX, AVATAR_SIDE_PX, 'jpeg'])
  })
})
