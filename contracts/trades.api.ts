import type { CallContext, Ticking } from './call.ts'
import type { Result } from './errors.ts'
import type { TradeId } from './ids.ts'
import type { TradeState } from './trades.ts'

/** RPC of the trades worker. */
export interface TradesApi extends Rpc.WorkerEntrypointBranded, Ticking {
  /** The states of up to 100 trades paid with the wallet, for the audit of what is held for them; unknown ids are left out. */
  states(ctx: CallContext, ids: TradeId[]): Promise<Result<{ id: TradeId; state: TradeState }[]>>
}
