import type { Result } from '#contracts/errors'
import { WAITING_MAX } from '#contracts/group-buys'
import type { MemberId } from '#contracts/ids'
import { SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type {
  Claimed,
  ClaimOrder,
  ClaimsPlan,
  GroupBuyMember,
  MemberClaim,
  Standing,
  ToPay,
} from './claims.api.ts'
import { ClaimsChanges } from './claims.changes.ts'
import { changesTerms, remainingOf } from './claims.rules.ts'
import { ClaimsStore, type Facts, type Reservation } from './claims.store.ts'
import { ErrandsStore } from './errands.store.ts'

/** By then a plan that was told is in the database, or never will be. */
const PLAN_ON_ITS_WAY_MS = 15 * SECOND_MS

type Wanted = Omit<ClaimOrder, 'wait'>
/** What is to be paid for first, or the claim as it stands. */
export type Reserved = { pay: ToPay } | (Claimed & { pay: null })
/** A claim whose money the books hold. */
export type Paid = Pick<Reservation, 'claimId' | 'holdId' | 'memberId'>

/** The decisions about one group buy. Each is one synchronous transaction: nothing comes between its reading and its writing. */
export class ClaimsService {
  readonly #storage: DurableObjectStorage
  readonly #store: ClaimsStore
  readonly #errands: ErrandsStore
  readonly #changes: ClaimsChanges

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    this.#store = new ClaimsStore(storage.sql)
    this.#errands = new ErrandsStore(storage.sql)
    this.#changes = new ClaimsChanges(this.#store, this.#errands)
  }

  plan(plan: ClaimsPlan, atMs: number): Result<Standing> {
    return this.#decide(atMs, () => {
      const known = this.#store.facts()
      if (known !== null && known.plan.version > plan.version) return ok(this.#changes.standing())
      if (known !== null && changesTerms(known.plan, plan)) {
        if (known.state !== 'recruiting') return refuse('GROUP_BUY_CLOSED')
        if (this.#changes.isJoined()) return refuse('GROUP_BUY_JOINED')
      }
      this.#store.keepPlan(plan, atMs)
      this.#changes.endIfDue(atMs)
      return ok(this.#changes.standing())
    })
  }

  /**
   * The first step of SlotClaimsObject.claim: what is more than the member has is reserved for a short while, and `pay` says what is to be held before
   * `confirm`. It is null when nothing is to be paid for; then the claim is as it stands.
   */
  reserve(wanted: ClaimOrder, atMs: number): Result<Reserved> {
    return this.#decide(atMs, () => {
      const known = this.#know(wanted.plan, atMs)
      if (!known.ok) return known
      const { memberId, units, wait, key } = wanted
      const facts = known.value
      const [mine] = this.#store.reservations({ memberId })
      const isAsked = this.#store.hasKey(memberId, key)
      if (mine && (isAsked || mine.targetUnits === units)) return ok({ pay: mine })
      if (isAsked) return ok({ ...this.#changes.claimed(memberId), pay: null })
      const has = this.#store.unitsOf(memberId)
      if (units <= has) return ok({ ...this.#lessen(wanted, atMs), pay: null })
      if (mine) return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
      if (units - has <= remainingOf(facts) && this.#changes.hasRoomFor(has)) {
        const pay = this.#changes.reserve(facts.plan, { memberId, units, has, isPromotion: false }, atMs)
        this.#store.keepKey(memberId, key, pay.claimId)
        return ok({ pay })
      }
      const canEver = units <= facts.plan.totalUnits - facts.plan.hostUnits
      if (!wait || !canEver || !this.#canWait(memberId)) return refuse('SLOTS_EXHAUSTED')
      this.#store.wait(memberId, units)
      this.#changes.changed(atMs)
      return ok({ ...this.#changes.claimed(memberId), pay: null })
    })
  }

  /** Its money is held. A claim that is still reserved stands, however late; one that is not has its money given back at once. */
  confirm({ claimId, holdId, memberId }: Paid, atMs: number): Result<Claimed> {
    return this.#decide(
      atMs,
      () => {
        const standing = this.#store.holdOfClaim(claimId)
        if (standing) return ok(this.#changes.claimed(standing.memberId))
        const [reserved] = this.#store.reservations({ claimId })
        const facts = this.#store.facts()
        if (!reserved || facts === null) {
          this.#errands.release(memberId, holdId, atMs)
          if (facts?.state !== 'recruiting') return refuse('GROUP_BUY_CLOSED')
          return refuse(remainingOf(facts) > 0 ? 'CONFLICT' : 'SLOTS_EXHAUSTED')
        }
        this.#changes.stands(reserved, atMs)
        return ok(this.#changes.claimed(reserved.memberId))
      },
      claimId,
    )
  }

  /** Its money could not be held, or nobody knows: the units are free again, and whatever was held goes back. */
  abandon(claimId: string, atMs: number): void {
    this.#decide(atMs, () => {
      const [reserved] = this.#store.reservations({ claimId })
      if (!reserved) return
      this.#changes.drop(reserved, atMs)
      this.#changes.promote(atMs)
    })
  }

  lessen(wanted: Wanted, atMs: number): Result<Claimed> {
    return this.#decide(atMs, () => {
      const known = this.#know(wanted.plan, atMs)
      if (!known.ok) return known
      if (this.#store.hasKey(wanted.memberId, wanted.key)) return ok(this.#changes.claimed(wanted.memberId))
      this.#store.keepKey(wanted.memberId, wanted.key, null)
      return ok(this.#lessen(wanted, atMs))
    })
  }

  cancel(plan: ClaimsPlan | undefined, atMs: number): Result<Standing> {
    return this.#decide(atMs, () => {
      if (this.#store.facts() === null && plan) this.#store.keepPlan(plan, atMs)
      const facts = this.#store.facts()
      if (facts === null) return refuse('NOT_FOUND')
      if (facts.state === 'failed') return refuse('GROUP_BUY_CLOSED')
      if (facts.state !== 'cancelled') this.#changes.end('cancelled', atMs)
      return ok(this.#changes.standing())
    })
  }

  /** The reservation an errand is to pay for; null when it ended meanwhile. */
  promotionOf(claimId: string): Reservation | null {
    return this.#store.reservations({ claimId })[0] ?? null
  }

  /** Who cannot pay loses their place, and the next is tried. */
  passOver(claimId: string, atMs: number): void {
    this.#decide(atMs, () => {
      const [reserved] = this.#store.reservations({ claimId })
      if (!reserved) return
      this.#changes.drop(reserved, atMs)
      this.#store.stopWaiting(reserved.memberId)
      this.#changes.happened('passed_over', reserved.memberId, reserved.targetUnits, atMs)
      this.#changes.promote(atMs)
    })
  }

  exchanged(
    errand: { number: number; claimId: string; holdId: Reservation['holdId']; memberId: MemberId },
    atMs: number,
  ): void {
    this.#decide(atMs, () => {
      this.#errands.done(errand.number)
      this.#store.exchangeHold(errand.claimId, errand.holdId)
      this.#store.countMember(errand.memberId, atMs, this.#changes.changed(atMs))
    })
  }

  /** What is past its time is ended: the recruiting at its deadline, reservations nobody paid for. */
  pass(atMs: number): void {
    this.#decide(atMs, () => {})
  }

  /** When something is to be done without a call; null when nothing is. */
  dueAtMs(): number | null {
    const times = [this.#store.firstDueMs(), this.#errands.firstDueMs()].filter((time) => time !== null)
    return times.length === 0 ? null : Math.min(...times)
  }

  facts(): Facts | null {
    return this.#store.facts()
  }

  standing(): Standing | null {
    return this.#store.facts() === null ? null : this.#changes.standing()
  }

  claimOf(memberId: MemberId): MemberClaim {
    return this.#changes.claimOf(memberId)
  }

  members(): GroupBuyMember[] {
    return this.#store.members(null).map(({ version: _version, ...member }) => member)
  }

  get errands(): ErrandsStore {
    return this.#errands
  }

  /** Ends what is past its time, then decides; a claim that just comes to be confirmed is spared. */
  #decide<Made>(atMs: number, decision: () => Made, sparedClaimId?: string): Made {
    return this.#storage.transactionSync(() => {
      this.#changes.endIfDue(atMs)
      this.#changes.lapse(atMs, sparedClaimId)
      return decision()
    })
  }

  /** The plan that rules, when it is the one the caller spoke of, and the recruiting goes on. */
  #know(told: ClaimsPlan, atMs: number): Result<Facts> {
    const known = this.#store.facts()
    const facts = known === null || this.#mayRule(known, told, atMs) ? this.#keep(told, atMs) : known
    if (facts.state !== 'recruiting') return refuse('GROUP_BUY_CLOSED')
    return changesTerms(facts.plan, told) ? refuse('CONFLICT') : ok(facts)
  }

  #keep(plan: ClaimsPlan, atMs: number): Facts {
    this.#store.keepPlan(plan, atMs)
    this.#changes.endIfDue(atMs)
    const facts = this.#store.facts()
    if (facts === null) throw new Error('the plan just kept is not there')
    return facts
  }

  /**
   * Whether the plan a caller read in the database replaces the known one. An older one does, too, when the newer was told a while ago and
   * never came to the database: its writer died in between, and what people read is what counts.
   */
  #mayRule(known: Facts, told: ClaimsPlan, atMs: number): boolean {
    if (!changesTerms(known.plan, told)) return known.plan.version < told.version
    if (known.state !== 'recruiting' || this.#changes.isJoined()) return false
    return known.plan.version <= told.version || atMs - known.plannedAtMs > PLAN_ON_ITS_WAY_MS
  }

  #canWait(memberId: MemberId): boolean {
    return this.#store.waitingOf(memberId) !== null || this.#store.count('waiting') < WAITING_MAX
  }

  /** Down to so many units, which may be none; whatever they wanted beyond is forgotten. */
  #lessen({ memberId, units }: Wanted, atMs: number): Claimed {
    const [reserved] = this.#store.reservations({ memberId })
    if (reserved) this.#changes.drop(reserved, atMs)
    if (this.#store.waitingOf(memberId) !== null) {
      this.#store.stopWaiting(memberId)
      this.#changes.changed(atMs)
    }
    const has = this.#store.unitsOf(memberId)
    if (units < has) {
      this.#changes.giveUp(memberId, has - units, atMs)
      this.#store.countMember(memberId, atMs, this.#changes.changed(atMs))
      if (units === 0) this.#changes.happened('left', memberId, has, atMs)
    }
    this.#changes.promote(atMs)
    return this.#changes.claimed(memberId)
  }
}
