import type * as Payments from '#contracts/payments'

// The contract's limits, held to it by type: importing the values would ship the schemas to the browser.

export const CHARGE_MIN: typeof Payments.CHARGE_MIN = 100
export const PAYOUT_MIN: typeof Payments.PAYOUT_MIN = 1_000
export const BALANCE_MAX: typeof Payments.BALANCE_MAX = 10_000_000
export const AMOUNT_DIGITS_MAX = 9
export const MEMO_LENGTH_MAX = 40
export const NICKNAME_LENGTH_MIN = 2
export const NICKNAME_LENGTH_MAX = 16
export const PIN_LENGTH = 6
export const HOLDER_LENGTH_MAX = 30
export const ACCOUNT_NUMBER_LENGTH_MAX = 32
export const CHARGE_CHIPS = [10_000, 30_000, 50_000] as const
export const SEND_CHIPS = [5_000, 10_000, 30_000] as const
