import type { InboxFrame, Notification } from '#contracts/notifications'

const FIRST_RETRY_MS = 1_000
const LAST_RETRY_MS = 60_000

/** Twice as long after each failure, up to a minute, spread so that a whole town does not knock at once. */
export function retryInMs(failures: number, chance: number): number {
  const whole = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10))
  return Math.round(whole * (0.5 + chance / 2))
}

const KINDS: readonly InboxFrame['t'][] = ['hello', 'notification', 'gone', 'badge']

/** A frame of our own server; null for a heartbeat's answer and for what a newer server may say that this page does not know. */
export function readFrame(data: unknown): InboxFrame | null {
  if (typeof data !== 'string') return null
  try {
    const frame: InboxFrame = JSON.parse(data)
    const known = KINDS.includes(frame?.t) && Number.isFinite(frame.id) && Number.isFinite(frame.unread)
    return known ? frame : null
  } catch {
    return null
  }
}

/** Not about the room one is in, and not over the list where the line itself appears. */
export function shouldSay({ type, url }: Pick<Notification, 'type' | 'url'>, pathname: string): boolean {
  if (pathname === '/notifications') return false
  return !(type === 'chat' && pathname === url.split(/[?#]/)[0])
}
