import type { Campaign, CampaignPulse } from '#contracts/coupons'
import { get } from '$lib/api/client.ts'
import { m } from '$lib/paraglide/messages.js'
import { ServerClock } from './clock.ts'
import { isCalled, nextOpening, type Phase, phaseOf, pulseAfterMs, stepPassed } from './phase.ts'
import { leftInWords, townDayAndTime } from './words.ts'

const MEASURE_EVERY_MS = 60_000
const SECOND_MS = 1_000

/**
 * A campaign as it is watched: the clock ticks by the server's time, the number left is looked at each second while the page is seen.
 * The clock opens the day here; who gets a coupon is the server's word alone.
 */
export class CampaignWatch {
  pulse: CampaignPulse
  nowMs: number
  /** What a screen reader says next. */
  spoken = $state('')
  /** The last looks found nobody: what is shown may be old. */
  isCutOff = $state(false)
  readonly #campaign: Campaign
  readonly #clock: ServerClock
  #timers: ReturnType<typeof setTimeout>[] = []
  #isLooking = false
  #isLeft = false

  constructor(campaign: Campaign) {
    this.#campaign = campaign
    this.#clock = new ServerClock(campaign.now)
    this.pulse = $state.raw(campaign)
    this.nowMs = $state(Date.parse(campaign.now))
  }

  get phase(): Phase {
    return phaseOf(this.pulse, this.nowMs, this.#campaign)
  }
  get untilOpenMs(): number {
    return Date.parse(this.pulse.opensAt) - this.nowMs
  }
  get untilCloseMs(): number {
    return Date.parse(this.pulse.closesAt) - this.nowMs
  }
  get next(): string | null {
    return nextOpening(this.#campaign, this.pulse)
  }
  /** Exactly now, by the server: for whether a refusal came within the clocks' difference. */
  exactlyNowMs = (): number => this.#clock.nowMs()

  start(): () => void {
    this.#isLeft = false
    this.#measure()
    this.#tick()
    void this.look()
    const seen = () => {
      if (document.visibilityState !== 'visible') return
      void this.#clock.measure()
      void this.look()
    }
    document.addEventListener('visibilitychange', seen)
    return () => {
      this.#isLeft = true
      document.removeEventListener('visibilitychange', seen)
      for (const timer of this.#timers) clearTimeout(timer)
      this.#timers = []
    }
  }

  /** Looks at the number now, and again when its time comes. A look on its way is enough. */
  async look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    clearTimeout(this.#timers[1])
    if (document.visibilityState === 'visible') {
      const reply = await get<CampaignPulse>(fetch, `/coupons/campaigns/${this.#campaign.id}/pulse`)
      this.isCutOff = !reply.ok
      if (reply.ok) this.#take(reply.value)
    }
    this.#isLooking = false
    const afterMs = pulseAfterMs(this.phase, this.untilOpenMs)
    if (afterMs !== null && !this.#isLeft) this.#timers[1] = setTimeout(() => void this.look(), afterMs)
  }

  #take(pulse: CampaignPulse): void {
    const before = this.pulse
    this.pulse = pulse
    if (before.day !== pulse.day || this.phase === 'before') return
    const step = stepPassed(before.remaining, pulse.remaining, this.#campaign.total)
    if (step === 0) this.spoken = m.coupon_say_gone()
    else if (step !== null) this.spoken = m.coupon_say_left({ count: String(step) })
  }

  #measure(): void {
    void this.#clock.measure()
    this.#timers[2] = setTimeout(() => this.#measure(), MEASURE_EVERY_MS)
  }

  /** On each second of the server's clock, when the numbers change. */
  #tick(): void {
    const before: Phase = this.phase
    this.nowMs = this.#clock.nowMs()
    const phase: Phase = this.phase
    if (before === 'before' && phase === 'open') {
      this.spoken = m.coupon_say_open()
      void this.look()
    } else if (phase === 'before' && isCalled(this.untilOpenMs)) {
      this.spoken = m.coupon_say_until({ left: leftInWords(this.untilOpenMs) })
    }
    const toNextSecond = SECOND_MS - (this.nowMs % SECOND_MS)
    this.#timers[0] = setTimeout(() => this.#tick(), toNextSecond + 1)
  }
}
export const nextWords = (at: string | null): string =>
  at === null ? '' : m.coupon_next({ when: townDayAndTime(at) })
