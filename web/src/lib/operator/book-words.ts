import type { Invariant, PlatformAccount } from '#contracts/payments'
import { m } from '$lib/paraglide/messages.js'

/** What each of the platform's own accounts is for; the type keeps it whole when the contract grows. */
export const ACCOUNTS: Record<PlatformAccount, { name: () => string; what: () => string }> = {
  escrow: { name: m.operator_account_escrow, what: m.operator_account_escrow_what },
  promotion: { name: m.operator_account_promotion, what: m.operator_account_promotion_what },
  fees: { name: m.operator_account_fees, what: m.operator_account_fees_what },
  provider: { name: m.operator_account_provider, what: m.operator_account_provider_what },
  bank: { name: m.operator_account_bank, what: m.operator_account_bank_what },
  correction: { name: m.operator_account_correction, what: m.operator_account_correction_what },
}

export const INVARIANTS: Record<Invariant, () => string> = {
  entries_sum_to_zero: m.operator_inv_sum,
  transfer_has_two_entries: m.operator_inv_two,
  balance_is_sum_of_entries: m.operator_inv_balance,
  no_wallet_below_zero: m.operator_inv_below,
  held_is_sum_of_open_holds: m.operator_inv_held,
  hold_resolved_once: m.operator_inv_once,
  hold_has_open_process: m.operator_inv_process,
  escrow_is_empty: m.operator_inv_escrow,
  provider_clearing_matches: m.operator_inv_provider,
  bank_clearing_matches: m.operator_inv_bank,
  coupons_within_total: m.operator_inv_coupons,
  coupon_receipts_chain: m.operator_inv_chain,
  coupon_projection_matches: m.operator_inv_projection,
  coupon_used_by_one_trade: m.operator_inv_used,
  trade_paid_by_holds: m.operator_inv_paid,
  trade_sold_its_listing: m.operator_inv_sold,
}

const PLATFORM = 'platform:'
const isAccount = (name: string): name is PlatformAccount => Object.hasOwn(ACCOUNTS, name)
export const ACCOUNT_ORDER: PlatformAccount[] = Object.keys(ACCOUNTS).filter(isAccount)
/** `platform:escrow` by its name; whatever else by what it is called. */
export function accountWords(id: string): string {
  const name = id.startsWith(PLATFORM) ? id.slice(PLATFORM.length) : id
  return isAccount(name) ? ACCOUNTS[name].name() : id
}

/** What can be set right without an entry between accounts: how much is held, and a hold that nobody will resolve any more. */
export const CORRECTIONS_WITHOUT_ENTRY: Partial<Record<Invariant, () => string>> = {
  held_is_sum_of_open_holds: m.operator_incident_resum,
  hold_has_open_process: m.operator_incident_free,
}
