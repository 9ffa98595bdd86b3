import type { PayoutId } from '#contracts/ids'
import type { BankAccount } from '#contracts/payments'
import { toss } from './bank.toss.ts'
import type { PaymentsEnv } from './env.ts'
import { outsideOf } from './provider.http.ts'

/** How a pay-out stands at the bank; `failure` is what the bank says to it. */
export type BankPayout =
  | { status: 'underway' | 'paid'; bankId: string }
  | { status: 'failed'; bankId: string; failure: string }
  /** Not taken at all, for a reason that does not pass: there is no such account. */
  | { status: 'refused'; failure: string }

/**
 * Who pays money out. Each call throws when the bank is out of reach, or answers what may be otherwise later: the caller asks again
 * with the same id, under which the bank pays once.
 */
export type BankPayouts = {
  send(payout: { id: PayoutId; amount: number; account: BankAccount }): Promise<BankPayout>
  /** The pay-out as it stands. */
  read(bankId: string): Promise<BankPayout>
}

/** The bank of this deployment. */
export const bankOf = (env: PaymentsEnv): BankPayouts =>
  toss({ http: outsideOf(env), secretKey: env.TOSS_SECRET_KEY, securityKey: env.TOSS_SECURITY_KEY })
