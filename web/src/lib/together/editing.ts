import type { GroupBuy } from '#contracts/group-buys'
import type { Trouble } from '$lib/api/client.ts'
import { sentenceOf } from '$lib/api/fail.ts'
import { m } from '$lib/paraglide/messages.js'
import { type Answers, type Body, type Complaints, EMPTY, localOf } from './form.ts'

/** What stands, as the form has it. */
export const answersOf = (groupBuy: GroupBuy): Answers => ({
  title: groupBuy.title,
  category: groupBuy.category,
  unitPrice: String(groupBuy.unitPrice),
  shopUnitPrice: groupBuy.shopUnitPrice === null ? '' : String(groupBuy.shopUnitPrice),
  unit: groupBuy.unit,
  totalUnits: String(groupBuy.totalUnits),
  minUnits: String(groupBuy.minUnits),
  hostUnits: String(groupBuy.hostUnits),
  deadline: localOf(Date.parse(groupBuy.deadline)),
  place: groupBuy.pickup.place,
  slots: groupBuy.pickup.slots.map(({ from, until }) => ({
    from: localOf(Date.parse(from)),
    until: localOf(Date.parse(until)),
  })),
  productUrl: groupBuy.productUrl ?? '',
  keywords: groupBuy.keywords.join(', '),
  description: groupBuy.description,
})

type Sent = Body & { imageIds: string[] }

/** What an edit sends: only what is not as it was. Money, units and deadline go along only when they are touched. */
export function changesOf(before: Sent, after: Sent): Record<string, unknown> {
  const was = new Map(entriesOf(before))
  const gone = entriesOf(before).filter(([name]) => !Object.hasOwn(after, name))
  return Object.fromEntries([
    ...gone.map(([name]) => [name, null]),
    ...entriesOf(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(was.get(name))),
  ])
}
/** What is counted stands. */
const entriesOf = (body: Sent): [string, unknown][] =>
  Object.entries(body).filter(([name]) => name !== 'unit')

/** What members joined on. */
export const TERMS = ['unitPrice', 'totalUnits', 'minUnits', 'hostUnits', 'deadline'] as const
export const termsOf = (answers: Answers): Pick<Answers, (typeof TERMS)[number]> => ({
  unitPrice: answers.unitPrice,
  totalUnits: answers.totalUnits,
  minUnits: answers.minUnits,
  hostUnits: answers.hostUnits,
  deadline: answers.deadline,
})

/** Whether the terms still change, and what is said of it beside them. */
export function termsRule({ state, members, waiting }: Pick<GroupBuy, 'state' | 'members' | 'waiting'>): {
  areFixed: boolean
  note: string
} {
  if (state !== 'recruiting') return { areFixed: true, note: m.gb_terms_closed() }
  return members + waiting > 0
    ? { areFixed: true, note: m.gb_terms_joined() }
    : { areFixed: false, note: m.gb_terms_free() }
}

/** A refusal that is about a field, put beside it; nothing for every other. */
export function complaintsOfRefusal(trouble: Trouble): Complaints {
  if (trouble.kind !== 'refusal') return {}
  const { code, detail, errors = [] } = trouble.problem
  if (code === 'DEADLINE_INVALID') return { deadline: detail }
  const named = errors.flatMap(({ path }) =>
    FIELDS.filter((field) => path.startsWith(FIELD_PATHS[field] ?? field)),
  )
  return Object.fromEntries(named.map((field) => [field, sentenceOf(trouble)]))
}
const FIELDS = Object.keys(EMPTY).filter((name): name is keyof Answers => name in EMPTY)
const FIELD_PATHS: Partial<Record<keyof Answers, string>> = { place: 'pickup.place', slots: 'pickup.slots' }
