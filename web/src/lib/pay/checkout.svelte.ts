import type { Coupon } from '#contracts/coupons'
import type { ListingId, TradeId } from '#contracts/ids'
import type { Listing } from '#contracts/listings'
import type { Page } from '#contracts/page'
import type { Wallet } from '#contracts/payments'
import type { Trade } from '#contracts/trades'
import { call, get, query, type Reply, type Trouble } from '$lib/api/client.ts'
import { sentenceOf } from '$lib/api/fail.ts'
import { m } from '$lib/paraglide/messages.js'
import { openTradeOf } from '$lib/trades/open-trade.ts'
import { money } from '$lib/wallet/money.ts'
import { isUnsure } from '$lib/wallet/once.svelte.ts'
import { couponsFor } from './coupon-choice.ts'
import { lookAfter } from './purchase-answer.ts'
import { dropKey, keyFor } from './purchase-key.ts'

const COUPONS_SHOWN_MAX = 50
const STILL_RUNNING_TRIES = 5
const STILL_RUNNING_WAIT_MS = 1_000

type Outcome = { kind: 'bought'; tradeId: TradeId } | { kind: 'stayed' }

/** A purchase while its sheet is open: the thing, the wallet and the coupons as they stand, and what became of it. */
export class Checkout {
  listing = $state.raw<Listing | null>(null)
  wallet = $state.raw<Wallet | null>(null)
  coupons = $state.raw<Coupon[]>([])
  couponsKnown = $state(true)
  couponId = $state<string | null>(null)
  trouble = $state.raw<Trouble | null>(null)
  busy = $state(false)
  /** Why the last try was refused, in a sentence; and that it cannot be tried again for this thing. */
  note = $state('')
  isGone = $state(false)
  /** The purchase of mine that has the thing already. */
  mineId = $state.raw<TradeId | null>(null)
  readonly #id: ListingId

  constructor(id: ListingId) {
    this.#id = id
  }

  offers = $derived(this.listing ? couponsFor(this.listing, this.coupons, Date.now()) : [])
  discount = $derived(this.offers.find(({ coupon }) => coupon.id === this.couponId)?.discount ?? 0)
  price = $derived(this.listing?.price ?? 0)
  pays = $derived(this.price - this.discount)
  missing = $derived(this.wallet ? Math.max(0, this.pays - this.wallet.balance) : 0)

  async load(): Promise<void> {
    this.trouble = null
    const [listing, wallet] = await Promise.all([
      this.#readListing(),
      this.#readWallet(),
      this.#readCoupons(),
    ])
    const failed = [listing, wallet].find((reply) => !reply.ok)
    if (failed && !failed.ok) this.trouble = failed.trouble
    this.#chooseBest()
  }

  async buy(): Promise<Outcome> {
    if (this.busy || !this.listing) return { kind: 'stayed' }
    this.busy = true
    this.note = ''
    const purchase = {
      listingId: this.#id,
      price: this.price,
      couponId: this.discount > 0 ? this.couponId : null,
    }
    const reply = await this.#send(purchase)
    const outcome = await this.#after(reply, purchase)
    this.busy = false
    return outcome
  }

  /** One whose answer is not there yet is asked for again under the same key: it is never made twice. */
  async #send(purchase: Parameters<typeof keyFor>[0]): Promise<Reply<Trade>> {
    const { listingId, price, couponId } = purchase
    const body = { listingId, expectedPrice: price, ...(couponId === null ? {} : { couponId }) }
    const idempotencyKey = keyFor(purchase)
    for (let tries = 1; ; tries++) {
      const reply = await call<Trade>(fetch, 'POST', '/trades', { body, idempotencyKey })
      const isRunning =
        !reply.ok && reply.trouble.kind === 'refusal' && reply.trouble.problem.code === 'REQUEST_IN_FLIGHT'
      if (!isRunning || tries === STILL_RUNNING_TRIES) return reply
      await new Promise((resolve) => setTimeout(resolve, STILL_RUNNING_WAIT_MS))
    }
  }

  async #after(reply: Reply<Trade>, purchase: Parameters<typeof keyFor>[0]): Promise<Outcome> {
    if (reply.ok) {
      dropKey(purchase)
      return { kind: 'bought', tradeId: reply.value.id }
    }
    const { trouble } = reply
    const unsure = isUnsure(trouble)
    if (!unsure) dropKey(purchase)
    this.note = unsure ? m.pay_unsure() : sentenceOf(trouble)
    if (unsure || trouble.kind !== 'refusal') return { kind: 'stayed' }
    const { problem } = trouble
    const look = lookAfter(problem.code)
    if (look === 'price') await this.#lookAtPrice()
    if (look === 'wallet') await this.#readWallet()
    if (look === 'coupons') await this.#readCoupons().then(() => this.#chooseBest())
    if (look === 'thing') await this.#lookForMine()
    return { kind: 'stayed' }
  }

  async #lookAtPrice(): Promise<void> {
    const before = this.price
    const reply = await this.#readListing()
    if (reply.ok && this.price !== before)
      this.note = m.pay_price_changed({ before: money(before), now: money(this.price) })
    this.#chooseBest()
  }

  /** The thing may be reserved by this very member, whose answer was lost on the way. */
  async #lookForMine(): Promise<void> {
    this.isGone = true
    this.mineId = await openTradeOf(this.#id, 'purchases')
    if (this.mineId !== null) this.note = m.pay_mine_already()
  }

  async #readListing(): Promise<Reply<Listing>> {
    const reply = await get<Listing>(fetch, `/listings/${this.#id}`, { fresh: true })
    if (reply.ok) this.listing = reply.value
    return reply
  }

  async #readWallet(): Promise<Reply<Wallet>> {
    const reply = await get<Wallet>(fetch, '/wallet')
    if (reply.ok) this.wallet = reply.value
    return reply
  }

  /** Without them the thing can still be bought; that they could not be read is said. */
  async #readCoupons(): Promise<void> {
    const reply = await get<Page<Coupon>>(fetch, `/me/coupons${query({ limit: COUPONS_SHOWN_MAX })}`)
    this.couponsKnown = reply.ok
    if (reply.ok) this.coupons = reply.value.items
  }

  #chooseBest(): void {
    this.couponId = this.offers[0]?.coupon.id ?? null
  }
}
