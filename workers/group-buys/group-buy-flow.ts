import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers'
import { z } from 'zod'
import { GroupBuyId } from '#contracts/ids'
import { nowMs, SECOND_MS } from '#kit/clock'
import { readEnv } from '#kit/env'
import { takeUp } from './carry.service.ts'
import { GroupBuysEnv } from './env.ts'
import { WORD } from './flow.service.ts'

const Params = z.object({ groupBuyId: GroupBuyId })
/** What a look is given before the flow lies down; then the tick carries on. */
const RETRIES = {
  retries: { limit: 5, delay: '1 second', backoff: 'exponential' },
  timeout: '30 seconds',
} as const
/** Looks and words of one flow; more than any group buy has. The tick carries on beyond. */
const ROUNDS_MAX = 300
/** A flow's clock may wake it a little early. */
const AFTER_MS = SECOND_MS

/**
 * The life of a group buy after its recruiting, to where its money ends. It remembers nothing that the row does not say: a word that is
 * lost, or a flow that dies, only delays what the tick then does.
 */
export class GroupBuyFlow extends WorkflowEntrypoint<object, unknown> {
  override async run(event: Readonly<WorkflowEvent<unknown>>, step: WorkflowStep): Promise<void> {
    const env = readEnv(GroupBuysEnv, this.env)
    const id = Params.parse(event.payload).groupBuyId
    for (let round = 1; round <= ROUNDS_MAX; round++) {
      const { dueAtMs } = await step.do(`look ${round}`, RETRIES, async () => ({
        dueAtMs: await takeUp(env, id, nowMs()),
      }))
      if (dueAtMs === null) return
      const waitMs = dueAtMs - nowMs()
      if (waitMs <= 0) continue
      try {
        await step.waitForEvent(`${WORD} ${round}`, { type: WORD, timeout: waitMs + AFTER_MS })
      } catch {
        // Nobody said a word in all that time: what is due is looked at.
      }
    }
  }
}
