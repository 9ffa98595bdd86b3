import type { CallContext, Ticking } from './call.ts'
import type { Result } from './errors.ts'
import type { PublicMember } from './identity.ts'
import type { DecisionId, MemberId } from './ids.ts'

/** RPC of the identity worker. */
export interface IdentityApi extends Rpc.WorkerEntrypointBranded, Ticking {
  /** The public faces of up to 50 members; unknown ids are left out. */
  members(ctx: CallContext, ids: MemberId[]): Promise<Result<PublicMember[]>>
  /**
   * Ends the member's sessions and lets nobody sign in to the account until then (`MEMBER_SUSPENDED`); access tokens that are out
   * live at most 15 minutes more. A later `untilMs` wins over an earlier one; repeating changes nothing. The member, who can no longer
   * look it up, is mailed `reason` and, when it is given, `appealPath`: the page on which they can appeal without signing in.
   */
  suspend(
    ctx: CallContext,
    request: {
      memberId: MemberId
      untilMs: number
      decisionId: DecisionId
      reason: string
      appealPath?: string
    },
  ): Promise<Result<null>>
  /** Lifts what that decision put on; another decision's suspension stays. */
  liftSuspension(
    ctx: CallContext,
    request: { memberId: MemberId; decisionId: DecisionId },
  ): Promise<Result<null>>
  /** Who has exactly this nickname now; NOT_FOUND when nobody has. */
  memberByNickname(ctx: CallContext, nickname: string): Promise<Result<PublicMember>>
  /** Whether this is the member's password: CREDENTIALS_WRONG when not, TOO_MANY_REQUESTS when guessed too often. */
  checkPassword(ctx: CallContext, request: { memberId: MemberId; password: string }): Promise<Result<null>>
  /**
   * Sends a letter to the address the member has confirmed, which no other domain gets to know; the same `key` sends once. NOT_FOUND
   * when there is no such member or address.
   */
  letter(
    ctx: CallContext,
    request: { memberId: MemberId; key: string; subject: string; text: string },
  ): Promise<Result<null>>
  /** Public keys that verify access tokens, as a JSON Web Key Set. Changes only when keys rotate. */
  jwks(): Promise<{ keys: JsonWebKey[] }>
}
