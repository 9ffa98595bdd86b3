import type { Charge } from '#contracts/payments'
import { call, get, type Trouble } from '$lib/api/client.ts'

/** After each ask that found nothing new, the next waits longer; then people ask by button. */
const ASK_AFTER_MS = [0, 2_000, 3_000, 5_000, 8_000, 12_000, 20_000, 30_000] as const

/**
 * Follows a top-up until it is over. Each ask makes our side look at the provider's own record, so that a return without a webhook,
 * a reload and a second tab all end in the same state; asking twice credits once.
 */
export class ChargeWatch {
  charge: Charge
  asking = $state(false)
  trouble = $state.raw<Trouble | null>(null)
  gaveUp = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = 0
  #isLeft = false

  constructor(charge: Charge) {
    this.charge = $state.raw(charge)
  }

  start(): () => void {
    this.#isLeft = false
    this.#next()
    return () => {
      this.#isLeft = true
      clearTimeout(this.#timer)
    }
  }

  /** By hand, or because the page is looked at again: from the beginning. */
  restart(): void {
    this.#asked = 0
    this.gaveUp = false
    clearTimeout(this.#timer)
    this.#next()
  }

  #next(): void {
    if (this.charge.state !== 'pending' || this.#isLeft) return
    const afterMs = ASK_AFTER_MS[this.#asked++]
    this.gaveUp = afterMs === undefined
    if (afterMs !== undefined) this.#timer = setTimeout(() => void this.#ask(), afterMs)
  }

  async #ask(): Promise<void> {
    if (this.asking) return
    this.asking = true
    const path = `/wallet/charges/${this.charge.id}`
    const confirmed = await call<Charge>(fetch, 'POST', `${path}/confirm`)
    // A refusal says that it is not paid; how the charge stands then is read from itself.
    const reply = confirmed.ok ? confirmed : await get<Charge>(fetch, path, { fresh: true })
    this.asking = false
    if (reply.ok) this.charge = reply.value
    this.trouble = reply.ok ? null : reply.trouble
    this.#next()
  }
}
