import { get } from '$lib/api/client.ts'

const ROUNDS = 5
type Sample = { offsetMs: number; roundMs: number }

/** The best guess of several looks at a clock far away: that of the quickest round, which can be wrong by half of it at most. */
export function bestOffset(samples: readonly Sample[]): number | null {
  const quickest = samples.toSorted((a, b) => a.roundMs - b.roundMs)[0]
  return quickest?.offsetMs ?? null
}

/** What the far clock was ahead when its answer was written in the middle of the round. */
export const sampleOf = (saidMs: number, askedAtMs: number, answeredAtMs: number): Sample => ({
  offsetMs: saidMs - (askedAtMs + answeredAtMs) / 2,
  roundMs: answeredAtMs - askedAtMs,
})

/**
 * The server's clock, read here. It goes by the browser's own steady clock, so that somebody who sets the clock of their phone
 * changes nothing. Until it is measured it goes by what the page came with.
 */
export class ServerClock {
  #offsetMs: number
  isMeasured = false

  constructor(said: string) {
    this.#offsetMs = Date.parse(said) - performance.now()
  }

  nowMs = (): number => this.#offsetMs + performance.now()

  /** Asks a few times; without any answer it goes on as before. */
  async measure(): Promise<boolean> {
    const samples: Sample[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const askedAtMs = performance.now()
      const reply = await get<{ now: string }>(fetch, '/coupons/clock')
      if (reply.ok) samples.push(sampleOf(Date.parse(reply.value.now), askedAtMs, performance.now()))
    }
    const offset = bestOffset(samples)
    if (offset !== null) {
      this.#offsetMs = offset
      this.isMeasured = true
    }
    return offset !== null
  }
}
