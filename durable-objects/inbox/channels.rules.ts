import { NOTIFICATION_TYPES, type NotificationType } from '#contracts/notifications'

/** Ways to a member who is not looking at our pages. */
export type Channel = 'push' | 'mail'

/** What calls nobody away from what they do. */
const NOT_PUSHED_AT_FIRST: readonly NotificationType[] = ['wish']
/** Money that needs its owner; which of its news are worth a letter, the draft says. */
const MAILED_AT_FIRST: readonly NotificationType[] = ['wallet', 'trade']

/** Whether a type goes by a channel as long as the member has not said anything. */
export const isOnAtFirst = (channel: Channel, type: NotificationType): boolean =>
  channel === 'push' ? !NOT_PUSHED_AT_FIRST.includes(type) : MAILED_AT_FIRST.includes(type)

/** One value for every type there is. */
export const ofEachType = <Value>(
  valueFor: (type: NotificationType) => Value,
): Record<NotificationType, Value> => {
  const pairs = NOTIFICATION_TYPES.map((type): [NotificationType, Value] => [type, valueFor(type)])
  // Every type of the list is a key, which fromEntries cannot say.
  return Object.fromEntries(pairs) as Record<NotificationType, Value>
}
