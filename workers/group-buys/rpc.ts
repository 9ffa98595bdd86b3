import { WorkerEntrypoint } from 'cloudflare:workers'
import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { GroupBuyState } from '#contracts/group-buys'
import type { Gathering, GroupBuysApi } from '#contracts/group-buys.api'
import type { GroupBuyId, MemberId } from '#contracts/ids'
import { readEnv } from '#kit/env'
import { ok } from '#kit/result'
import { GroupBuysEnv } from './env.ts'
import { gatheringOf } from './gathering.service.ts'
import { readStates } from './group-buy.store.ts'
import { sweep } from './sweep.service.ts'

/** What other domains ask of group buys; see contracts/group-buys.api. */
export class GroupBuysRpc extends WorkerEntrypoint<object> implements GroupBuysApi {
  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    return await sweep(readEnv(GroupBuysEnv, this.env), now)
  }

  async states(
    _ctx: CallContext,
    ids: GroupBuyId[],
  ): Promise<Result<{ id: GroupBuyId; state: GroupBuyState; isOver: boolean }[]>> {
    return ok(await readStates(readEnv(GroupBuysEnv, this.env).DB, ids))
  }

  async gathering(
    _ctx: CallContext,
    { groupBuyId, memberId }: { groupBuyId: GroupBuyId; memberId: MemberId },
  ): Promise<Result<Gathering>> {
    return await gatheringOf(readEnv(GroupBuysEnv, this.env), groupBuyId, memberId)
  }
}
