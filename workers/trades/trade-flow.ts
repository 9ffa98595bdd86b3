import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers'
import { z } from 'zod'
import { TradeId } from '#contracts/ids'
import { nowMs, SECOND_MS } from '#kit/clock'
import { readEnv } from '#kit/env'
import { carryOut, type Stepper } from './carry.service.ts'
import { TradesEnv } from './env.ts'
import { WORD } from './flow.service.ts'
import { endInSilence } from './silence.service.ts'

const Params = z.object({ tradeId: TradeId })
/** What a step is given before the flow lies down; then the tick carries on. */
const RETRIES = {
  retries: { limit: 5, delay: '1 second', backoff: 'exponential' },
  timeout: '20 seconds',
} as const
/** Words and looks of one flow; more than any trade hears. The tick carries on beyond. */
const ROUNDS_MAX = 200
/** A flow's clock may wake it a little early. */
const AFTER_MS = SECOND_MS

/**
 * The life of a purchase, from the reservation to where its money ends. It remembers nothing that the row does not say: a word that is
 * lost, or a flow that dies, only delays what the tick then does.
 */
export class TradeFlow extends WorkflowEntrypoint<object, unknown> {
  override async run(event: Readonly<WorkflowEvent<unknown>>, step: WorkflowStep): Promise<void> {
    const env = readEnv(TradesEnv, this.env)
    const id = Params.parse(event.payload).tradeId
    const taken = new Map<string, number>()
    /** Names a step by how often it was taken, so that a flow begun again after a crash finds what it has done. */
    const named = (name: string): string => {
      const times = (taken.get(name) ?? 0) + 1
      taken.set(name, times)
      return `${name} ${times}`
    }
    const kept: Stepper = (name, work) => step.do(named(name), RETRIES, work)

    for (let round = 0; round < ROUNDS_MAX; round++) {
      const trade = await carryOut(env, id, kept)
      if (!trade || (trade.state !== 'paid' && trade.state !== 'disputed')) return
      const { releaseAtMs } = trade.escrow
      const waitMs =
        trade.state === 'paid' && releaseAtMs !== null
          ? releaseAtMs - nowMs()
          : trade.escrow.heldUntilMs - nowMs()
      try {
        await step.waitForEvent(named(WORD), { type: WORD, timeout: Math.max(waitMs, 0) + AFTER_MS })
      } catch {
        // Nobody said a word in all that time.
        await step.do(named('silence'), RETRIES, async () => {
          await endInSilence(env, id, nowMs())
        })
      }
    }
  }
}
