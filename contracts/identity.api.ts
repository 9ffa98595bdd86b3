import type { CallContext, Ticking } from './call.ts'
import type { Result } from './errors.ts'
import type { PublicMember } from './identity.ts'
import type { MemberId } from './ids.ts'

/** RPC of the identity worker. */
export interface IdentityApi extends Rpc.WorkerEntrypointBranded, Ticking {
  /** The public faces of up to 50 members; unknown ids are left out. */
  members(ctx: CallContext, ids: MemberId[]): Promise<Result<PublicMember[]>>
  /** Public keys that verify access tokens, as a JSON Web Key Set. Changes only when keys rotate. */
  jwks(): Promise<{ keys: JsonWebKey[] }>
}
