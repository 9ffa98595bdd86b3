import { z } from 'zod'
import { SendMessageRequest } from '#contracts/chat'
import type { TownRoom } from './demo-town/rooms.ts'
import type { Town } from './demo-town/town.ts'
import type { Journal } from './journal.ts'
import { type Api, at, inLanes, Made } from './seed-api.ts'

const HOUR_MS = 60 * 60 * 1000
const DAY_MS = 24 * HOUR_MS
const SEOUL_MS = 9 * HOUR_MS
const Read = z.object({ lastSeq: z.int() })

/** The half hour of that day in the town, between ten in the morning and eight in the evening. */
function daytimeAt(ms: number): string {
  const dayStartMs = Math.floor((ms + SEOUL_MS) / DAY_MS) * DAY_MS - SEOUL_MS
  const halfHours = 20 + (Math.floor(ms / HOUR_MS) % 20)
  return new Date(dayStartMs + (halfHours * HOUR_MS) / 2).toISOString()
}

/** The town on its way into the platform, once its members and their things are there. */
export type Seeding = { api: Api; journal: Journal; town: Town; listingIds: string[]; memberIds: string[] }

/** Lets the members talk, agree and trade through the same routes everyone uses. */
export async function seedRooms(seeding: Seeding): Promise<void> {
  await inLanes(seeding.town.rooms, async (room, index) => {
    const roomId = await seedRoom(seeding, room, index)
    await seedOutcome(seeding, room, index, roomId)
  })
}

/** The talk, line by line; a line sent again by its own clientId is the line that is there. */
async function seedRoom(
  { api, journal, town, listingIds }: Seeding,
  room: TownRoom,
  index: number,
): Promise<string> {
  const seller = at(town.listings, room.listing).seller
  const now = { key: `town-room-${index}`, msAgo: 0 }
  const id = await journal.once(
    `room ${index}`,
    async () =>
      Made.parse(await api.post(room.buyer, '/chat/rooms', { listingId: at(listingIds, room.listing) }, now))
        .id,
  )
  await journal.once(`talk ${index}`, async () => {
    for (const [turn, [by, text]] of room.lines.entries()) {
      const message = SendMessageRequest.parse({ clientId: `town-${index}-${turn}`, kind: 'text', text })
      const speaker = by === 'buyer' ? room.buyer : seller
      await api.post(speaker, `/chat/rooms/${id}/messages`, message, {
        key: `town-line-${index}-${turn}`,
        msAgo: 0,
      })
    }
    return 'talked'
  })
  // Every third seller has not looked yet.
  if (index % 3 !== 0) {
    await journal.once(`read ${index}`, async () => {
      const { lastSeq } = Read.parse(await api.get(seller, `/chat/rooms/${id}/messages?limit=1`))
      await api.post(
        seller,
        `/chat/rooms/${id}/read`,
        { seq: lastSeq },
        { key: `town-read-${index}`, msAgo: 0 },
      )
      return 'read'
    })
  }
  return id
}

async function seedOutcome(
  { api, journal, town, listingIds, memberIds }: Seeding,
  { listing, buyer, outcome }: TownRoom,
  index: number,
  roomId: string,
): Promise<void> {
  const seller = at(town.listings, listing).seller
  const now = (key: string) => ({ key: `town-${key}-${index}`, msAgo: 0 })
  if (outcome.kind === 'appointment') {
    await journal.once(`appointment ${index}`, async () => {
      const meetAt = daytimeAt(Date.now() + outcome.inHours * HOUR_MS)
      const body = { roomId, place: outcome.place, at: meetAt }
      return Made.parse(await api.post(buyer, '/appointments', body, now('appointment'))).id
    })
  }
  if (outcome.kind !== 'sold') return
  const tradeId = await journal.once(`trade ${index}`, async () => {
    const path = `/listings/${at(listingIds, listing)}/buyer`
    return Made.parse(await api.post(seller, path, { memberId: at(memberIds, buyer) }, now('trade'))).id
  })
  for (const [author, review] of [
    [seller, outcome.bySeller],
    [buyer, outcome.byBuyer],
  ] as const) {
    if (review === null) continue
    await journal.once(`review ${index} ${author}`, async () => {
      await api.post(author, `/trades/${tradeId}/reviews`, review, now(`review-${author}`))
      return 'written'
    })
  }
}
