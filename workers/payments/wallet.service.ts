import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import {
  CHARGE_MAX,
  CHARGED_A_DAY_MAX,
  PAID_OUT_A_DAY_MAX,
  PAYOUT_MAX,
  TRANSFER_MAX,
  TRANSFERRED_A_DAY_MAX,
  type Wallet,
} from '#contracts/payments'
import { ok, refuse } from '#kit/result'
import { hasOpenCharge } from './charge.store.ts'
import type { PaymentsEnv } from './env.ts'
import { readWallet } from './wallet.store.ts'

/** A member's wallet as its owner sees it. */
export async function walletOf(env: PaymentsEnv, memberId: MemberId, atMs: number): Promise<Wallet> {
  const { balance, held, owed, frozen, hasPin, ...moved } = await readWallet(env.DB, memberId, atMs)
  const left = (most: number, used: number) => Math.max(0, most - used)
  return {
    balance: balance - held,
    held,
    total: balance,
    owed,
    currency: 'KRW',
    frozen: frozen === 1,
    hasPin: hasPin === 1,
    limits: {
      charge: { atOnce: CHARGE_MAX, today: left(CHARGED_A_DAY_MAX, moved.charged) },
      transfer: { atOnce: TRANSFER_MAX, today: left(TRANSFERRED_A_DAY_MAX, moved.transferred) },
      payout: { atOnce: PAYOUT_MAX, today: left(PAID_OUT_A_DAY_MAX, moved.paidOut) },
    },
  }
}

/**
 * Whether a member may leave: not while there is money in the wallet, held, or owed to them, nor while a top-up of theirs may still be
 * paid. One that is paid all the same, since it was begun at the same moment or had been declined before, goes back to the payer.
 */
export async function mayLeave(env: PaymentsEnv, memberId: MemberId, atMs: number): Promise<Result<null>> {
  const { balance, held, owed } = await readWallet(env.DB, memberId, atMs)
  const isEmpty = balance === 0 && held === 0 && owed === 0
  return isEmpty && !(await hasOpenCharge(env.DB, memberId)) ? ok(null) : refuse('WALLET_NOT_EMPTY')
}
