import type { GuessPolicy } from '#do/throttle/throttle.rules'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '#kit/clock'

/**
 * Guesses at one member's PIN. Only who holds the member's own token can make them, so the growing wait keeps out a thief of the
 * session and nobody else; with the longest wait a million numbers take centuries. The account's password sets a new one.
 */
export const PIN_GUESSES: GuessPolicy = {
  strangers: { max: 5, windowMs: 15 * MINUTE_MS },
  freeAttempts: 5,
  firstDelayMs: 30 * SECOND_MS,
  delayMsMax: 12 * HOUR_MS,
  forgetAfterMs: DAY_MS,
}

const DISTINCT_DIGITS_MIN = 3

/** Whether many would try it first: a run up or down, a repeat of one to three digits, or hardly any different digits. */
export function isWeakPin(pin: string): boolean {
  const digits = Array.from(pin, Number)
  const steps = digits.slice(1).map((digit, index) => (digit - (digits[index] ?? 0) + 10) % 10)
  const isRun = steps.every((step) => step === 1) || steps.every((step) => step === 9)
  const isRepeat = [1, 2, 3].some((length) => pin === pin.slice(0, length).repeat(pin.length / length))
  return isRun || isRepeat || new Set(digits).size < DISTINCT_DIGITS_MIN
}
