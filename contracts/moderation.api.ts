import type { Ticking } from './call.ts'

/** RPC of the moderation worker: others hear its facts, so nothing but the tick is asked of it. */
export interface ModerationApi extends Rpc.WorkerEntrypointBranded, Ticking {}
