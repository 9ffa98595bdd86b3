import type { Unsent } from './room-state.ts'

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>
const PREFIX = 'madang_unsent:'

/**
 * What I wrote and no room has confirmed, kept on this device under one key a message, so that two tabs never overwrite each
 * other's. Read again after a reload it is sent under the same clientId, which makes twice the same as once.
 */
export class Outbox {
  readonly #store: Store
  readonly #prefix: string

  constructor(store: Store, me: string, roomId: string) {
    this.#store = store
    this.#prefix = `${PREFIX}${me}:${roomId}:`
  }

  /** False when this device keeps nothing (full, or forbidden): the message then lives only as long as the page. */
  keep(unsent: Unsent): boolean {
    try {
      this.#store.setItem(this.#prefix + unsent.clientId, JSON.stringify(unsent))
      return true
    } catch {
      return false
    }
  }

  forget(clientId: string): void {
    this.#store.removeItem(this.#prefix + clientId)
  }

  /** In the order it was written; what cannot be read is thrown away. */
  read(): Unsent[] {
    const kept = keysOf(this.#store)
      .filter((key) => key.startsWith(this.#prefix))
      .flatMap((key) => {
        const unsent = parse(this.#store.getItem(key))
        if (!unsent) this.#store.removeItem(key)
        return unsent ? [unsent] : []
      })
    return kept.sort((a, b) => a.atMs - b.atMs)
  }
}

/** Nothing of one member's stays for the next on the same device. */
export function forgetOthers(store: Store, me: string): void {
  for (const key of keysOf(store))
    if (key.startsWith(PREFIX) && !key.startsWith(`${PREFIX}${me}:`)) store.removeItem(key)
}

const keysOf = (store: Store): string[] =>
  Array.from({ length: store.length }, (_, index) => store.key(index) ?? '')

function parse(text: string | null): Unsent | null {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return isUnsent(value) ? value : null
  } catch {
    return null
  }
}

const isUnsent = (value: unknown): value is Unsent =>
  typeof value === 'object' &&
  value !== null &&
  'clientId' in value &&
  typeof value.clientId === 'string' &&
  'atMs' in value &&
  typeof value.atMs === 'number' &&
  'body' in value &&
  typeof value.body === 'object' &&
  value.body !== null &&
  'kind' in value.body &&
  (value.body.kind === 'text' || value.body.kind === 'image')
