import type { CauseKind } from '#contracts/payments'
import { CAUSES } from './names.ts'

export type HistoryFilters = {
  direction: 'in' | 'out' | null
  cause: CauseKind | null
  from: string | null
  until: string | null
}

const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/
const dayOf = (value: string | null) => (value !== null && DAY.test(value) ? value : null)

/** What the address asks for; what it cannot mean is left out, so that an odd address shows everything and not an error. */
export function historyOf(url: URL): HistoryFilters {
  const asked = url.searchParams
  const direction = asked.get('direction')
  const from = dayOf(asked.get('from'))
  const until = dayOf(asked.get('until'))
  return {
    direction: direction === 'in' || direction === 'out' ? direction : null,
    cause: CAUSES.find((cause) => cause === asked.get('cause')) ?? null,
    // The wrong way round is still a span.
    ...(from !== null && until !== null && from > until ? { from: until, until: from } : { from, until }),
  }
}

/** The day so many days before this moment, on the town's calendar. */
export function dayBefore(nowMs: number, days: number): string {
  const DAY_MS = 24 * 60 * 60 * 1000
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Seoul' }).format(nowMs - days * DAY_MS)
}
