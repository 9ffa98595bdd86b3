import { DurableObject } from 'cloudflare:workers'
import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import { nowMs, SECOND_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { ok } from '#kit/result'
import type {
  Claimed,
  ClaimOrder,
  ClaimsPlan,
  ClaimsPorts,
  GroupBuyMember,
  MemberClaim,
  SlotClaimsObject,
  Standing,
  ToPay,
} from './claims.api.ts'
import { ClaimsService } from './claims.service.ts'
import { Errands } from './errands.ts'
import { Flushing } from './flushing.ts'
import { Paying } from './paying.ts'
import { makeTables } from './tables.ts'

/** A group buy's claims as their worker sees them. */
export type SlotClaims = SlotClaimsObject

/** So long an answer waits for the database, so that who reads next finds it there; then the alarm brings it. */
const FLUSHED_WITHIN_MS = SECOND_MS
const ALARM_AGAIN_MS = 2 * SECOND_MS

/** The object of one group buy (see claims.api.ts). Its storage is the truth; nothing is remembered beside it. */
export function slotClaimsClass<Env>(
  readEnv: (raw: object) => Env,
  ports: ClaimsPorts<Env>,
  clock: () => number = nowMs,
) {
  return class SlotClaims extends DurableObject<object> implements SlotClaimsObject {
    readonly #env: Env
    /** The decisions by themselves; what brings their money and tells of them is up to the methods below. */
    protected readonly claims: ClaimsService
    readonly #errands: Errands<Env>
    readonly #paying: Paying<Env>
    readonly #flushing: Flushing
    #flushed: Promise<void> | null = null
    #goingOn: Promise<void> | null = null
    #armedAtMs: number | null = null

    constructor(ctx: DurableObjectState, env: object) {
      super(ctx, env)
      this.#env = readEnv(env)
      makeTables(ctx.storage.sql)
      this.claims = new ClaimsService(ctx.storage)
      this.#paying = new Paying(this.#env, ports)
      this.#errands = new Errands(this.#env, this.claims, ports, clock)
      this.#flushing = new Flushing(ctx.storage.sql)
      // Whatever became of the alarm, an object that wakes sets it anew.
      this.#arm()
    }

    async plan(plan: ClaimsPlan): Promise<Result<Standing>> {
      const planned = this.claims.plan(plan, clock())
      await this.#bring()
      return planned
    }

    async claim(order: ClaimOrder): Promise<Result<Claimed>> {
      const reserved = this.claims.reserve(order, clock())
      this.#arm()
      if (!reserved.ok) return reserved
      if (reserved.value.pay !== null) return await this.#payAndConfirm(order, reserved.value.pay)
      const { pay: _, ...claimed } = reserved.value
      await this.#bring(order.memberId)
      return ok(claimed)
    }

    /** Whatever dies in here leaves a reservation, which lapses; its money goes back. */
    async #payAndConfirm({ plan, memberId }: ClaimOrder, pay: ToPay): Promise<Result<Claimed>> {
      const { claimId, holdId, addUnits, unitPrice } = pay
      const held = await this.#paying.hold(plan, { holdId, memberId, amount: addUnits * unitPrice })
      const confirmed = held.ok ? this.claims.confirm({ claimId, holdId, memberId }, clock()) : held
      if (!held.ok) this.claims.abandon(claimId, clock())
      await this.#bring()
      return confirmed
    }

    async lessen(request: {
      plan: ClaimsPlan
      memberId: MemberId
      units: number
      key: string | null
    }): Promise<Result<Claimed>> {
      const lessened = this.claims.lessen(request, clock())
      await this.#bring(request.memberId)
      if (!lessened.ok) return lessened
      // Their holds may be others by now.
      return ok({ ...lessened.value, claim: this.claims.claimOf(request.memberId) })
    }

    async claimOf(memberId: MemberId): Promise<MemberClaim> {
      this.#pass()
      return this.claims.claimOf(memberId)
    }

    async standing(): Promise<Standing | null> {
      this.#pass()
      return this.claims.standing()
    }

    async cancel(plan?: ClaimsPlan): Promise<Result<Standing>> {
      const cancelled = this.claims.cancel(plan, clock())
      await this.#bring()
      return cancelled
    }

    async members(): Promise<GroupBuyMember[]> {
      this.#pass()
      return this.claims.members()
    }

    async flushed(): Promise<void> {
      const upTo = this.#flushing.version().now
      while (this.#flushing.version().flushed < upTo) await this.#flushOnce()
    }

    /** Twice or late is harmless; it never throws and arms itself again, so the platform's few retries do not matter. */
    override async alarm(): Promise<void> {
      this.#armedAtMs = null
      try {
        this.claims.pass(clock())
        await this.#goOn()
      } catch (error) {
        log('error', 'the alarm of a group buy failed', describeError(error))
        await this.ctx.storage.setAlarm(nowMs() + ALARM_AGAIN_MS)
      }
    }

    #pass(): void {
      this.claims.pass(clock())
      this.#arm()
    }

    /**
     * Behind a decision: the money of whom it is about, and the database. The answer waits for both a little; what is not done by then, or
     * concerns others, goes on behind it, and the alarm makes good what died.
     */
    async #bring(memberId?: MemberId): Promise<void> {
      this.#arm()
      const mine = memberId === undefined ? Promise.resolve() : this.#errands.run(memberId)
      const work = mine.then(() => this.flushed()).catch(() => undefined)
      this.ctx.waitUntil(work.then(() => this.#goOn()))
      let timer: ReturnType<typeof setTimeout> | undefined
      const deadline = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, FLUSHED_WITHIN_MS)
      })
      await Promise.race([work, deadline])
      clearTimeout(timer)
    }

    /** Of a crowd whose parts came to the database together one goes on for all; what comes due meanwhile is the alarm's. */
    #goOn(): Promise<void> {
      this.#goingOn ??= this.#finish().finally(() => {
        this.#goingOn = null
      })
      return this.#goingOn
    }

    async #finish(): Promise<void> {
      await this.#errands.run()
      if (!this.#flushing.isPutOff(clock())) await this.flushed().catch(() => undefined)
      this.#arm()
    }

    #flushOnce(): Promise<void> {
      this.#flushed ??= this.#flushPart().finally(() => {
        this.#flushed = null
      })
      return this.#flushed
    }

    /** Brings the next part to the database. Cut off before it is noted, the same comes again and changes nothing there. */
    async #flushPart(): Promise<void> {
      const part = this.#flushing.next()
      if (part === null) return
      try {
        await ports.flush(this.#env, part)
      } catch (error) {
        log('warn', 'a group buy not brought to the database yet', describeError(error))
        this.#flushing.putOff(clock())
        throw error
      }
      this.#flushing.end(part.version)
    }

    /** One alarm for whatever comes first: the deadline, a reservation's end, an errand, the database. */
    #arm(): void {
      const dueAtMs = this.claims.dueAtMs()
      if (dueAtMs === null || dueAtMs === this.#armedAtMs) return
      this.#armedAtMs = dueAtMs
      // A clock that is set in a test runs beside the machine's own, which alarms go by.
      void this.ctx.storage.setAlarm(nowMs() + Math.max(0, dueAtMs - clock()))
    }
  }
}
