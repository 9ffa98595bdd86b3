import type { OpenGroupBuy } from '#contracts/group-buys'
import { DESCRIPTION_LENGTH_MAX, PRICE_MAX, TITLE_LENGTH_MAX } from '$lib/listing/limits.ts'
import { isCategory } from '$lib/listing/names.ts'
import { m } from '$lib/paraglide/messages.js'
import {
  DEADLINE_AHEAD_MAX_MS,
  DEADLINE_AHEAD_MIN_MS,
  KEYWORD_LENGTH_MAX,
  KEYWORDS_MAX,
  PLACE_LENGTH_MAX,
  PLACE_LENGTH_MIN,
  UNIT_LENGTH_MAX,
  UNITS_MAX,
  URL_LENGTH_MAX,
} from './limits.ts'

/** What stands in the form, as typed. Times are the reader's own, as their picker gives them. */
export type Answers = {
  title: string
  category: string
  unitPrice: string
  shopUnitPrice: string
  unit: string
  totalUnits: string
  minUnits: string
  hostUnits: string
  deadline: string
  place: string
  slots: { from: string; until: string }[]
  productUrl: string
  keywords: string
  description: string
}
export type Complaints = Partial<Record<keyof Answers, string>>
export type Body = Omit<OpenGroupBuy, 'imageIds' | 'location' | 'region'>
type Checked = { ok: true; value: Body } | { ok: false; complaints: Complaints }

export const EMPTY: Answers = {
  title: '',
  category: '',
  unitPrice: '',
  shopUnitPrice: '',
  unit: '',
  totalUnits: '',
  minUnits: '',
  hostUnits: '',
  deadline: '',
  place: '',
  slots: [],
  productUrl: '',
  keywords: '',
  description: '',
}
const TITLE_LENGTH_MIN = 2
const UNITS_MIN = 2
const MINUTE_MS = 60_000

const lengthOf = (typed: string) => [...typed.trim()].length
const isWithin = (value: number, min: number, max: number) =>
  Number.isSafeInteger(value) && value >= min && value <= max

export const keywordsOf = (typed: string): string[] => [
  ...new Set(
    typed
      .split(/[,，\n]/)
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ),
]

/** A moment as the picker writes it, on the reader's clock. */
export function localOf(ms: number): string {
  const at = new Date(ms - new Date(ms).getTimezoneOffset() * MINUTE_MS)
  return at.toISOString().slice(0, 'YYYY-MM-DDTHH:mm'.length)
}

/**
 * A quick look before sending, beside each field; the server checks again and decides. `before` is what stands already: a deadline that is
 * left as it is may be near.
 */
export function checkAnswers(answers: Answers, nowMs: number, before: Answers | null = null): Checked {
  const { category } = answers
  const complaints: Complaints = {
    ...complaintsOfWords(answers),
    ...complaintsOfNumbers(answers),
    ...complaintsOfTimes(answers, nowMs, before),
  }
  if (!isCategory(category) || Object.keys(complaints).length > 0) return { ok: false, complaints }
  return { ok: true, value: bodyOf(answers, category) }
}

/** What the form says, as the contract has it. */
export function bodyOf(answers: Answers, category: Body['category']): Body {
  const productUrl = answers.productUrl.trim()
  return {
    title: answers.title.trim(),
    description: answers.description.trim(),
    category,
    unitPrice: Number(answers.unitPrice),
    unit: answers.unit.trim(),
    totalUnits: Number(answers.totalUnits),
    minUnits: Number(answers.minUnits),
    hostUnits: Number(answers.hostUnits),
    deadline: new Date(answers.deadline).toISOString(),
    pickup: {
      place: answers.place.trim(),
      slots: answers.slots.map(({ from, until }) => ({
        from: new Date(from).toISOString(),
        until: new Date(until).toISOString(),
      })),
    },
    keywords: keywordsOf(answers.keywords),
    ...(productUrl === '' ? {} : { productUrl }),
    ...(answers.shopUnitPrice === '' ? {} : { shopUnitPrice: Number(answers.shopUnitPrice) }),
  }
}

function complaintsOfWords(answers: Answers): Complaints {
  const complaints: Complaints = {}
  if (lengthOf(answers.title) < TITLE_LENGTH_MIN) complaints.title = m.post_needs_title()
  else if (lengthOf(answers.title) > TITLE_LENGTH_MAX)
    complaints.title = m.post_needs_title_long({ max: String(TITLE_LENGTH_MAX) })
  if (!isCategory(answers.category)) complaints.category = m.post_needs_category()
  if (!isWithin(lengthOf(answers.unit), 1, UNIT_LENGTH_MAX)) complaints.unit = m.gb_needs_unit()
  if (!isWithin(lengthOf(answers.place), PLACE_LENGTH_MIN, PLACE_LENGTH_MAX))
    complaints.place = m.gb_needs_pickup()
  if (!isWithin(lengthOf(answers.description), 1, DESCRIPTION_LENGTH_MAX))
    complaints.description = m.post_needs_description()
  if (!isShopPage(answers.productUrl.trim())) complaints.productUrl = m.gb_needs_url()
  const words = keywordsOf(answers.keywords)
  if (words.length > KEYWORDS_MAX || words.some((word) => [...word].length > KEYWORD_LENGTH_MAX))
    complaints.keywords = m.gb_needs_keywords()
  return complaints
}

function isShopPage(typed: string): boolean {
  if (typed === '') return true
  const url = URL.parse(typed)
  return typed.length <= URL_LENGTH_MAX && (url?.protocol === 'https:' || url?.protocol === 'http:')
}

function complaintsOfNumbers(answers: Answers): Complaints {
  const complaints: Complaints = {}
  const total = Number(answers.totalUnits)
  if (!isWithin(Number(answers.unitPrice), 1, PRICE_MAX)) complaints.unitPrice = m.gb_needs_price()
  if (Number(answers.shopUnitPrice) > PRICE_MAX) complaints.shopUnitPrice = m.post_needs_price_max()
  if (!isWithin(total, UNITS_MIN, UNITS_MAX)) complaints.totalUnits = m.gb_needs_total()
  if (!isWithin(Number(answers.minUnits), 1, total)) complaints.minUnits = m.gb_needs_min()
  if (!isWithin(Number(answers.hostUnits), 0, total - 1)) complaints.hostUnits = m.gb_needs_host()
  return complaints
}

function complaintsOfTimes(answers: Answers, nowMs: number, before: Answers | null): Complaints {
  const complaints: Complaints = {}
  const aheadMs = Date.parse(answers.deadline) - nowMs
  const isLeft = before !== null && before.deadline === answers.deadline
  if (!isLeft && !(aheadMs >= DEADLINE_AHEAD_MIN_MS && aheadMs <= DEADLINE_AHEAD_MAX_MS))
    complaints.deadline = m.gb_needs_deadline()
  if (!answers.slots.every(({ from, until }) => Date.parse(from) < Date.parse(until)))
    complaints.slots = m.gb_needs_slot()
  return complaints
}
