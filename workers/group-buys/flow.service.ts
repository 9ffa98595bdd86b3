import type { GroupBuyId } from '#contracts/ids'
import { describeError, log } from '#kit/log'
import type { GroupBuysEnv } from './env.ts'

/** What a flow waits for: somebody has written into its row what is to be done. */
export const WORD = 'word'
const OVER: ReadonlySet<InstanceStatus['status']> = new Set(['errored', 'terminated', 'complete'])

/**
 * Tells the flow of a group buy that its row has something to do; one that is missing is started, one that lay down begins again. Told
 * twice it looks twice; what does not reach it the tick carries out.
 */
export async function nudge(env: GroupBuysEnv, id: GroupBuyId): Promise<void> {
  try {
    const flow = await env.GROUP_BUY_FLOW.get(id)
    const { status } = await flow.status()
    if (OVER.has(status)) await flow.restart()
    else await flow.sendEvent({ type: WORD, payload: null })
  } catch {
    await start(env, id)
  }
}

async function start(env: GroupBuysEnv, id: GroupBuyId): Promise<void> {
  try {
    await env.GROUP_BUY_FLOW.create({ id, params: { groupBuyId: id } })
  } catch (error) {
    log('warn', 'flow not started, left to the tick', { groupBuyId: id, ...describeError(error) })
  }
}
