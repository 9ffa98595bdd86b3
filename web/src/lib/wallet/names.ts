import type { Cause, CauseKind, Charge, Payout, Underway } from '#contracts/payments'
import { m } from '$lib/paraglide/messages.js'

// The types keep each table whole when the contract grows.

export const CAUSE_NAMES: Record<CauseKind, () => string> = {
  charge: m.wallet_cause_charge,
  transfer: m.wallet_cause_transfer,
  payout: m.wallet_cause_payout,
  trade: m.wallet_cause_trade,
  refund: m.wallet_cause_refund,
  group_buy: m.wallet_cause_group_buy,
  correction: m.wallet_cause_correction,
}
const isCause = (value: string): value is CauseKind => Object.hasOwn(CAUSE_NAMES, value)
export const CAUSES: CauseKind[] = Object.keys(CAUSE_NAMES).filter(isCause)

type Bank = Payout['bank']
export const BANK_NAMES: Record<Bank, () => string> = {
  kb: m.wallet_bank_kb,
  shinhan: m.wallet_bank_shinhan,
  woori: m.wallet_bank_woori,
  hana: m.wallet_bank_hana,
  nh: m.wallet_bank_nh,
  ibk: m.wallet_bank_ibk,
  kakao: m.wallet_bank_kakao,
  toss: m.wallet_bank_toss,
  kbank: m.wallet_bank_kbank,
  sc: m.wallet_bank_sc,
  mg: m.wallet_bank_mg,
  shinhyup: m.wallet_bank_shinhyup,
  post: m.wallet_bank_post,
  busan: m.wallet_bank_busan,
  daegu: m.wallet_bank_daegu,
  gwangju: m.wallet_bank_gwangju,
}
export const isBank = (value: string): value is Bank => Object.hasOwn(BANK_NAMES, value)
export const BANKS: Bank[] = Object.keys(BANK_NAMES).filter(isBank)

export const CHARGE_STATE_NAMES: Record<Charge['state'], () => string> = {
  pending: m.wallet_charge_pending,
  paid: m.wallet_charge_paid,
  declined: m.wallet_charge_declined,
  expired: m.wallet_charge_expired,
  mismatched: m.wallet_charge_mismatched,
}

export const PAYOUT_STATE_NAMES: Record<Payout['state'], () => string> = {
  requested: m.wallet_payout_requested,
  sent: m.wallet_payout_sent,
  paid: m.wallet_payout_paid,
  failed: m.wallet_payout_failed,
}

export const UNDERWAY_NAMES: Record<Underway['kind'], () => string> = {
  held: m.wallet_underway_held,
  owed: m.wallet_underway_owed,
  charge: m.wallet_underway_charge,
  payout: m.wallet_underway_payout,
}

/** What a line is called: its title or memo, else its kind. A pay-out is titled by its bank's code: here the bank gets its name. */
export function titleOf(title: string | null, { kind }: Pick<Cause, 'kind'>): string {
  if (title === null) return CAUSE_NAMES[kind]()
  const [code = '', ...rest] = title.split(' ')
  return kind === 'payout' && isBank(code) ? [BANK_NAMES[code](), ...rest].join(' ') : title
}

const PAGES: Partial<Record<CauseKind, string>> = {
  charge: '/wallet/charges/',
  payout: '/wallet/payouts/',
  trade: '/me/trades/',
}
/** The page a line of money opens into, or null when it has none beside the line itself. */
export const pageOf = (url: string | null, { kind, id }: Cause): string | null =>
  url ?? (PAGES[kind] === undefined ? null : `${PAGES[kind]}${id}`)
