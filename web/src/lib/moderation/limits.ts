import type * as Moderation from '#contracts/moderation'

/** The contract's limits, held to it by type where it names them: importing the values would ship the schemas to the browser. */
export const SUSPEND_DAYS_MAX: typeof Moderation.SUSPEND_DAYS_MAX = 365
export const REPORT_TEXT_MAX = 500
export const REASON_LENGTH_MIN = 5
export const REASON_LENGTH_MAX = 500
export const APPEAL_LENGTH_MIN = 5
export const APPEAL_LENGTH_MAX = 1000
