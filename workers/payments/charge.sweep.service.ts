import { MINUTE_MS, nowMs, SECOND_MS } from '#kit/clock'
import { relay } from '#kit/outbox'
import { followCharge } from './charge.follow.service.ts'
import { putOffAsking, readToAsk } from './charge.store.ts'
import type { PaymentsEnv } from './env.ts'

/** One tick asks about at most so many, and begins no more of them after its time; the rest waits a minute. */
const ASKED_A_TICK = 60
const SWEEP_BUDGET_MS = 15 * SECOND_MS
/** A question without an answer is asked again after this, behind those that wait as well. */
const ASK_AGAIN_MS = MINUTE_MS

/**
 * The minute's part for top-ups: those whose time is over are asked about once more before they are called expired, and what has
 * to go back to a payer is tried again. Twice or late is harmless: each ends as the provider says. Answers how many were asked about.
 */
export async function sweepCharges(env: PaymentsEnv, atMs: number): Promise<number> {
  const ids = await readToAsk(env.DB, atMs, ASKED_A_TICK)
  const untilMs = nowMs() + SWEEP_BUDGET_MS
  let asked = 0
  for (const id of ids) {
    if (nowMs() > untilMs) break
    const following = { actorId: null, requestId: `tick:${id}`, atMs, also: () => [] }
    const followed = await followCharge(env, id, following)
    if (followed.ok) await relay(env.DB, env, followed.value.events)
    else await putOffAsking(env.DB, id, atMs + ASK_AGAIN_MS).run()
    asked += 1
  }
  return asked
}
