import type { CallContext, Ticking } from './call.ts'
import type { Result } from './errors.ts'
import type { GroupBuyState } from './group-buys.ts'
import type { GroupBuyId } from './ids.ts'

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
}
