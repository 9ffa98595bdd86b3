import type * as GroupBuys from '#contracts/group-buys'

// The contract's limits, held to it by type: importing the values would ship the schemas to the browser.

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
export const UNITS_MAX: typeof GroupBuys.UNITS_MAX = 10_000
export const RISE_WITHOUT_VOTE_PERCENT: typeof GroupBuys.RISE_WITHOUT_VOTE_PERCENT = 5
export const DEADLINE_AHEAD_MIN_MS = 10 * MINUTE_MS
export const DEADLINE_AHEAD_MAX_MS = 60 * DAY_MS
export const UNIT_LENGTH_MAX = 10
export const PLACE_LENGTH_MIN = 2
export const PLACE_LENGTH_MAX = 100
export const SLOTS_MAX = 5
export const KEYWORDS_MAX = 10
export const KEYWORD_LENGTH_MAX = 20
export const URL_LENGTH_MAX = 1024
export const GOODS_MAX = 999_999_999
export const SHIPPING_MAX = 9_999_999
