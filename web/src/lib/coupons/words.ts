import type { Campaign, CouponTerms, Discount } from '#contracts/coupons'
import { CATEGORY_NAMES } from '$lib/listing/names.ts'
import { m } from '$lib/paraglide/messages.js'
import { getLocale } from '$lib/paraglide/runtime.js'
import { money } from '$lib/wallet/money.ts'

export const CAMPAIGN_TONES: Record<Campaign['state'], string> = {
  scheduled: 'text-straw',
  open: 'text-celadon',
  sold_out: 'text-stone',
  paused: 'text-straw',
  ended: 'text-stone',
}

const SECOND_MS = 1_000
const MINUTE_S = 60
const HOUR_S = 60 * MINUTE_S
const DAY_S = 24 * HOUR_S

export const discountWords = (discount: Discount): string =>
  discount.kind === 'amount'
    ? money(discount.amount)
    : m.coupon_percent({ percent: String(discount.percent) })

/** What it may be used for, in one line. */
export function termsWords({ discount, minSpend, categories }: CouponTerms): string {
  const cap = discount.kind === 'percent' ? m.coupon_cap({ amount: money(discount.cap) }) : null
  const from = minSpend > 0 ? m.coupon_min_spend({ amount: money(minSpend) }) : null
  const scope =
    categories.length === 0
      ? m.coupon_everything()
      : categories.map((category) => CATEGORY_NAMES[category]()).join(', ')
  return [cap, from, scope].filter((part) => part !== null).join(' · ')
}

/** A moment on the town's clock, which is what a campaign goes by wherever its reader is. */
export const townTime = (at: string): string =>
  new Intl.DateTimeFormat(getLocale(), {
    timeZone: 'Asia/Seoul',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at))
export const townDayAndTime = (at: string): string =>
  new Intl.DateTimeFormat(getLocale(), {
    timeZone: 'Asia/Seoul',
    month: 'short',
    day: 'numeric',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(at))

export const rhythmWords = ({ rhythm }: Pick<Campaign, 'rhythm'>): string =>
  rhythm.kind === 'daily' ? m.coupon_daily({ time: rhythm.opensAtTime }) : townDayAndTime(rhythm.opensAt)

export type Countdown = { days: number; clock: string }
/** Rounded up: while a part of a second is left, it is not yet time. */
export function countdownOf(leftMs: number): Countdown {
  const left = Math.max(0, Math.ceil(leftMs / SECOND_MS))
  const two = (value: number) => String(value).padStart(2, '0')
  const rest = left % DAY_S
  const parts = [Math.floor(rest / HOUR_S), Math.floor((rest % HOUR_S) / MINUTE_S), rest % MINUTE_S]
  return { days: Math.floor(left / DAY_S), clock: parts.map(two).join(':') }
}

/** In words, for whoever listens. */
export function leftInWords(leftMs: number): string {
  const left = Math.max(0, Math.ceil(leftMs / SECOND_MS))
  if (left >= DAY_S) return m.coupon_left_days({ count: String(Math.floor(left / DAY_S)) })
  if (left >= HOUR_S) return m.coupon_left_hours({ count: String(Math.floor(left / HOUR_S)) })
  if (left >= MINUTE_S) return m.coupon_left_minutes({ count: String(Math.ceil(left / MINUTE_S)) })
  return m.coupon_left_seconds({ count: String(left) })
}
