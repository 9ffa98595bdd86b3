import { WorkerEntrypoint } from 'cloudflare:workers'
import { z } from 'zod'
import type { ListingRoomFacts } from '#contracts/chat.api'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import { CouponId, type HoldId, ListingId, MemberId, RoomId, type TradeId } from '#contracts/ids'
import { type ListingCard, ListingStatus } from '#contracts/listings'
import { Books, CouponBook, Shelves, type Thing } from './books.ts'

type Sale = { id: ListingId; sellerId: MemberId; tradeId: TradeId }

export const Told = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('thing'),
    id: ListingId,
    sellerId: MemberId,
    title: z.string(),
    price: z.int().default(30_000),
    status: ListingStatus.default('on_sale'),
  }),
  z.object({ kind: z.literal('purse'), memberId: MemberId, amount: z.int() }),
  z.object({ kind: z.literal('coupon'), id: CouponId, memberId: MemberId, off: z.int() }),
  /** Payments gives no answer from now on, answers late, or dies after it has done what it was asked. */
  z.object({ kind: z.literal('payments'), is: z.enum(['up', 'down', 'slow', 'losing answers']) }),
  z.object({ kind: z.literal('wallets'), of: z.array(z.string()), coupons: z.array(CouponId).default([]) }),
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

const titles = new Map<ListingId, string>()
const shelves = new Shelves()
const books = new Books()
const coupons = new CouponBook()
const incidents = new Set<string>()
let payments: 'up' | 'down' | 'slow' | 'losing answers' = 'up'
/** Longer than a purchase waits for its answer, shorter than one call may take. */
const SLOW_MS = 2_000
const rooms = new Map<RoomId, ListingRoomFacts>()
let listings: 'up' | 'down' | 'losing answers' = 'up'
let membersAsked = 0

/** Identity, listings, chat, payments and coupons, as far as trades asks them; a test tells it what there is. */
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
    const thing = shelves.things.get(id)
    return thing ? { ok: true, value: cardOf(thing) } : NOT_FOUND
  }

  markSold(_ctx: unknown, { id, sellerId, tradeId }: Sale): Result<ListingCard> {
    if (listings === 'down') throw new Error('listings is down')
    if (shelves.things.get(id)?.sellerId !== sellerId) return NOT_FOUND
    const sold = shelves.markSold(id, tradeId)
    if (listings === 'losing answers') throw new Error('listings died after its commit')
    return carded(sold)
  }

  reserve(_ctx: unknown, request: Parameters<Shelves['reserve']>[0]): Result<ListingCard> {
    if (listings === 'down') throw new Error('listings is down')
    return carded(shelves.reserve(request))
  }

  unreserve(_ctx: unknown, { id, tradeId }: { id: ListingId; tradeId: TradeId }): Result<null> {
    if (listings === 'down') throw new Error('listings is down')
    return shelves.unreserve(id, tradeId)
  }

  salesOf(_ctx: unknown, ids: ListingId[]) {
    return shelves.salesOf(ids)
  }

  holdsOfMany(_ctx: unknown, ids: TradeId[]) {
    return asPayments(() => books.holdsOfMany(ids))
  }

  reportIncident(_ctx: unknown, incident: { key: string }): void {
    incidents.add(incident.key)
  }

  reopen(_ctx: unknown, { id, tradeId }: Sale): Result<null> {
    if (listings !== 'up') throw new Error('listings is down')
    return shelves.reopen(id, tradeId)
  }

  hold(_ctx: unknown, request: HoldRequest | CouponHoldRequest): Promise<Result<unknown>> {
    // One class answers for payments and for coupons: the request tells which is asked.
    return 'couponId' in request
      ? Promise.resolve(coupons.hold(request))
      : asPayments(() => books.hold(request))
  }

  settle(_ctx: unknown, request: Parameters<Books['settle']>[0]) {
    return asPayments(() => books.settle(request))
  }

  release(_ctx: unknown, request: { holdIds: HoldId[] } | { couponId: CouponId; tradeId: TradeId }) {
    return 'couponId' in request
      ? coupons.release(request.couponId, request.tradeId)
      : asPayments(() => books.release(request.holdIds))
  }

  prolong(_ctx: unknown, request: { holdIds: HoldId[]; expiresAtMs: number }) {
    return asPayments(() => books.prolong(request.holdIds, request.expiresAtMs))
  }

  refund(_ctx: unknown, request: Parameters<Books['refund']>[0]) {
    return asPayments(() => books.refund(request))
  }

  redeem(_ctx: unknown, { couponId, tradeId }: { couponId: CouponId; tradeId: TradeId }): Result<null> {
    return coupons.redeem(couponId, tradeId)
  }

  room(
    _ctx: unknown,
    { roomId, memberId }: { roomId: RoomId; memberId: MemberId },
  ): Result<ListingRoomFacts> {
    const room = rooms.get(roomId)
    const isMember = room && [room.sellerId, room.buyerId].includes(memberId)
    return isMember ? { ok: true, value: room } : NOT_FOUND
  }

  roomOf(_ctx: unknown, about: { listingId: ListingId; buyerId: MemberId }): Result<ListingRoomFacts> {
    const value = Array.from(rooms.values()).find(
      ({ listingId, buyerId }) => listingId === about.listingId && buyerId === about.buyerId,
    )
    return value ? { ok: true, value } : NOT_FOUND
  }

  override async fetch(request: Request): Promise<Response> {
    const told = Told.parse(await request.json())
    if (told.kind === 'thing') shelves.putUp(told)
    if (told.kind === 'thing') titles.set(told.id, told.title)
    if (told.kind === 'purse') books.give(told.memberId, told.amount)
    if (told.kind === 'coupon') coupons.give(told.id, told.memberId, told.off)
    if (told.kind === 'payments') payments = told.is
    if (told.kind === 'room') rooms.set(told.roomId, { ...told, kind: 'listing' })
    if (told.kind === 'listings') listings = told.is
    return Response.json({
      membersAsked,
      incidents: [...incidents],
      status: told.kind === 'look' ? (shelves.things.get(told.id)?.status ?? null) : null,
      wallets: told.kind === 'wallets' ? told.of.map(walletOf) : [],
      coupons:
        told.kind === 'wallets' ? told.coupons.map((id) => coupons.coupons.get(id)?.state ?? null) : [],
    })
  }
}

type HoldRequest = Parameters<Books['hold']>[0]
type CouponHoldRequest = Parameters<CouponBook['hold']>[0]

/** Does it as payments is told to be. */
async function asPayments<Value>(work: () => Result<Value>): Promise<Result<Value>> {
  if (payments === 'down') throw new Error('payments is down')
  const done = work()
  if (payments === 'losing answers') throw new Error('payments died after its commit')
  if (payments === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS))
  return done
}

const NOT_FOUND = { ok: false, refusal: { code: 'NOT_FOUND' } } as const

const carded = (answer: Result<Thing>): Result<ListingCard> =>
  answer.ok ? { ok: true, value: cardOf(answer.value) } : answer

const walletOf = (who: string) => ({ total: books.balanceOf(who), held: books.heldOf(who) })

const cardOf = ({ id, sellerId, price, status }: Thing): ListingCard => ({
  id,
  title: titles.get(id) ?? '',
  category: 'furniture',
  price,
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
