import { WorkerEntrypoint } from 'cloudflare:workers'
import { z } from 'zod'
import type { RoomFacts } from '#contracts/chat.api'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import { ListingId, MemberId, RoomId, type TradeId } from '#contracts/ids'
import type { ListingCard, ListingStatus } from '#contracts/listings'

type Thing = { title: string; sellerId: MemberId; status: ListingStatus; soldBy: TradeId | null }
type Sale = { id: ListingId; sellerId: MemberId; tradeId: TradeId }

export const Told = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('thing'), id: ListingId, sellerId: MemberId, title: z.string() }),
  z.object({
    kind: z.literal('room'),
    roomId: RoomId,
    listingId: ListingId,
    sellerId: MemberId,
    buyerId: MemberId,
    state: z.enum(['open', 'closed']),
  }),
  /** Listings gives no answer from now on, or only after it has done what it was asked. */
  z.object({ kind: z.literal('listings'), is: z.enum(['up', 'down', 'losing answers']) }),
  z.object({ kind: z.literal('look'), id: ListingId }),
])
export type Told = z.infer<typeof Told>

const things = new Map<ListingId, Thing>()
const rooms = new Map<RoomId, RoomFacts>()
let listings: 'up' | 'down' | 'losing answers' = 'up'
let membersAsked = 0

/** Identity, listings and chat, as far as trades asks them; a test tells it what there is. */
export default class Neighbours extends WorkerEntrypoint<{ JWKS: string }> {
  jwks(): unknown {
    return JSON.parse(this.env.JWKS)
  }

  members(_ctx: unknown, ids: MemberId[]): Result<PublicMember[]> {
    membersAsked += 1
    const value = ids.map((id) => ({
      id,
      nickname: `이웃 ${id.slice(-4)}`,
      photo: null,
      region: null,
      introduction: '',
      joinedAt: '2026-01-01T00:00:00.000Z',
      withdrawn: false,
    }))
    return { ok: true, value }
  }

  card(_ctx: unknown, id: ListingId): Result<ListingCard> {
    const thing = things.get(id)
    return thing ? { ok: true, value: cardOf(id, thing) } : NOT_FOUND
  }

  markSold(_ctx: unknown, { id, sellerId, tradeId }: Sale): Result<ListingCard> {
    if (listings === 'down') throw new Error('listings is down')
    const thing = things.get(id)
    if (!thing || thing.sellerId !== sellerId) return NOT_FOUND
    if (thing.soldBy !== null && thing.soldBy !== tradeId)
      return { ok: false, refusal: { code: 'LISTING_SOLD' } }
    things.set(id, { ...thing, status: 'sold', soldBy: tradeId })
    if (listings === 'losing answers') throw new Error('listings died after its commit')
    return { ok: true, value: cardOf(id, { ...thing, status: 'sold' }) }
  }

  reopen(_ctx: unknown, { id, tradeId }: Sale): Result<null> {
    if (listings !== 'up') throw new Error('listings is down')
    const thing = things.get(id)
    if (thing?.soldBy === tradeId) things.set(id, { ...thing, status: 'on_sale', soldBy: null })
    return { ok: true, value: null }
  }

  room(_ctx: unknown, { roomId, memberId }: { roomId: RoomId; memberId: MemberId }): Result<RoomFacts> {
    const room = rooms.get(roomId)
    const isMember = room && [room.sellerId, room.buyerId].includes(memberId)
    return isMember ? { ok: true, value: room } : NOT_FOUND
  }

  roomOf(_ctx: unknown, about: { listingId: ListingId; buyerId: MemberId }): Result<RoomFacts> {
    const value = Array.from(rooms.values()).find(
      ({ listingId, buyerId }) => listingId === about.listingId && buyerId === about.buyerId,
    )
    return value ? { ok: true, value } : NOT_FOUND
  }

  override async fetch(request: Request): Promise<Response> {
    const told = Told.parse(await request.json())
    if (told.kind === 'thing') things.set(told.id, { ...told, status: 'on_sale', soldBy: null })
    if (told.kind === 'room') rooms.set(told.roomId, told)
    if (told.kind === 'listings') listings = told.is
    return Response.json({
      membersAsked,
      status: told.kind === 'look' ? (things.get(told.id)?.status ?? null) : null,
    })
  }
}

const NOT_FOUND = { ok: false, refusal: { code: 'NOT_FOUND' } } as const

const cardOf = (id: ListingId, { title, sellerId, status }: Thing): ListingCard => ({
  id,
  title,
  category: 'furniture',
  price: 30_000,
  currency: 'KRW',
  status,
  images: [],
  imageCount: 0,
  seller: { id: sellerId, nickname: '이웃', photo: null },
  region: null,
  counts: { views: 0, wishes: 0, comments: 0, chats: 0 },
  createdAt: '2026-11-01T00:00:00.000Z',
  bumpedAt: '2026-11-01T00:00:00.000Z',
})
