import { MEMBERS_MAX } from '#contracts/group-buys'
import type { MemberId } from '#contracts/ids'
import { SECOND_MS } from '#kit/clock'
import type { Claimed, ClaimsHappening, ClaimsPlan, MemberClaim, Standing } from './claims.api.ts'
import { endAt, firstWhoFits, givenUp, remainingOf } from './claims.rules.ts'
import type { ClaimsStore, Facts, Reservation } from './claims.store.ts'
import type { ErrandsStore } from './errands.store.ts'

/** So long units wait for their money. */
const RESERVED_FOR_MS = 30 * SECOND_MS
/** When the alarm looks whether what was decided came to the database right behind it. */
const FLUSH_CHECK_MS = 2 * SECOND_MS

/** What a decision about one group buy changes, and how it stands then. Each is a part of the transaction of whoever decides. */
export class ClaimsChanges {
  readonly #store: ClaimsStore
  readonly #errands: ErrandsStore

  constructor(store: ClaimsStore, errands: ErrandsStore) {
    this.#store = store
    this.#errands = errands
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

  isJoined(): boolean {
    return this.#store.countMembers() + this.#store.count('reservations') + this.#store.count('waiting') > 0
  }

  hasRoomFor(hasUnits: number): boolean {
    return hasUnits > 0 || this.#store.countMembers() + this.#store.count('reservations') < MEMBERS_MAX
  }

  reserve(
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

  stands(reserved: Reservation, atMs: number): void {
    const { memberId, claimId, isPromotion } = reserved
    const had = this.#store.unitsOf(memberId)
    this.#store.dropReservation(claimId)
    this.#store.addHold(reserved, this.#store.nextNumber())
    this.#store.stopWaiting(memberId)
    this.#store.countMember(memberId, atMs, this.changed(atMs))
    const units = had + reserved.addUnits
    if (isPromotion) this.happened('promoted', memberId, units, atMs)
    else if (had === 0) this.happened('joined', memberId, units, atMs)
    this.endIfDue(atMs)
  }

  giveUp(memberId: MemberId, units: number, atMs: number): void {
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
    const { holdId } = this.#store.newHoldId(this.#facts().plan.groupBuyId)
    this.#errands.exchange({ memberId, claimId, holdId, insteadHoldId, units: parted.keep, atMs })
  }

  /** Who waits gets what came free, in order, as far as there is enough for them. */
  promote(atMs: number): void {
    for (;;) {
      const facts = this.#store.facts()
      if (facts === null || facts.state !== 'recruiting') return
      const remaining = remainingOf(facts)
      const next = remaining > 0 ? firstWhoFits(this.#store.waiters(), remaining) : null
      if (next === null || !this.hasRoomFor(next.hasUnits)) return
      const { memberId, units, hasUnits: has } = next
      const { claimId } = this.reserve(facts.plan, { memberId, units, has, isPromotion: true }, atMs)
      this.#errands.promote(memberId, claimId, atMs)
    }
  }

  lapse(atMs: number, sparedClaimId: string | undefined): void {
    const expired = this.#store.reservations({ expiredAtMs: atMs })
    const lapsed = expired.filter(({ claimId }) => claimId !== sparedClaimId)
    for (const reserved of lapsed) this.drop(reserved, atMs)
    if (lapsed.length > 0) this.promote(atMs)
  }

  /** Its units are free again, and money that is or will yet be held for it goes back. */
  drop(reserved: Reservation, atMs: number): void {
    this.#store.dropReservation(reserved.claimId)
    this.#store.forgetKeysOf(reserved)
    this.#errands.releaseWhenever(reserved.memberId, reserved.holdId, atMs)
  }

  endIfDue(atMs: number): void {
    const facts = this.#store.facts()
    const end = facts === null ? null : endAt(facts, atMs)
    if (facts === null || end === null) return
    this.end(end, Math.min(atMs, facts.plan.deadlineMs))
  }

  end(state: 'filled' | 'failed' | 'cancelled', atMs: number): void {
    for (const reserved of this.#store.reservations({ expiredAtMs: Number.MAX_SAFE_INTEGER }))
      this.drop(reserved, atMs)
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
    this.happened(state, null, 0, atMs)
  }

  changed(atMs: number): number {
    return this.#store.bumpVersion(atMs + FLUSH_CHECK_MS)
  }

  happened(type: ClaimsHappening['type'], memberId: MemberId | null, units: number, atMs: number): void {
    const remainingUnits = remainingOf(this.#facts())
    this.#store.happened({ number: this.changed(atMs), type, memberId, units, remainingUnits, atMs })
  }

  #facts(): Facts {
    const facts = this.#store.facts()
    if (facts === null) throw new Error('a decision about a group buy nobody told of')
    return facts
  }

  standing(): Standing {
    const facts = this.#facts()
    return {
      takenUnits: facts.plan.hostUnits + facts.confirmedUnits + facts.reservedUnits,
      remainingUnits: remainingOf(facts),
      members: this.#store.countMembers(),
      waiting: this.#store.count('waiting'),
      state: facts.state,
    }
  }

  claimed(memberId: MemberId): Claimed {
    return { claim: this.claimOf(memberId), standing: this.standing() }
  }
}
