import { nowMs } from '#kit/clock'
import { describeError, log } from '#kit/log'
import type { NotificationsEnv } from './env.ts'
import { crossOff, type Delivery, dueDeliveries, freshDeliveries, putOff } from './errand.store.ts'
import { inboxOf } from './inbox.ts'

const CHUNK = 100
/** Inboxes spoken to at once: each is another object, perhaps on another machine. */
const AT_ONCE = 10
/** What one run carries out at most; the next tick goes on. */
const CHUNKS_A_RUN = 20

/**
 * Carries out the errands of a fact just committed. Cut off anywhere, the tick goes on: an errand is crossed off after it is done, and
 * doing it twice changes nothing.
 */
export async function runErrands(env: NotificationsEnv, errandIds: string[]): Promise<void> {
  if (errandIds.length === 0) return
  await carryOut(env, () => freshDeliveries(env.DB, errandIds, CHUNK))
}

/** Carries out whatever is due; answers how many deliveries arrived. */
export const runDueErrands = (env: NotificationsEnv, atMs: number): Promise<number> =>
  carryOut(env, () => dueDeliveries(env.DB, atMs, CHUNK))

async function carryOut(env: NotificationsEnv, next: () => Promise<Delivery[]>): Promise<number> {
  let arrived = 0
  for (let run = 0; run < CHUNKS_A_RUN; run++) {
    const chunk = await next()
    if (chunk.length === 0) return arrived
    arrived += await deliverChunk(env, chunk)
    if (chunk.length < CHUNK) return arrived
  }
  return arrived
}

async function deliverChunk(env: NotificationsEnv, chunk: Delivery[]): Promise<number> {
  const [done, failed]: [Delivery[], Delivery[]] = [[], []]
  const waiting = [...chunk]
  const carrier = async () => {
    for (let delivery = waiting.shift(); delivery; delivery = waiting.shift())
      (await hasArrived(env, delivery)) ? done.push(delivery) : failed.push(delivery)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, carrier))
  await env.DB.batch([...crossOff(env.DB, done), ...putOff(env.DB, failed, nowMs())])
  return done.length
}

async function hasArrived(env: NotificationsEnv, { memberId, errand, errandId }: Delivery): Promise<boolean> {
  const inbox = inboxOf(env, memberId)
  try {
    if (errand.kind === 'put') await inbox.put(errand.source, errand.draft, nowMs(), memberId)
    else if (errand.kind === 'read') await inbox.markCollapsed(errand.collapseKey, errand.upTo)
    else await inbox.wipe()
    return true
  } catch (error) {
    log('warn', 'an inbox could not be reached, it is tried again', { errandId, ...describeError(error) })
    return false
  }
}
