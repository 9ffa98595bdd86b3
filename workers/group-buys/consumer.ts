import type { Handlers } from '#kit/consume'
import { end } from './cancel.service.ts'
import type { GroupBuysEnv } from './env.ts'
import { keepHeardFace, keepWithdrawal } from './face.store.ts'
import { readOpenOf } from './group-buy.store.ts'

/**
 * What group-buys does with the facts it hears. Faces are kept by version. What a host who left has open is called off before the fact
 * is marked as heard: cut off in between it is heard again, and finds less to do.
 */
export const handlersOf = (env: GroupBuysEnv): Handlers => ({
  'member.profile_changed': (event) => ({ statements: [keepHeardFace(env.DB, event)] }),
  'member.withdrawn': async (event) => {
    const by = { actorId: event.data.memberId, requestId: event.requestId, failure: null }
    for (const id of await readOpenOf(env.DB, event.data.memberId)) {
      const ended = await end(env, id, by)
      if (!ended.ok && ended.refusal.code === 'CONFLICT') throw new Error(`${id} was not called off`)
    }
    return { statements: [keepWithdrawal(env.DB, event)] }
  },
})
