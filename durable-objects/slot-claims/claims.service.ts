import type { Result } from '#contracts/errors'
import { MEMBERS_MAX, WAITING_MAX } from '#contracts/group-buys'
import type { MemberId } from '#contracts/ids'
import { SECOND_MS } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type {
  Claimed,
  ClaimOrder,
  ClaimsHappening,
  ClaimsPlan,
  GroupBuyMember,
  MemberClaim,
  Standing,
  ToPay,
} from './claims.api.ts'
import { changesTerms, endAt, firstWhoFits, givenUp, remainingOf } from './claims.rules.ts'
import { ClaimsStore, type Facts, type Reservation } from './claims.store.ts'
import { ErrandsStore } from './errands.store.ts'

/** So long units wait for their money. */
export const RESERVED_FOR_MS = 30 * SECOND_MS
/** When the alarm looks whether what was decided came to the database right behind it. */
const FLUSH_CHECK_MS = 2 * SECOND_MS

/** By then a plan that was told is in the database, or never will be. */
const PLAN_ON_ITS_WAY_MS = 15 * SECOND_MS

type Wanted = Omit<ClaimOrder, 'wait'>

/** The decisions about one group buy. Each is one synchronous transaction: nothing comes between its reading and its writing. */
export class ClaimsService {
  readonly #storage: DurableObjectStorage
  readonly #store: ClaimsStore
  readonly #errands: ErrandsStore

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage
    this.#store = new ClaimsStore(storage.sql)
    this.#errands = new ErrandsStore(storage.sql)
  }

  plan(plan: ClaimsPlan, atMs: number): Result<Standing> {
    return this.#decide(atMs, () => {
      const known = this.#store.facts()
      if (known !== null && known.plan.version > plan.version) return ok(this.#standing())
      if (known !== null && changesTerms(known.plan, plan)) {
        if (known.state !== 'recruiting') return refuse('GROUP_BUY_CLOSED')
        if (this.#isJoined()) return refuse('GROUP_BUY_JOINED')
      }
      this.#store.keepPlan(plan, atMs)
      this.#endIfDue(atMs)
      return ok(this.#standing())
    })
  }

  /**
   * The first step of SlotClaimsObject.claim: what is more than the member has is reserved for a short while, and `pay` says what is to be held before
   * `confirm`. It is null when nothing is to be paid for.
   */
  reserve(wanted: ClaimOrder, atMs: number): Result<Claimed & { pay: ToPay | null }> {
    return this.#decide(atMs, () => {
      const known = this.#know(wanted.plan, atMs)
      if (!known.ok) return known
      const { memberId, units, wait, key } = wanted
      const facts = known.value
      const [mine] = this.#store.reservations({ memberId })
      const isAsked = this.#store.hasKey(memberId, key)
      if (isAsked || mine?.targetUnits === units) return ok({ ...this.#claimed(memberId), pay: mine ?? null })
      const has = this.#store.unitsOf(memberId)
      if (units <= has) return ok({ ...this.#lessen(wanted, atMs), pay: null })
      if (mine) return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
      if (units - has <= remainingOf(facts) && this.#hasRoomFor(has)) {
        const pay = this.#reserve(facts.plan, { memberId, units, has, isPromotion: false }, atMs)
        this.#store.keepKey(memberId, key, pay.claimId)
        return ok({ ...this.#claimed(memberId), pay })
      }
      const canEver = units <= facts.plan.totalUnits - facts.plan.hostUnits
      if (!wait || !canEver || !this.#canWait(memberId)) return refuse('SLOTS_EXHAUSTED')
      this.#store.wait(memberId, units)
      this.#changed(atMs)
      return ok({ ...this.#claimed(memberId), pay: null })
    })
  }

  /** Its money is held. A claim that is still reserved stands, however late; one that is not has its money given back. */
  confirm(claimId: string, atMs: number): Result<Claimed> {
    return this.#decide(
      atMs,
      () => {
        const standing = this.#store.holdOfClaim(claimId)
        if (standing) return ok(this.#claimed(standing.memberId))
        const [reserved] = this.#store.reservations({ claimId })
        const facts = this.#store.facts()
        if (!reserved || facts === null) {
          if (facts?.state !== 'recruiting') return refuse('GROUP_BUY_CLOSED')
          return refuse(remainingOf(facts) > 0 ? 'CONFLICT' : 'SLOTS_EXHAUSTED')
        }
        this.#stands(reserved, atMs)
        return ok(this.#claimed(reserved.memberId))
      },
      claimId,
    )
  }

  /** Its money could not be held, or nobody knows: the units are free again, and whatever was held goes back. */
  abandon(claimId: string, atMs: number): void {
    this.#decide(atMs, () => {
      const [reserved] = this.#store.reservations({ claimId })
      if (!reserved) return
      this.#drop(reserved, atMs)
      this.#promote(atMs)
    })
  }

  lessen(wanted: Wanted, atMs: number): Result<Claimed> {
    return this.#decide(atMs, () => {
      const known = this.#know(wanted.plan, atMs)
      if (!known.ok) return known
      if (this.#store.hasKey(wanted.memberId, wanted.key)) return ok(this.#claimed(wanted.memberId))
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
      if (facts.state !== 'cancelled') this.#end('cancelled', atMs)
      return ok(this.#standing())
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
      this.#drop(reserved, atMs)
      this.#store.stopWaiting(reserved.memberId)
      this.#happened('passed_over', reserved.memberId, reserved.targetUnits, atMs)
      this.#promote(atMs)
    })
  }

  exchanged(
    errand: { number: number; claimId: string; holdId: Reservation['holdId']; memberId: MemberId },
    atMs: number,
  ): void {
    this.#decide(atMs, () => {
      this.#errands.done(errand.number)
      this.#store.exchangeHold(errand.claimId, errand.holdId)
      this.#store.countMember(errand.memberId, atMs, this.#changed(atMs))
    })
  }

  /** What is past its time is ended: the recruiting at its deadline, reservations nobody paid for. */
  pass(atMs: number): void {
    this.#decide(atMs, () => {})
  }

  /** When something is to be done without a call; null when nothing is. */
  dueAtMs(): number | null {
    const facts = this.#store.facts()
    const times = [
      facts?.state === 'recruiting' ? facts.plan.deadlineMs : null,
      this.#store.firstExpiryMs(),
      this.#errands.firstDueMs(),
      facts?.flushAtMs ?? null,
    ].filter((time) => time !== null)
    return times.length === 0 ? null : Math.min(...times)
  }

  facts(): Facts | null {
    return this.#store.facts()
  }

  standing(): Standing | null {
    return this.#store.facts() === null ? null : this.#standing()
  }

  claimOf(memberId: MemberId): MemberClaim {
    return {
      units: this.#store.unitsOf(memberId),
      holdIds: this.#store
        .holds(memberId)
        .map(({ holdId }) => holdId)
        .reverse(),
      waiting: this.#store.waitingOf(memberId),
    }
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
      this.#endIfDue(atMs)
      this.#lapse(atMs, sparedClaimId)
      return decision()
    })
  }

  /** The plan that rules, when it is the one the caller spoke of, and the recruiting goes on. */
  #know(told: ClaimsPlan, atMs: number): Result<Facts> {
    const known = this.#store.facts()
    if (known === null || this.#mayRule(known, told, atMs)) {
      this.#store.keepPlan(told, atMs)
      this.#endIfDue(atMs)
    }
    const facts = this.#store.facts()
    if (facts === null) throw new Error('the plan just kept is not there')
    if (facts.state !== 'recruiting') return refuse('GROUP_BUY_CLOSED')
    return changesTerms(facts.plan, told) ? refuse('CONFLICT') : ok(facts)
  }

  /**
   * Whether the plan a caller read in the database replaces the known one. An older one does, too, when the newer was told a while ago and
   * never came to the database: its writer died in between, and what people read is what counts.
   */
  #mayRule(known: Facts, told: ClaimsPlan, atMs: number): boolean {
    if (!changesTerms(known.plan, told)) return known.plan.version < told.version
    if (known.state !== 'recruiting' || this.#isJoined()) return false
    return known.plan.version <= told.version || atMs - known.plannedAtMs > PLAN_ON_ITS_WAY_MS
  }

  #isJoined(): boolean {
    return this.#store.countMembers() + this.#store.count('reservations') + this.#store.count('waiting') > 0
  }

  #hasRoomFor(hasUnits: number): boolean {
    return hasUnits > 0 || this.#store.countMembers() + this.#store.count('reservations') < MEMBERS_MAX
  }

  #canWait(memberId: MemberId): boolean {
    return this.#store.waitingOf(memberId) !== null || this.#store.count('waiting') < WAITING_MAX
  }

  #reserve(
    plan: ClaimsPlan,
    {
      memberId,
      units,
      has,
      isPromotion,
    }: { memberId: MemberId; units: number; has: number; isPromotion: boolean },
    atMs: number,
  ): Reservation {
    const { number, holdId } = this.#store.newHoldId(plan.groupBuyId)
    const reservation = {
      ...{ claimId: `${plan.groupBuyId}:${number}`, memberId, holdId, isPromotion },
      ...{ addUnits: units - has, targetUnits: units, unitPrice: plan.unitPrice },
      expiresAtMs: atMs + RESERVED_FOR_MS,
    }
    this.#store.reserve(reservation)
    return reservation
  }

  #stands(reserved: Reservation, atMs: number): void {
    const { memberId, claimId, isPromotion } = reserved
    const had = this.#store.unitsOf(memberId)
    this.#store.dropReservation(claimId)
    this.#store.addHold(reserved, this.#store.nextNumber())
    this.#store.stopWaiting(memberId)
    this.#store.countMember(memberId, atMs, this.#changed(atMs))
    const units = had + reserved.addUnits
    if (isPromotion) this.#happened('promoted', memberId, units, atMs)
    else if (had === 0) this.#happened('joined', memberId, units, atMs)
    this.#endIfDue(atMs)
  }

  /** Down to so many units, which may be none; whatever they wanted beyond is forgotten. */
  #lessen({ memberId, units }: Wanted, atMs: number): Claimed {
    const [reserved] = this.#store.reservations({ memberId })
    if (reserved) this.#drop(reserved, atMs)
    if (this.#store.waitingOf(memberId) !== null) {
      this.#store.stopWaiting(memberId)
      this.#changed(atMs)
    }
    const has = this.#store.unitsOf(memberId)
    if (units < has) {
      this.#giveUp(memberId, has - units, atMs)
      this.#store.countMember(memberId, atMs, this.#changed(atMs))
      if (units === 0) this.#happened('left', memberId, has, atMs)
    }
    this.#promote(atMs)
    return this.#claimed(memberId)
  }

  #giveUp(memberId: MemberId, units: number, atMs: number): void {
    const holds = this.#store.holds(memberId)
    const { released, parted } = givenUp(holds, units)
    for (const { holdId, claimId } of holds.filter((held) => released.includes(held.holdId))) {
      this.#store.dropHold(holdId)
      for (const exchange of this.#errands.exchanges(claimId))
        this.#errands.release(memberId, exchange.holdId, atMs)
      this.#errands.release(memberId, holdId, atMs)
    }
    const kept = holds.find(({ holdId }) => holdId === parted?.holdId)
    if (!kept || !parted) return
    this.#store.keepOfHold(kept.holdId, parted.keep)
    const { claimId } = kept
    const insteadHoldId = this.#errands.exchanges(claimId).at(-1)?.holdId ?? kept.holdId
    const { holdId } = this.#store.newHoldId(this.#plan().groupBuyId)
    this.#errands.exchange({ memberId, claimId, holdId, insteadHoldId, units: parted.keep, atMs })
  }

  /** Who waits gets what came free, in order, as far as there is enough for them. */
  #promote(atMs: number): void {
    for (;;) {
      const facts = this.#store.facts()
      if (facts === null || facts.state !== 'recruiting') return
      const remaining = remainingOf(facts)
      const next = remaining > 0 ? firstWhoFits(this.#store.waiters(), remaining) : null
      if (next === null || !this.#hasRoomFor(next.hasUnits)) return
      const { memberId, units, hasUnits: has } = next
      const { claimId } = this.#reserve(facts.plan, { memberId, units, has, isPromotion: true }, atMs)
      this.#errands.promote(memberId, claimId, atMs)
    }
  }

  #lapse(atMs: number, sparedClaimId: string | undefined): void {
    const expired = this.#store.reservations({ expiredAtMs: atMs })
    const lapsed = expired.filter(({ claimId }) => claimId !== sparedClaimId)
    for (const reserved of lapsed) this.#drop(reserved, atMs)
    if (lapsed.length > 0) this.#promote(atMs)
  }

  /** Its units are free again, and money that is or will yet be held for it goes back. */
  #drop(reserved: Reservation, atMs: number): void {
    this.#store.dropReservation(reserved.claimId)
    this.#store.forgetKeysOf(reserved)
    this.#errands.releaseWhenever(reserved.memberId, reserved.holdId, atMs)
  }

  #endIfDue(atMs: number): void {
    const facts = this.#store.facts()
    const end = facts === null ? null : endAt(facts, atMs)
    if (facts === null || end === null) return
    this.#end(end, Math.min(atMs, facts.plan.deadlineMs))
  }

  #end(state: 'filled' | 'failed' | 'cancelled', atMs: number): void {
    for (const reserved of this.#store.reservations({ expiredAtMs: Number.MAX_SAFE_INTEGER }))
      this.#drop(reserved, atMs)
    this.#store.stopWaiting(null)
    this.#store.end(state, atMs)
    // What all holds are given back for is not held anew: a smaller hold that is on its way goes back too.
    if (state !== 'filled') {
      for (const { number, memberId, holdId, insteadHoldId } of this.#errands.exchanges(null)) {
        this.#errands.done(number)
        this.#errands.releaseWhenever(memberId, insteadHoldId, atMs)
        this.#errands.releaseWhenever(memberId, holdId, atMs)
      }
    }
    this.#happened(state, null, 0, atMs)
  }

  #changed(atMs: number): number {
    return this.#store.bumpVersion(atMs + FLUSH_CHECK_MS)
  }

  #happened(type: ClaimsHappening['type'], memberId: MemberId | null, units: number, atMs: number): void {
    const { remainingUnits } = this.#standing()
    this.#store.happened({ number: this.#changed(atMs), type, memberId, units, remainingUnits, atMs })
  }

  #plan(): ClaimsPlan {
    const facts = this.#store.facts()
    if (facts === null) throw new Error('a decision about a group buy nobody told of')
    return facts.plan
  }

  #standing(): Standing {
    const facts = this.#store.facts()
    if (facts === null) throw new Error('a decision about a group buy nobody told of')
    return {
      takenUnits: facts.plan.hostUnits + facts.confirmedUnits + facts.reservedUnits,
      remainingUnits: remainingOf(facts),
      members: this.#store.countMembers(),
      waiting: this.#store.count('waiting'),
      state: facts.state,
    }
  }

  #claimed(memberId: MemberId): Claimed {
    return { claim: this.claimOf(memberId), standing: this.#standing() }
  }
}
