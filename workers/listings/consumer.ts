import type { Handlers } from '#kit/consume'
import type { ListingsEnv } from './env.ts'
import { countChat } from './listing.store.ts'
import { keepHeardFace, keepWithdrawal } from './seller.store.ts'
import { clearWithdrawn } from './withdrawal.service.ts'

/** What listings does with the facts it hears. Faces are kept by version, so neither order nor repetition matters. */
export const handlersOf = (env: ListingsEnv): Handlers => ({
  'member.profile_changed': (event) => ({ statements: [keepHeardFace(env.DB, event)] }),
  // A room is opened once, and its fact is heard once: the inbox sees to that.
  'chat.room_opened': ({ data }) => ({ statements: [countChat(env.DB, data.listingId)] }),
  'member.withdrawn': (event) => ({
    statements: [keepWithdrawal(env.DB, event)],
    // Cut off here, the tick goes on: the mark that there is something to clear is committed.
    afterCommit: () => clearWithdrawn(env, event.data.memberId),
  }),
})
