import type { Campaign } from '#contracts/coupons'
import { discountWords, townDayAndTime } from '$lib/coupons/words.ts'
import { count } from '$lib/format/words.ts'
import { m } from '$lib/paraglide/messages.js'
import { getLocale } from '$lib/paraglide/runtime.js'
import { money } from '$lib/wallet/money.ts'
import { type CampaignPlan, costAtMost } from './campaign-form.ts'

export const CAMPAIGN_STATES: Record<Campaign['state'], () => string> = {
  scheduled: m.operator_coupon_scheduled,
  open: m.operator_coupon_open,
  sold_out: m.operator_coupon_sold_out,
  paused: m.operator_coupon_paused,
  ended: m.operator_coupon_ended,
}

/** A day without a time has no zone: written as it stands. */
export const dayWords = (day: string): string =>
  new Intl.DateTimeFormat(getLocale(), { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${day}T00:00:00Z`),
  )

/** When it runs, in a few words. */
export function spanWords({ rhythm }: Pick<Campaign, 'rhythm'>): string {
  if (rhythm.kind === 'once')
    return m.operator_coupon_span_once({
      from: townDayAndTime(rhythm.opensAt),
      until: townDayAndTime(rhythm.closesAt),
    })
  const { opensAtTime: time, from, until } = rhythm
  return m.operator_coupon_span_daily({ time, from: dayWords(from), until: dayWords(until) })
}

/** What the members will be promised, and what it may cost, in sentences. */
export function previewOf(plan: CampaignPlan): { promise: string; cost: string } {
  const terms = { discount: discountWords(plan.discount), total: count(plan.total), span: spanWords(plan) }
  const parts = [
    m.operator_coupon_promise(terms),
    plan.minSpend > 0 ? m.operator_coupon_promise_from({ amount: money(plan.minSpend) }) : '',
    plan.perMemberInAll === null
      ? m.operator_coupon_promise_each({ count: count(plan.perMemberADay) })
      : m.operator_coupon_promise_each_in_all({
          count: count(plan.perMemberADay),
          all: count(plan.perMemberInAll),
        }),
    m.operator_coupon_promise_valid({ days: count(plan.validForDays) }),
  ]
  return {
    promise: parts.filter((part) => part !== '').join(' '),
    cost: m.operator_coupon_cost({ amount: money(costAtMost(plan)) }),
  }
}
