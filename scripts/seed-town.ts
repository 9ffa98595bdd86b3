import { drawAvatar } from './demo-town/avatar.ts'
import { drawScene } from './demo-town/draw.ts'
import type { Town, TownListing } from './demo-town/town.ts'
import { type Journal, openJournal } from './journal.ts'
import { type Api, apiOf, at, inLanes, Made, post, signIn } from './seed-api.ts'
import { seedGroupBuys } from './seed-group-buys.ts'
import { type Seeding, seedRooms } from './seed-rooms.ts'

const PROGRESS_EVERY = 100

type NewMember = {
  loginId: string
  password: string
  nickname: string
  email: string
  role?: 'member' | 'operator'
  neighbourhoodId?: string
  introduction?: string
}

/** Makes members through identity's development route; one that is there already keeps its id. */
export async function seedMembers(origin: string, members: NewMember[]): Promise<string[]> {
  return await inLanes(members, async (member) => Made.parse(await post(`${origin}/dev/members`, member)).id)
}

/** Puts the town into a running platform through its own API, and notes each thing done in the journal. Answers what goes on from there. */
export async function seedTown(options: {
  origin: string
  town: Town
  password: string
  journal: string
  progress: (line: string) => void
}): Promise<Seeding> {
  const { town, progress } = options
  const journal = openJournal(options.journal)
  const memberIds = await inLanes(town.members, ({ loginId, nickname, email }) =>
    journal.once(`member ${loginId}`, async () => {
      const member = { loginId, nickname, email, password: options.password }
      return Made.parse(await post(`${options.origin}/dev/members`, member)).id
    }),
  )
  progress(`· ${memberIds.length} members`)
  const tokens = await inLanes(town.members, ({ loginId }) =>
    signIn(options.origin, loginId, options.password),
  )
  const api = apiOf(`${options.origin}/api/v1`, (member) => at(tokens, member))
  await inLanes(town.members, (member, index) => settle(api, journal, index, member))
  const listingIds = await seedListings(api, journal, town.listings, progress)
  await seedTalk(api, journal, town, listingIds)
  progress(`· ${town.comments.length} comments, ${town.wishes.length} wishes`)
  const seeding = { api, journal, town, listingIds, memberIds }
  await seedRooms(seeding)
  progress(`· ${town.rooms.length} talks`)
  await seedGroupBuys({ origin: options.origin, api, journal, town })
  progress('· group buys')
  return seeding
}

/** A member's face and home. */
async function settle(
  api: Api,
  journal: Journal,
  index: number,
  member: Town['members'][number],
): Promise<void> {
  const photoId = await journal.once(`face ${index}`, async () =>
    api.upload(index, await jpegOf(drawAvatar(member.avatar)), 'image/jpeg'),
  )
  await journal.once(`home ${index}`, async () => {
    const position = { lat: member.place.lat, lng: member.place.lng }
    await api.send('PATCH', index, '/me', {
      photoId,
      position,
      radiusKm: member.radiusKm,
      locale: member.writes,
    })
    return 'settled'
  })
}

const jpegOf = async (drawn: Promise<Buffer>): Promise<Uint8Array<ArrayBuffer>> =>
  Uint8Array.from(await drawn)

/** Oldest first, so that "newest" in the app is the town's newest. */
async function seedListings(
  api: Api,
  journal: Journal,
  listings: TownListing[],
  progress: (line: string) => void,
): Promise<string[]> {
  const order = listings
    .map((listing, index) => ({ listing, index }))
    .sort((a, b) => b.listing.createdMsAgo - a.listing.createdMsAgo)
  const ids: string[] = []
  let done = 0
  await inLanes(order, async ({ listing, index }) => {
    ids[index] = await seedListing(api, journal, listing, index)
    done += 1
    if (done % PROGRESS_EVERY === 0) progress(`· ${done} of ${listings.length} listings with their photos`)
  })
  return ids
}

async function seedListing(api: Api, journal: Journal, listing: TownListing, index: number): Promise<string> {
  const imageIds: string[] = []
  for (const [shot, photo] of listing.photos.entries()) {
    const draw = async () => api.upload(listing.seller, await jpegOf(drawScene(photo)), 'image/jpeg')
    imageIds.push(await journal.once(`photo ${index} ${shot}`, draw))
  }
  const id = await journal.once(`listing ${index}`, async () => {
    const { title, description, category, price, region, lat, lng } = listing
    const body = { title, description, category, price, region, imageIds, location: { lat, lng } }
    const past = { key: `town-listing-${index}`, msAgo: listing.createdMsAgo }
    return Made.parse(await api.post(listing.seller, '/listings', body, past)).id
  })
  if (listing.status !== 'on_sale') {
    await journal.once(`status ${index}`, async () => {
      await api.send('PATCH', listing.seller, `/listings/${id}`, { status: listing.status })
      return listing.status
    })
  }
  return id
}

/** Comments in their order (an answer comes after what it answers), then wishes side by side. */
async function seedTalk(api: Api, journal: Journal, town: Town, listingIds: string[]): Promise<void> {
  const commentIds: string[] = []
  const byListing = Map.groupBy(
    town.comments.map((comment, index) => ({ comment, index })),
    ({ comment }) => comment.listing,
  )
  await inLanes(Array.from(byListing.values()), async (comments) => {
    for (const { comment, index } of comments) {
      commentIds[index] = await journal.once(`comment ${index}`, async () => {
        const parent = comment.parent === null ? {} : { parentId: at(commentIds, comment.parent) }
        const path = `/listings/${at(listingIds, comment.listing)}/comments`
        const made = await api.post(
          comment.author,
          path,
          { text: comment.text, ...parent },
          { key: `town-comment-${index}`, msAgo: comment.createdMsAgo },
        )
        return Made.parse(made).id
      })
    }
  })
  await inLanes(town.wishes, ({ listing, member }, index) =>
    journal.once(`wish ${index}`, async () => {
      await api.send('PUT', member, `/listings/${at(listingIds, listing)}/wish`)
      return 'wished'
    }),
  )
}
