import type { Ticking } from './call.ts'

/** RPC of the trades worker. */
export interface TradesApi extends Rpc.WorkerEntrypointBranded, Ticking {}
