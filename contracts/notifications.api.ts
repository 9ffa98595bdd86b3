import type { Ticking } from './call.ts'

/** RPC of the notifications worker: it only hears events, so nothing but the tick is asked of it. */
export interface NotificationsApi extends Rpc.WorkerEntrypointBranded, Ticking {}
