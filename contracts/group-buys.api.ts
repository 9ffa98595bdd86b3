import type { CallContext, Ticking } from './call.ts'
import type { Result } from './errors.ts'
import type { GroupBuyState } from './group-buys.ts'
import type { GroupBuyId, MemberId } from './ids.ts'
import type { Image } from './media.ts'

/** A group buy as its room shows it, and who is in it. */
export type Gathering = {
  id: GroupBuyId
  title: string
  state: GroupBuyState
  image: Image | null
  hostId: MemberId
  /** Whoever holds units now, without the host, in the order they joined. */
  memberIds: MemberId[]
  /** Not newer than `memberIds`: facts of a later version tell what came after. */
  version: number
}

/** RPC of the group-buys worker. */
export interface GroupBuysApi extends Rpc.WorkerEntrypointBranded, Ticking {
  /**
   * The states of up to 100 group buys, for the audit of what is held for them; unknown ids are left out. `isOver` once one has ended and
   * all its money has found its place.
   */
  states(
    ctx: CallContext,
    ids: GroupBuyId[],
  ): Promise<Result<{ id: GroupBuyId; state: GroupBuyState; isOver: boolean }[]>>
  /** For who is in it: its host, or who holds units. For others, also those who only wait, it is NOT_FOUND as if there were none. */
  gathering(
    ctx: CallContext,
    request: { groupBuyId: GroupBuyId; memberId: MemberId },
  ): Promise<Result<Gathering>>
}
