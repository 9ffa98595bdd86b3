import type { Ticking } from './call.ts'

/** RPC of the search worker: it only hears events, so nothing but the tick is asked of it. */
export interface SearchApi extends Rpc.WorkerEntrypointBranded, Ticking {}
