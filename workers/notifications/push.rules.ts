import type { NotificationType } from '#contracts/notifications'
import type { Delivered } from '#do/inbox/index'
import { DAY_MS, HOUR_MS, SECOND_MS } from '#kit/clock'

type Urgency = 'low' | 'normal' | 'high'

/** How hard a push service should try to wake a sleeping phone, and for how long the message is of any use. */
const HANDLING: Record<NotificationType, { urgency: Urgency; ttlMs: number }> = {
  chat: { urgency: 'high', ttlMs: DAY_MS },
  appointment: { urgency: 'high', ttlMs: 12 * HOUR_MS },
  trade: { urgency: 'high', ttlMs: 3 * DAY_MS },
  wallet: { urgency: 'high', ttlMs: 3 * DAY_MS },
  moderation: { urgency: 'high', ttlMs: 7 * DAY_MS },
  comment: { urgency: 'normal', ttlMs: DAY_MS },
  reply: { urgency: 'normal', ttlMs: DAY_MS },
  review: { urgency: 'normal', ttlMs: 3 * DAY_MS },
  keyword_alert: { urgency: 'normal', ttlMs: 12 * HOUR_MS },
  price_drop: { urgency: 'normal', ttlMs: 12 * HOUR_MS },
  listing_status: { urgency: 'normal', ttlMs: 12 * HOUR_MS },
  group_buy: { urgency: 'high', ttlMs: DAY_MS },
  coupon: { urgency: 'normal', ttlMs: 12 * HOUR_MS },
  wish: { urgency: 'low', ttlMs: 6 * HOUR_MS },
}

export const urgencyOf = (type: NotificationType): Urgency => HANDLING[type].urgency

/** Whole seconds a message about something that happened at `happenedAtMs` is still worth carrying; 0 when it is too late. */
export const ttlSecondsOf = (type: NotificationType, happenedAtMs: number, atMs: number): number =>
  Math.max(0, Math.floor((happenedAtMs + HANDLING[type].ttlMs - atMs) / SECOND_MS))

/**
 * What a push service's answer means. Gone: it says so (404, 410), or sends us elsewhere, which no push service does. Later: it is busy
 * or broken. Anything else it does not like stays as it is, so that it is not sent again.
 */
export function outcomeOf(status: number, retryAfter: string | null, atMs: number): Delivered {
  if (status >= 200 && status < 300) return { kind: 'taken' }
  if (status === 404 || status === 410 || (status >= 300 && status < 400)) return { kind: 'gone' }
  if (status === 429 || status >= 500) return { kind: 'later', afterMs: retryAfterMs(retryAfter, atMs) }
  return { kind: 'refused' }
}

/** `Retry-After` in seconds or as a date; null when it says nothing that can be read. */
export function retryAfterMs(header: string | null, atMs: number): number | null {
  if (header === null) return null
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * SECOND_MS
  const dateMs = Date.parse(header)
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - atMs)
}
