import type { GuessPolicy, Limit } from '#do/throttle/throttle.rules'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '#kit/clock'

/** Guesses at one mailed code. A new code gets a new allowance, and new codes are limited themselves. */
export const CODE_GUESSES: Limit = { max: 5, windowMs: 10 * MINUTE_MS }
export const CODE_LIFE_MS = 10 * MINUTE_MS

/** Letters one address can be sent by strangers. */
export const MAILS_TO_ONE: Limit = { max: 5, windowMs: HOUR_MS }

/** Sign-ups and recoveries from one network address; a school or a mobile carrier shares one. */
export const ACCOUNT_WORK_FROM_ONE: Limit = { max: 300, windowMs: HOUR_MS }

/**
 * Guesses at the password behind one login. An account has two, its id and its address, and each its own count: were they
 * counted together, using one up would tell whose the other is. So strangers get at most ten in a quarter hour.
 */
export const PASSWORD_GUESSES: GuessPolicy = {
  strangers: { max: 5, windowMs: 15 * MINUTE_MS },
  freeAttempts: 5,
  firstDelayMs: 5 * SECOND_MS,
  delayMsMax: 15 * MINUTE_MS,
  forgetAfterMs: 15 * MINUTE_MS,
}

/** A device or network from which the owner signed in is known this long. */
export const KNOWN_SOURCE_MS = 30 * DAY_MS

/** A sign-up that was not confirmed holds its login id, nickname and address this long. */
export const SIGN_UP_HELD_MS = DAY_MS

/** An IPv6 household has a whole /64; an IPv4 address stands for itself. */
export function networkOf(ip: string): string {
  if (!ip.includes(':')) return ip
  const [head = '', tail] = ip.toLowerCase().split('%')[0]?.split('::') ?? []
  const left = head.split(':').filter(Boolean)
  const right = tail === undefined ? [] : tail.split(':').filter(Boolean)
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
