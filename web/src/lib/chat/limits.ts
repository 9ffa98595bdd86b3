import type * as Chat from '#contracts/chat'
import type * as Trades from '#contracts/trades'

// The contract's limits, held to it by type: importing the values would ship the schemas to the browser.

export const MESSAGE_LENGTH_MAX: typeof Chat.MESSAGE_LENGTH_MAX = 1000
export const EDIT_WINDOW_MS: typeof Chat.EDIT_WINDOW_MS = 10 * 60 * 1000
export const DELETE_WINDOW_MS: typeof Chat.DELETE_WINDOW_MS = 60 * 60 * 1000
export const HEARTBEAT_MS: typeof Chat.HEARTBEAT_MS = 15_000
export const PING_FRAME: typeof Chat.PING_FRAME = '{"t":"ping"}'
export const CLOSED_AS_GONE: typeof Chat.CLOSE_CODES.GONE = 4410
export const CLOSED_AS_REPLACED: typeof Chat.CLOSE_CODES.REPLACED = 4409
export const APPOINTMENT_AHEAD_MAX_MS: typeof Trades.APPOINTMENT_AHEAD_MAX_MS = 90 * 24 * 60 * 60 * 1000
export const PLACE_LENGTH_MIN = 2
export const PLACE_LENGTH_MAX = 60
export const SEARCH_LENGTH_MIN = 2
export const SEARCH_LENGTH_MAX = 60
