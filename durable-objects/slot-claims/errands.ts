import type { MemberId } from '#contracts/ids'
import { describeError, log } from '#kit/log'
import type { ClaimsPorts } from './claims.api.ts'
import type { ClaimsService } from './claims.service.ts'
import type { Errand } from './errands.store.ts'

/**
 * Does elsewhere what was decided here. Whatever dies or gives no answer stays an errand and is done again; every request carries
 * the same ids each time, so that doing it twice moves nothing.
 */
export class Errands<Env> {
  readonly #env: Env
  readonly #claims: ClaimsService
  readonly #ports: ClaimsPorts<Env>
  readonly #clock: () => number

  constructor(env: Env, claims: ClaimsService, ports: ClaimsPorts<Env>, clock: () => number) {
    this.#env = env
    this.#claims = claims
    this.#ports = ports
    this.#clock = clock
  }

  /** What is due, of one member or of all, until nothing is. Never throws. */
  async run(memberId: MemberId | null = null): Promise<void> {
    for (;;) {
      const due = this.#claims.errands.takeDue(this.#clock(), memberId)
      if (due.length === 0) return
      await Promise.all(due.map((errand) => this.#try(errand)))
    }
  }

  async #try(errand: Errand): Promise<void> {
    try {
      if (errand.kind === 'release') await this.#release(errand)
      else if (errand.kind === 'exchange') await this.#exchange(errand)
      else await this.#promote(errand)
    } catch (error) {
      log('warn', 'an errand of a group buy is put off', { kind: errand.kind, ...describeError(error) })
    }
  }

  async #release({ number, holdId }: Extract<Errand, { kind: 'release' }>): Promise<void> {
    const plan = this.#claims.facts()?.plan
    if (plan) await this.#ports.release(this.#env, plan.groupBuyId, [holdId])
    this.#claims.errands.done(number)
  }

  /** A refusal leaves the greater hold for the smaller part: what it has beyond goes back when the group buy is settled. */
  async #exchange(errand: Extract<Errand, { kind: 'exchange' }>): Promise<void> {
    const plan = this.#claims.facts()?.plan
    if (!plan) return this.#claims.errands.done(errand.number)
    const { memberId, holdId, units, insteadHoldId: instead } = errand
    const lines = [{ holdId, memberId, amount: units * plan.unitPrice }]
    const held = await this.#ports.hold(this.#env, { plan, lines, instead })
    if (held.ok) this.#claims.exchanged(errand, this.#clock())
    else this.#claims.errands.done(errand.number)
  }

  async #promote({ number, claimId }: Extract<Errand, { kind: 'promote' }>): Promise<void> {
    const plan = this.#claims.facts()?.plan
    const reserved = this.#claims.promotionOf(claimId)
    if (plan && reserved) {
      const { memberId, holdId, addUnits, unitPrice } = reserved
      const lines = [{ holdId, memberId, amount: addUnits * unitPrice }]
      const held = await this.#ports.hold(this.#env, { plan, lines, instead: null })
      if (held.ok) this.#claims.confirm(reserved, this.#clock())
      else this.#claims.passOver(claimId, this.#clock())
    }
    this.#claims.errands.done(number)
  }
}
