import type { Unsent } from '$lib/chat/room-state.ts'
import type { Shelf } from './database.ts'

/** A message that no room has confirmed. `refused` says why a room did not take it: it then waits for its writer, not for a network. */
export type Waiting = Unsent & { me: string; roomId: string; refused: string | null }

/** More than anybody writes without a network; what comes after lives only as long as its page. */
export const WAITING_MAX = 200
const DAY_MS = 24 * 60 * 60 * 1000
/** Words this old may no longer be meant: their writer decides, nothing sends them by itself. */
export const SENT_BY_ITSELF_MS = 7 * DAY_MS
export const TOO_OLD = 'TOO_OLD'
const KEPT_MS = 30 * DAY_MS

/**
 * What I wrote and no room has confirmed, kept on this device one row a message, so that two tabs never overwrite each
 * other's. Sent again after a reload it goes under its first clientId, which makes twice the same as once.
 */
export class MessageQueue {
  readonly #shelf: Shelf
  readonly #now: () => number

  constructor(shelf: Shelf, now: () => number = Date.now) {
    this.#shelf = shelf
    this.#now = now
  }

  /** False when this device keeps nothing (full, or forbidden): the message then lives only as long as the page. */
  async keep(waiting: Waiting): Promise<boolean> {
    try {
      const rows = await this.#rows()
      const isNew = !rows.some(({ clientId }) => clientId === waiting.clientId)
      if (isNew && rows.length >= WAITING_MAX) return false
      await this.#shelf.put(waiting)
      return true
    } catch {
      return false
    }
  }

  /** A message that cannot be forgotten is sent once more some day, and is then the same message. */
  async forget(clientId: string): Promise<void> {
    await this.#shelf.remove(clientId).catch(() => undefined)
  }

  /** Nothing happens to a message that is not here any more: its room has it, or its writer dropped it. */
  async refuse(clientId: string, code: string): Promise<void> {
    const row = (await this.read()).find((waiting) => waiting.clientId === clientId)
    if (row) await this.#shelf.put({ ...row, refused: code }).catch(() => undefined)
  }

  /** All that one member has waiting, in the order it was written. */
  async of(me: string): Promise<Waiting[]> {
    return (await this.read()).filter((waiting) => waiting.me === me)
  }

  /** Everything, whoever's it is; nothing where the device keeps nothing. */
  async read(): Promise<Waiting[]> {
    return await this.#rows().catch(() => [])
  }

  /** Nothing of one member's stays for the next on the same device. */
  async keepOnlyOf(me: string): Promise<void> {
    for (const waiting of await this.read()) if (waiting.me !== me) await this.forget(waiting.clientId)
  }

  async clear(): Promise<void> {
    await this.#shelf.clear().catch(() => undefined)
  }

  async #rows(): Promise<Waiting[]> {
    const nowMs = this.#now()
    const rows = (await this.#shelf.all()).filter(isWaiting)
    for (const { clientId, atMs } of rows) if (nowMs - atMs > KEPT_MS) await this.forget(clientId)
    return rows
      .filter(({ atMs }) => nowMs - atMs <= KEPT_MS)
      .map((row) =>
        nowMs - row.atMs > SENT_BY_ITSELF_MS ? { ...row, refused: row.refused ?? TOO_OLD } : row,
      )
      .sort((a, b) => a.atMs - b.atMs)
  }
}

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** Rows are ours alone, but an older page may have written them. */
const isWaiting = (value: unknown): value is Waiting =>
  isFields(value) &&
  [value.clientId, value.me, value.roomId].every((field) => typeof field === 'string') &&
  typeof value.atMs === 'number' &&
  (value.refused === null || typeof value.refused === 'string') &&
  isFields(value.body) &&
  (value.body.kind === 'text' || value.body.kind === 'image')
