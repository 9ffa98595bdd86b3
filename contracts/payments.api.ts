import type { CallContext, Ticking } from './call.ts'
import type { Result } from './errors.ts'
import type { HoldId, MemberId, TradeId } from './ids.ts'
import type { Cause, Hold, Invariant } from './payments.ts'

/** One part of what is put aside: a member's own money, or the promotion account's share of a discount. */
export type HoldLine = { holdId: HoldId; payer: MemberId | 'promotion'; amount: number }

/**
 * RPC of the payments worker. Amounts are whole won. Every call stands for itself: the ids in it make it happen once, however
 * often it is repeated, and a repeated call gets the first answer.
 */
export interface PaymentsApi extends Rpc.WorkerEntrypointBranded, Ticking {
  /**
   * Puts the money of all lines aside, or of none. Known hold ids with the same payer and amount answer as they stand by now;
   * with others, CONFLICT. Refused: INSUFFICIENT_BALANCE, WALLET_FROZEN. A hold that nobody resolves frees itself at `expiresAtMs`.
   * `payeeId` is who is to get it in the end (what they are owed shows on their money page), `title` what both will recognise,
   * `nextAtMs` when something happens to it by itself. The holds of `instead` go back in the same step, so that what is put aside can
   * be made smaller by who has nothing else left; one that is not open any more makes it HOLD_VOIDED (or says what became of it), and nothing moves.
   */
  hold(
    ctx: CallContext,
    request: {
      cause: Cause
      lines: HoldLine[]
      payeeId: MemberId | null
      title: string
      url: string
      nextAtMs: number | null
      expiresAtMs: number
      instead?: HoldId[]
    },
  ): Promise<Result<Hold[]>>
  /**
   * Takes part or all of the given holds and gives it on, through the escrow account, in one step: the sum of `takes` equals the sum
   * of `gives`; what a hold has beyond its take goes back to its payer. Each hold is resolved once: HOLD_POSTED, HOLD_VOIDED and
   * HOLD_EXPIRED say what came before; the same `settlementId` again answers the first result.
   */
  settle(
    ctx: CallContext,
    request: {
      settlementId: string
      cause: Cause
      takes: { holdId: HoldId; amount: number }[]
      gives: { to: MemberId | 'fees' | 'promotion'; amount: number }[]
      memo: string
    },
  ): Promise<Result<Hold[]>>
  /** Gives all of the holds back. Voided or expired ones stay as they are; one that was posted makes it HOLD_POSTED and nothing moves. */
  release(ctx: CallContext, request: { holdIds: HoldId[] }): Promise<Result<Hold[]>>
  /** Lets open holds live until `expiresAtMs` (a dispute takes its time); never shortens. */
  prolong(
    ctx: CallContext,
    request: { holdIds: HoldId[]; nextAtMs: number | null; expiresAtMs: number },
  ): Promise<Result<Hold[]>>
  /** The holds of a process as they stand. */
  holdsOf(ctx: CallContext, cause: Cause): Promise<Result<Hold[]>>
  /** The holds of up to 100 trades as they stand, for their audit; a trade that nothing was held for has none. */
  holdsOfMany(ctx: CallContext, tradeIds: TradeId[]): Promise<Result<{ tradeId: TradeId; holds: Hold[] }[]>>
  /**
   * Money back after a settlement: from the payee's spendable balance to the one who paid. The same `refundId` moves it once.
   * INSUFFICIENT_BALANCE when the payee does not have it any more; nothing moves then.
   */
  refund(
    ctx: CallContext,
    request: { refundId: string; cause: Cause; from: MemberId; to: MemberId; amount: number; memo: string },
  ): Promise<Result<null>>
  /** Whether a member may leave: WALLET_NOT_EMPTY while there is money in the wallet, held, owed to them, or about to be paid in. */
  mayLeave(ctx: CallContext, memberId: MemberId): Promise<Result<null>>
  /** Another domain's audit found this; the same `key` is one incident. Freezing its own aggregate is the caller's. */
  reportIncident(
    ctx: CallContext,
    incident: {
      key: string
      invariant: Invariant
      aggregate: string
      difference: number
      explanation: string
    },
  ): Promise<void>
}
