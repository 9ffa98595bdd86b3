import type { Notification } from '#contracts/notifications'

export type Day = { name: 'today' | 'yesterday' | 'earlier'; items: Notification[] }

/** Lines under the day they came, as the reader's own clock has it. The order they came in stays. */
export function byDay(items: readonly Notification[], now: Date, dayOf: (at: Date) => string): Day[] {
  const today = dayOf(now)
  const yesterday = dayOf(new Date(now.getTime() - 24 * 60 * 60 * 1000))
  const nameOf = ({ at }: Notification): Day['name'] => {
    const day = dayOf(new Date(at))
    return day === today ? 'today' : day === yesterday ? 'yesterday' : 'earlier'
  }
  const names = ['today', 'yesterday', 'earlier'] as const
  return names
    .map((name) => ({ name, items: items.filter((item) => nameOf(item) === name) }))
    .filter((day) => day.items.length > 0)
}
