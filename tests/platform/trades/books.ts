import type { Result } from '#contracts/errors'
import type { CouponId, HoldId, ListingId, MemberId, TradeId } from '#contracts/ids'
import type { SaleFacts } from '#contracts/listings.api'
import type { Cause, Hold } from '#contracts/payments'
import type { HoldLine } from '#contracts/payments.api'
import { ok, refuse } from '#kit/result'

type Settlement = {
  settlementId: string
  takes: { holdId: HoldId; amount: number }[]
  gives: { to: MemberId | 'fees' | 'promotion'; amount: number }[]
}
type Refund = { refundId: string; from: MemberId; to: MemberId; amount: number }

/** Payments as a small ledger in memory: real sums, real refusals, and each id's effect once. */
export class Books {
  readonly balances = new Map<string, number>()
  readonly holds = new Map<HoldId, Hold>()
  /** What each hold was made for. */
  readonly causes = new Map<HoldId, string>()
  readonly settlements = new Set<string>()
  readonly refunds = new Set<string>()

  /** A broken variant: it forgets which settlements it made. */
  readonly isForgetful: boolean

  constructor(isForgetful = false) {
    this.isForgetful = isForgetful
  }

  give(who: string, amount: number): void {
    this.balances.set(who, this.balanceOf(who) + amount)
  }
  balanceOf(who: string): number {
    return this.balances.get(who) ?? 0
  }
  /** What a payer has put aside and not got back. */
  heldOf(who: string): number {
    const open = [...this.holds.values()].filter(({ payer, state }) => payer === who && state === 'open')
    return open.reduce((sum, { amount }) => sum + amount, 0)
  }

  hold(request: {
    cause: Cause
    lines: HoldLine[]
    payeeId: MemberId | null
    expiresAtMs: number
  }): Result<Hold[]> {
    for (const { holdId, payer, amount } of request.lines) {
      const isShort = payer !== 'promotion' && this.balanceOf(payer) - this.heldOf(payer) < amount
      if (!this.holds.has(holdId) && isShort) return refuse('INSUFFICIENT_BALANCE')
    }
    return ok(
      request.lines.map(({ holdId, payer, amount }) => {
        const known = this.holds.get(holdId)
        if (known) return known
        const { payeeId, expiresAtMs } = request
        const fresh: Hold = { id: holdId, payer, payeeId, amount, posted: 0, state: 'open', expiresAtMs }
        this.holds.set(holdId, fresh)
        this.causes.set(holdId, request.cause.id)
        return fresh
      }),
    )
  }

  holdsOfMany(tradeIds: TradeId[]): Result<{ tradeId: TradeId; holds: Hold[] }[]> {
    const holds = [...this.holds.values()]
    return ok(
      tradeIds.map((tradeId) => ({
        tradeId,
        holds: holds.filter(({ id }) => this.causes.get(id) === tradeId),
      })),
    )
  }

  settle({ settlementId, takes, gives }: Settlement): Result<Hold[]> {
    const isRepeated = this.settlements.has(settlementId) && !this.isForgetful
    const holds = takes.flatMap(({ holdId }) => this.holds.get(holdId) ?? [])
    if (isRepeated) return ok(holds)
    if (holds.length < takes.length) return refuse('NOT_FOUND')
    if (holds.some(({ state }) => state === 'voided')) return refuse('HOLD_VOIDED')
    if (!this.isForgetful && holds.some(({ state }) => state !== 'open')) return refuse('HOLD_POSTED')
    const sum = (amounts: { amount: number }[]) => amounts.reduce((total, { amount }) => total + amount, 0)
    if (sum(takes) !== sum(gives)) return refuse('CONFLICT')
    this.settlements.add(settlementId)
    for (const { holdId, amount } of takes) {
      const hold = this.holds.get(holdId)
      if (!hold) continue
      this.holds.set(holdId, { ...hold, state: 'posted', posted: amount })
      this.give(hold.payer, -amount)
    }
    for (const { to, amount } of gives) this.give(to, amount)
    return ok(holds)
  }

  release(holdIds: HoldId[]): Result<Hold[]> {
    const known = holdIds.flatMap((id) => this.holds.get(id) ?? [])
    if (known.some(({ state }) => state === 'posted')) return refuse('HOLD_POSTED')
    for (const hold of known) this.holds.set(hold.id, { ...hold, state: 'voided' })
    return ok(known)
  }

  prolong(holdIds: HoldId[], expiresAtMs: number): Result<Hold[]> {
    const known = holdIds.flatMap((id) => this.holds.get(id) ?? [])
    for (const hold of known) this.holds.set(hold.id, { ...hold, expiresAtMs })
    return ok(known)
  }

  refund({ refundId, from, to, amount }: Refund): Result<null> {
    if (this.refunds.has(refundId)) return ok(null)
    if (this.balanceOf(from) - this.heldOf(from) < amount) return refuse('INSUFFICIENT_BALANCE')
    this.refunds.add(refundId)
    this.give(from, -amount)
    this.give(to, amount)
    return ok(null)
  }
}

type Wallet = { memberId: MemberId; off: number; state: 'usable' | 'held' | 'used'; by: TradeId | null }

/** Coupons in memory: each is put aside by one trade at a time, and used up once. */
export class CouponBook {
  readonly coupons = new Map<CouponId, Wallet>()

  /** A member has a coupon that no trade has put aside. */
  give(id: CouponId, memberId: MemberId, off: number, state: 'usable' | 'used' = 'usable'): void {
    this.coupons.set(id, { memberId, off, state, by: null })
  }

  hold(request: {
    couponId: CouponId
    memberId: MemberId
    tradeId: TradeId
    thing: { price: number }
  }): Result<{ discount: number; title: string }> {
    const coupon = this.coupons.get(request.couponId)
    if (!coupon || coupon.memberId !== request.memberId) return refuse('COUPON_NOT_FOUND')
    const value = { discount: Math.min(coupon.off, request.thing.price), title: '마당 쿠폰' }
    if (coupon.by === request.tradeId) return ok(value)
    if (coupon.state === 'used') return refuse('COUPON_USED')
    if (coupon.state === 'held') return refuse('COUPON_HELD')
    this.coupons.set(request.couponId, { ...coupon, state: 'held', by: request.tradeId })
    return ok(value)
  }

  redeem(couponId: CouponId, tradeId: TradeId): Result<null> {
    const coupon = this.coupons.get(couponId)
    if (coupon?.by !== tradeId) return refuse('COUPON_NOT_FOUND')
    this.coupons.set(couponId, { ...coupon, state: 'used' })
    return ok(null)
  }

  release(couponId: CouponId, tradeId: TradeId): Result<null> {
    const coupon = this.coupons.get(couponId)
    if (coupon?.by === tradeId && coupon.state === 'held')
      this.coupons.set(couponId, { ...coupon, state: 'usable', by: null })
    return ok(null)
  }
}

export type Thing = {
  id: ListingId
  sellerId: MemberId
  price: number
  status: 'on_sale' | 'reserved' | 'sold' | 'hidden'
  reservedBy: TradeId | null
  soldBy: TradeId | null
}

/** Listings in memory, as far as a purchase asks them. */
export class Shelves {
  readonly things = new Map<ListingId, Thing>()
  readonly changedAtMs = new Map<ListingId, number>()

  /** A thing that no trade has reserved or sold, as it was posted. */
  putUp({
    status = 'on_sale',
    ...thing
  }: Pick<Thing, 'id' | 'sellerId' | 'price'> & Partial<Pick<Thing, 'status'>>): void {
    this.things.set(thing.id, { ...thing, status, reservedBy: null, soldBy: null })
  }

  reserve(request: {
    id: ListingId
    buyerId: MemberId
    tradeId: TradeId
    expectedPrice: number
  }): Result<Thing> {
    const thing = this.things.get(request.id)
    if (!thing) return refuse('NOT_FOUND')
    if (thing.sellerId === request.buyerId) return refuse('OWN_LISTING')
    if (thing.status === 'hidden') return refuse('LISTING_HIDDEN')
    if (thing.reservedBy === request.tradeId) return ok(thing)
    if (thing.status === 'sold') return refuse('LISTING_SOLD')
    if (thing.status === 'reserved') return refuse('LISTING_RESERVED')
    if (thing.price !== request.expectedPrice) return refuse('PRICE_CHANGED')
    return ok(this.#put({ ...thing, status: 'reserved', reservedBy: request.tradeId }))
  }

  unreserve(id: ListingId, tradeId: TradeId): Result<null> {
    const thing = this.things.get(id)
    if (thing?.reservedBy === tradeId) this.#put({ ...thing, status: 'on_sale', reservedBy: null })
    return ok(null)
  }

  markSold(id: ListingId, tradeId: TradeId): Result<Thing> {
    const thing = this.things.get(id)
    if (!thing) return refuse('NOT_FOUND')
    if (thing.soldBy === tradeId) return ok(thing)
    if (thing.soldBy !== null) return refuse('LISTING_SOLD')
    if (thing.reservedBy !== null && thing.reservedBy !== tradeId) return refuse('LISTING_IN_TRADE')
    return ok(this.#put({ ...thing, status: 'sold', reservedBy: null, soldBy: tradeId }))
  }

  reopen(id: ListingId, tradeId: TradeId): Result<null> {
    const thing = this.things.get(id)
    if (thing?.soldBy === tradeId) this.#put({ ...thing, status: 'on_sale', soldBy: null })
    return ok(null)
  }

  /** A thing as it stands. */
  as(id: ListingId): Result<Thing> {
    const thing = this.things.get(id)
    return thing ? ok(thing) : refuse('NOT_FOUND')
  }

  salesOf(ids: ListingId[]): Result<SaleFacts[]> {
    const things = ids.flatMap((id) => this.things.get(id) ?? [])
    return ok(
      things.map(({ id, soldBy }) => ({
        ...{ id, soldByTrade: soldBy },
        changedAtMs: this.changedAtMs.get(id) ?? 0,
      })),
    )
  }

  #put(thing: Thing): Thing {
    this.changedAtMs.set(thing.id, Date.now())
    this.things.set(thing.id, thing)
    return thing
  }
}
