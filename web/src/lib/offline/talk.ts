/** What a page tells the service worker. `here`: who sits here ('' for a guest), in which language and theme. */
export type FromPage = { kind: 'here'; who: string; look: string; isFirst: boolean } | { kind: 'take_over' }

/** What the service worker tells a page: something it shows was read at `at` and comes from this device. */
export type ToPage = { kind: 'seen'; at: string }

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

/** Null for anything else: an older page may say what this one does not know. */
export function readFromPage(data: unknown): FromPage | null {
  if (fieldOf(data, 'kind') === 'take_over') return { kind: 'take_over' }
  const [who, look, isFirst] = ['who', 'look', 'isFirst'].map((name) => fieldOf(data, name))
  if (fieldOf(data, 'kind') !== 'here' || typeof who !== 'string' || typeof look !== 'string') return null
  return { kind: 'here', who, look, isFirst: isFirst === true }
}

export function readToPage(data: unknown): ToPage | null {
  const at = fieldOf(data, 'at')
  return fieldOf(data, 'kind') === 'seen' && typeof at === 'string' ? { kind: 'seen', at } : null
}
