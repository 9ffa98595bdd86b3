import type { Discount, Rhythm } from '#contracts/coupons'
import type { Category } from '#contracts/listings'
import { count } from '$lib/format/words.ts'
import { m } from '$lib/paraglide/messages.js'
import { amountOf } from '$lib/wallet/money.ts'

/** What an operator typed, as it stands in the fields. */
export type CampaignAnswers = {
  title: string
  description: string
  kind: 'amount' | 'percent'
  amount: number | null
  percent: string
  cap: number | null
  minSpend: number | null
  categories: Category[]
  total: string
  perMemberADay: string
  perMemberInAll: string
  rhythm: 'daily' | 'once'
  time: string
  from: string
  until: string
  openDay: string
  openTime: string
  closeDay: string
  closeTime: string
  validForDays: string
}
export type CampaignField =
  | 'title'
  | 'amount'
  | 'percent'
  | 'cap'
  | 'total'
  | 'perMemberADay'
  | 'perMemberInAll'
  | 'when'
  | 'validForDays'
export type CampaignPlan = {
  title: string
  description?: string
  discount: Discount
  minSpend: number
  categories: Category[]
  total: number
  perMemberADay: number
  perMemberInAll: number | null
  rhythm: Rhythm
  validForDays: number
}
export type CheckedCampaign = {
  complaints: Partial<Record<CampaignField, string>>
  /** Null while something is amiss. */
  plan: CampaignPlan | null
}

const TITLE_LENGTH_MIN = 2
const DISCOUNT_MAX = 1_000_000
const PERCENT_MAX = 100
export const TITLE_LENGTH_MAX = 40
export const DESCRIPTION_LENGTH_MAX = 500
const COUPONS_A_DAY_MAX = 10_000
const A_DAY_MAX = 10
const IN_ALL_MAX = 1_000
const VALID_DAYS_MAX = 90
const DAY_MS = 24 * 60 * 60 * 1000
/** Campaigns go by the town's clock, wherever the operator sits. */
const TOWN_OFFSET = '+09:00'
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/

/** A quick look before sending, beside each field; the server checks again and decides. */
export function checkCampaign(answers: CampaignAnswers): CheckedCampaign {
  const complaints: CheckedCampaign['complaints'] = {}
  const within = (field: CampaignField, value: number | null, max: number): number => {
    const fits = value !== null && Number.isInteger(value) && value >= 1 && value <= max
    if (!fits) complaints[field] = m.operator_coupon_between({ max: count(max) })
    return value ?? 0
  }
  const title = answers.title.trim()
  if ([...title].length < TITLE_LENGTH_MIN) complaints.title = m.operator_coupon_title_short()
  const discount: Discount =
    answers.kind === 'amount'
      ? { kind: 'amount', amount: within('amount', answers.amount, DISCOUNT_MAX) }
      : {
          kind: 'percent',
          percent: within('percent', amountOf(answers.percent), PERCENT_MAX),
          cap: within('cap', answers.cap, DISCOUNT_MAX),
        }
  const inAll = answers.perMemberInAll.trim()
  const rhythm = rhythmOf(answers)
  if (rhythm === null) complaints.when = m.operator_coupon_when_wrong()
  const description = answers.description.trim()
  const numbers = {
    total: within('total', amountOf(answers.total), COUPONS_A_DAY_MAX),
    perMemberADay: within('perMemberADay', amountOf(answers.perMemberADay), A_DAY_MAX),
    perMemberInAll: inAll === '' ? null : within('perMemberInAll', amountOf(inAll), IN_ALL_MAX),
    validForDays: within('validForDays', amountOf(answers.validForDays), VALID_DAYS_MAX),
  }
  if (rhythm === null || Object.keys(complaints).length > 0) return { complaints, plan: null }
  const words = description === '' ? {} : { description }
  const { categories } = answers
  return {
    complaints,
    plan: { title, ...words, discount, minSpend: answers.minSpend ?? 0, categories, ...numbers, rhythm },
  }
}

function rhythmOf(answers: CampaignAnswers): Rhythm | null {
  if (answers.rhythm === 'daily') {
    const { time, from, until } = answers
    const isWhole = TIME.test(time) && from !== '' && until !== ''
    return isWhole && from <= until ? { kind: 'daily', opensAtTime: time, from, until } : null
  }
  const opensMs = momentOf(answers.openDay, answers.openTime)
  const closesMs = momentOf(answers.closeDay, answers.closeTime)
  if (Number.isNaN(opensMs) || Number.isNaN(closesMs) || opensMs >= closesMs) return null
  return {
    kind: 'once',
    opensAt: new Date(opensMs).toISOString(),
    closesAt: new Date(closesMs).toISOString(),
  }
}
const momentOf = (day: string, time: string): number => Date.parse(`${day}T${time}:00${TOWN_OFFSET}`)

/** How many days it gives out coupons. */
export const daysOf = (rhythm: Rhythm): number =>
  rhythm.kind === 'once' ? 1 : Math.round((Date.parse(rhythm.until) - Date.parse(rhythm.from)) / DAY_MS) + 1

/** What it costs the promotion account if every coupon is used for all it can take off. */
export function costAtMost({
  discount,
  total,
  rhythm,
}: Pick<CampaignPlan, 'discount' | 'total' | 'rhythm'>): number {
  const each = discount.kind === 'amount' ? discount.amount : discount.cap
  return each * total * daysOf(rhythm)
}

const townDays = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' })
/** The town's day so many days from a moment, as a date field wants it. */
export const townDay = (nowMs: number, daysOn = 0): string =>
  townDays.format(new Date(nowMs + daysOn * DAY_MS))
