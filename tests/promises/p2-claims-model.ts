import type { MemberId } from '#contracts/ids'
import type { ClaimsPlan } from '#do/slot-claims/claims.api'

export const RESERVED_FOR_MS = 30_000

type Paying = { memberId: MemberId; target: number; add: number; untilMs: number; claim: number }
/** What a member may find of a group buy. */
export type Seen = { units: number; waiting: { units: number; place: number } | null }

/**
 * What a group buy must do, said a second time and as plainly as possible: no storage, nothing happens at the same time as anything
 * else, who is promoted pays in the same breath.
 */
export class ClaimsModel {
  readonly plan: ClaimsPlan
  readonly #purses: Map<MemberId, number>
  readonly #units = new Map<MemberId, number>()
  #paying: Paying[] = []
  #waiting: { memberId: MemberId; units: number }[] = []
  #claims = 0
  state: 'recruiting' | 'filled' | 'failed' | 'cancelled' = 'recruiting'
  nowMs: number
  readonly ends: string[] = []

  constructor(plan: ClaimsPlan, purses: Map<MemberId, number>, nowMs: number) {
    this.plan = plan
    this.#purses = purses
    this.nowMs = nowMs
  }

  unitsOf(memberId: MemberId): number {
    return this.#units.get(memberId) ?? 0
  }

  get filled(): number {
    return this.plan.hostUnits + [...this.#units.values()].reduce((sum, units) => sum + units, 0)
  }

  get remaining(): number {
    return this.plan.totalUnits - this.filled - this.#paying.reduce((sum, { add }) => sum + add, 0)
  }

  get members(): number {
    return [...this.#units.values()].filter((units) => units > 0).length
  }

  get waiting(): number {
    return this.#waiting.length
  }

  see(memberId: MemberId): Seen {
    const place = this.#waiting.findIndex((each) => each.memberId === memberId)
    const entry = this.#waiting[place]
    return { units: this.unitsOf(memberId), waiting: entry ? { units: entry.units, place: place + 1 } : null }
  }

  canPay(memberId: MemberId, add: number): boolean {
    return (this.#purses.get(memberId) ?? 0) >= (this.unitsOf(memberId) + add) * this.plan.unitPrice
  }

  /** What is answered, and the claim to pay for. */
  reserve(memberId: MemberId, units: number, wait: boolean): { code: string; claim: number | null } {
    this.#pass()
    if (this.state !== 'recruiting') return { code: 'GROUP_BUY_CLOSED', claim: null }
    const mine = this.#paying.find((each) => each.memberId === memberId)
    if (mine?.target === units) return { code: 'ok', claim: mine.claim }
    const has = this.unitsOf(memberId)
    if (units <= has) return this.#lessen(memberId, units)
    if (mine) return { code: 'REQUEST_IN_FLIGHT', claim: null }
    if (units - has <= this.remaining) return { code: 'ok', claim: this.#pay(memberId, units) }
    if (!wait || units > this.plan.totalUnits - this.plan.hostUnits)
      return { code: 'SLOTS_EXHAUSTED', claim: null }
    const known = this.#waiting.find((each) => each.memberId === memberId)
    if (known) known.units = units
    else this.#waiting.push({ memberId, units })
    return { code: 'ok', claim: null }
  }

  confirm(claim: number): boolean {
    if (this.nowMs >= this.plan.deadlineMs) this.#pass()
    const paid = this.#paying.find((each) => each.claim === claim)
    if (!paid || this.state !== 'recruiting') return false
    this.#stand(paid)
    return true
  }

  abandon(claim: number): void {
    this.#pass()
    this.#paying = this.#paying.filter((each) => each.claim !== claim)
    this.#promote()
  }

  lessen(memberId: MemberId, units: number): { code: string; claim: number | null } {
    this.#pass()
    return this.state === 'recruiting'
      ? this.#lessen(memberId, units)
      : { code: 'GROUP_BUY_CLOSED', claim: null }
  }

  cancel(): string {
    this.#pass()
    if (this.state === 'failed') return 'GROUP_BUY_CLOSED'
    if (this.state !== 'cancelled') this.#end('cancelled')
    return 'ok'
  }

  advance(ms: number): void {
    this.nowMs += ms
    this.#pass()
  }

  #pass(): void {
    if (this.state === 'recruiting' && this.nowMs >= this.plan.deadlineMs)
      this.#end(this.filled >= this.plan.minUnits ? 'filled' : 'failed')
    const before = this.#paying.length
    this.#paying = this.#paying.filter(({ untilMs }) => untilMs > this.nowMs)
    if (this.#paying.length < before) this.#promote()
  }

  #lessen(memberId: MemberId, units: number): { code: string; claim: null } {
    this.#paying = this.#paying.filter((each) => each.memberId !== memberId)
    this.#waiting = this.#waiting.filter((each) => each.memberId !== memberId)
    if (units < this.unitsOf(memberId)) this.#units.set(memberId, units)
    this.#promote()
    return { code: 'ok', claim: null }
  }

  #pay(memberId: MemberId, target: number): number {
    this.#claims += 1
    const add = target - this.unitsOf(memberId)
    this.#paying.push({ memberId, target, add, untilMs: this.nowMs + RESERVED_FOR_MS, claim: this.#claims })
    return this.#claims
  }

  #stand(paid: Paying): void {
    this.#paying = this.#paying.filter((each) => each !== paid)
    this.#waiting = this.#waiting.filter(({ memberId }) => memberId !== paid.memberId)
    this.#units.set(paid.memberId, this.unitsOf(paid.memberId) + paid.add)
    if (this.filled === this.plan.totalUnits) this.#end('filled')
  }

  /** All who fit are chosen first; then they pay in order, and where one cannot, it is chosen again. */
  #promote(): void {
    const chosen = this.#choose()
    while (chosen.length > 0 && this.state === 'recruiting') {
      const claim = chosen.shift()
      const paid = this.#paying.find((each) => each.claim === claim)
      if (!paid) continue
      if (this.canPay(paid.memberId, paid.add)) this.#stand(paid)
      else {
        this.#paying = this.#paying.filter((each) => each !== paid)
        this.#waiting = this.#waiting.filter(({ memberId }) => memberId !== paid.memberId)
        chosen.push(...this.#choose())
      }
    }
  }

  #choose(): number[] {
    const chosen: number[] = []
    for (;;) {
      const next = this.#waiting.find(
        ({ memberId, units }) =>
          !this.#paying.some((each) => each.memberId === memberId) &&
          units - this.unitsOf(memberId) <= this.remaining,
      )
      if (!next || this.remaining <= 0) return chosen
      chosen.push(this.#pay(next.memberId, next.units))
    }
  }

  #end(state: 'filled' | 'failed' | 'cancelled'): void {
    this.state = state
    this.ends.push(state)
    this.#paying = []
    this.#waiting = []
  }
}
