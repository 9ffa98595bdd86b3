import { DurableObject } from 'cloudflare:workers'
import { CHAIN_START } from '#contracts/coupon-chain'
import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import { MINUTE_MS, nowMs, SECOND_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { describeError, log } from '#kit/log'
import { ok, refuse } from '#kit/result'
import { isClosed, newerPlan, refusalOf } from './claim.rules.ts'
import type {
  ClaimRequest,
  CouponCounterObject,
  DayLook,
  DayPlan,
  FlushDay,
  IssuedLink,
} from './counter.api.ts'
import { faultsOfLink, nextLink } from './link.ts'
import { LinksStore, makeTables } from './links.store.ts'

/** A counter as its worker sees it. */
export type CouponCounter = CouponCounterObject

/** Who wins within this goes to the database together. */
const GATHER_MS = 10
/** Behind a part of so many more are coming: a rush of thousands is some tens of parts, not hundreds. Who reads does not wait for it. */
const RUSH_LINKS = 5
const GATHER_IN_A_RUSH_MS = 100
/** So many links are kept in mind for the database; beyond, and after a start, they are read from the storage. */
const KEPT_LINKS_MAX = 2_000
/** When the alarm looks whether a flush that should have come right behind a claim did come. */
const FLUSH_CHECK_MS = 2 * SECOND_MS
const FLUSH_RETRY_MS_MAX = 5 * MINUTE_MS
/** One part for the database: ~400 bytes a link, far below what a statement may carry. */
const FLUSH_LINKS_MAX = 250
/** So many winners an isolate of the worker may keep in mind (winnersIfSoldOut). */
const WINNERS_TOLD_MAX = 1_000

type Day = { plan: DayPlan; issued: number; head: string; flushedTo: number; winners: Map<MemberId, number> }

/**
 * One day of one campaign (see counter.api.ts). `#day` mirrors the storage so that who comes too late costs no query; it changes only
 * after the transaction it mirrors, and both happen without an `await` between them.
 */
export function couponCounterClass<Env>(
  readEnv: (raw: object) => Env,
  flush: FlushDay<Env>,
  clock: () => number = nowMs,
) {
  return class CouponCounter extends DurableObject<object> implements CouponCounterObject {
    readonly #env: Env
    readonly #links: LinksStore
    #day: Day | null
    #flushing: Promise<void> | null = null
    #isGathering = false
    #isArmed = false
    #failures = 0
    /** The last links in their order, without a gap. */
    #kept: IssuedLink[] = []
    #lastPart = 0

    constructor(ctx: DurableObjectState, env: object) {
      super(ctx, env)
      this.#env = readEnv(env)
      makeTables(ctx.storage.sql)
      this.#links = new LinksStore(ctx.storage.sql)
      this.#day = this.#read()
      // A claim may have been stored just before its flush died with the object's memory: the alarm brings it there.
      if (this.#waiting() > 0) ctx.blockConcurrencyWhile(() => this.#arm(FLUSH_CHECK_MS))
    }

    async claim({
      plan,
      memberId,
      key,
      earlier,
    }: ClaimRequest): Promise<Result<{ link: IssuedLink; replayed: boolean }>> {
      const day = this.#know(plan)
      const mineToday = day.winners.get(memberId) ?? 0
      // Only winners have keys: who never won costs no query.
      const known = key === null || mineToday === 0 ? null : this.#links.byKey(memberId, key, day.plan)
      if (known !== null) return ok({ link: known, replayed: true })
      const atMs = clock()
      const code = refusalOf(day.plan, { issued: day.issued, mineToday, mineEarlier: earlier }, atMs)
      if (code !== null) return refuse(code)
      const link = nextLink(day.plan, day, { memberId, couponId: newId('cpn', atMs), atMs })
      // One statement stands or falls by itself.
      if (key === null) this.#links.add(link)
      else this.ctx.storage.transactionSync(() => this.#links.addUnder(key, link))
      this.#keep(link)
      this.#day = { ...day, issued: link.sequence, head: link.hash }
      day.winners.set(memberId, mineToday + 1)
      this.#flushSoon()
      return ok({ link, replayed: false })
    }

    async answered(memberId: MemberId, key: string): Promise<IssuedLink | null> {
      return this.#day === null ? null : this.#links.byKey(memberId, key, this.#day.plan)
    }

    async replan(plan: DayPlan): Promise<void> {
      this.#know(plan)
    }

    async look(): Promise<DayLook> {
      const day = this.#day
      if (day === null) return { issued: 0, head: CHAIN_START, closed: false }
      return { issued: day.issued, head: day.head, closed: isClosed(day.plan, day.issued, clock()) }
    }

    async winnersIfSoldOut(): Promise<MemberId[] | null> {
      const day = this.#day
      if (day === null || day.issued < day.plan.total || day.winners.size > WINNERS_TOLD_MAX) return null
      return [...day.winners.keys()]
    }

    async flushed(): Promise<void> {
      const upTo = this.#day?.issued ?? 0
      while ((this.#day?.flushedTo ?? upTo) < upTo) await this.#flushOnce()
    }

    async links(fromSequence: number, limit: number): Promise<IssuedLink[]> {
      return this.#day === null ? [] : this.#links.from(fromSequence, limit, this.#day.plan)
    }

    async audit(): Promise<{ issued: number; head: string; faults: string[] }> {
      const day = this.#read()
      if (day === null) return { issued: 0, head: CHAIN_START, faults: [] }
      const links = this.#links.from(1, day.plan.total + 1, day.plan)
      const faults = links.flatMap((link, index) =>
        faultsOfLink(link, index + 1, links[index - 1]?.hash ?? CHAIN_START),
      )
      if (links.length > day.plan.total) faults.push(`more than ${day.plan.total} were given out`)
      for (const [memberId, count] of day.winners) {
        if (count > day.plan.perMemberADay) faults.push(`${memberId} got ${count}`)
      }
      return { issued: day.issued, head: day.head, faults }
    }

    /** The safety net behind every flush. Twice or late it finds less or nothing to do; what fails is put off and armed again. */
    override async alarm(): Promise<void> {
      this.#isArmed = false
      try {
        await this.flushed()
      } catch {
        await this.#arm(Math.min(FLUSH_CHECK_MS * 2 ** this.#failures, FLUSH_RETRY_MS_MAX))
      }
    }

    /** The day under the newest plan there is. */
    #know(plan: DayPlan): Day {
      const known = this.#day
      const ruling = newerPlan(known?.plan ?? null, plan)
      if (known !== null && ruling === known.plan) return known
      this.#links.keepPlan(ruling)
      const fresh = { issued: 0, head: CHAIN_START, flushedTo: 0, winners: new Map<MemberId, number>() }
      const day = { ...(known ?? fresh), plan: ruling }
      this.#day = day
      return day
    }

    #read(): Day | null {
      const kept = this.#links.plan()
      if (kept === null) return null
      const end = this.#links.end() ?? { issued: 0, head: CHAIN_START }
      return { ...kept, ...end, winners: this.#links.winners() }
    }

    #waiting(): number {
      return this.#day === null ? 0 : this.#day.issued - this.#day.flushedTo
    }

    /** Right behind a claim, without making its answer wait. Whoever asks for `flushed` meanwhile does not wait for the gathering. */
    #flushSoon(): void {
      if (!this.#isArmed) this.ctx.waitUntil(this.#arm(FLUSH_CHECK_MS))
      if (this.#isGathering) return
      this.#isGathering = true
      this.ctx.waitUntil(this.#gather())
    }

    async #gather(): Promise<void> {
      const ms = this.#lastPart < RUSH_LINKS ? GATHER_MS : GATHER_IN_A_RUSH_MS
      await new Promise((resolve) => setTimeout(resolve, ms))
      this.#isGathering = false
      await this.flushed().catch(() => undefined)
    }

    #flushOnce(): Promise<void> {
      this.#flushing ??= this.#flushPart().finally(() => {
        this.#flushing = null
      })
      return this.#flushing
    }

    /** Brings the next part to the database. Cut off before it is noted, the same part goes again and changes nothing there. */
    async #flushPart(): Promise<void> {
      const day = this.#day
      if (day === null || this.#waiting() === 0) return
      const links = this.#next(day)
      const last = links.at(-1)
      if (last === undefined) throw new Error('the links that wait for the database are not there')
      try {
        await flush(this.#env, { plan: day.plan, issued: last.sequence, head: last.hash, links })
        this.#failures = 0
      } catch (error) {
        this.#failures += 1
        log('error', 'coupons not brought to the database', { day: day.plan.day, ...describeError(error) })
        throw error
      }
      this.#lastPart = links.length
      this.#links.noteFlushed(last.sequence)
      if (this.#day !== null) this.#day = { ...this.#day, flushedTo: last.sequence }
    }

    #keep(link: IssuedLink): void {
      if (this.#kept.length >= KEPT_LINKS_MAX) this.#kept = []
      this.#kept.push(link)
    }

    /** What the database lacks, a part of it. */
    #next({ flushedTo, plan }: Day): IssuedLink[] {
      const first = this.#kept[0]?.sequence ?? Number.POSITIVE_INFINITY
      if (first > flushedTo + 1) return this.#links.from(flushedTo + 1, FLUSH_LINKS_MAX, plan)
      this.#kept = this.#kept.slice(flushedTo + 1 - first)
      return this.#kept.slice(0, FLUSH_LINKS_MAX)
    }

    async #arm(afterMs: number): Promise<void> {
      this.#isArmed = true
      await this.ctx.storage.setAlarm(nowMs() + afterMs)
    }
  }
}
