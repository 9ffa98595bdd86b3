import type { MemberId } from '#contracts/ids'
import type { InboxFrame } from '#contracts/notifications'
import type { openStream } from '../platform/notifications/readers.ts'

/** A notification as a reader saw it: on which connection, behind which last number that one began. */
export type Seen = { connection: number; after: number; id: number; notificationId: string; text: string }

/**
 * What is wrong with what a reader saw over many connections: something sent that never came, something of another member, numbers that
 * do not rise, one notification under two numbers. Nothing wrong: an empty list.
 */
export function resumeWrongs(seen: readonly Seen[], sent: ReadonlySet<string>): string[] {
  const texts = new Set(seen.map(({ text }) => text))
  return [
    ...[...sent].filter((text) => !texts.has(text)).map((text) => `${text} never came`),
    ...[...texts].filter((text) => !sent.has(text)).map((text) => `${text} is another’s`),
    ...seen
      .filter(({ id, after }) => id <= after)
      .map(({ text, id, after }) => `${text} came as ${id} though everything up to ${after} was seen`),
    ...seen.flatMap(({ connection, id, text }, index) => {
      const before = seen[index - 1]
      return before?.connection === connection && before.id >= id
        ? [`${text} came as ${id} after ${before.id}`]
        : []
    }),
    ...renumbered(seen),
  ]
}

function renumbered(seen: readonly Seen[]): string[] {
  const numbers = new Map<string, number>()
  const texts = new Map<number, string>()
  return seen.flatMap(({ notificationId, id, text }) => {
    const [known, other] = [numbers.get(notificationId), texts.get(id)]
    numbers.set(notificationId, id)
    texts.set(id, notificationId)
    return [
      ...(known !== undefined && known !== id ? [`${text} came as ${known} and as ${id}`] : []),
      ...(other !== undefined && other !== notificationId ? [`${id} stood for two notifications`] : []),
    ]
  })
}

type Open = (after: string | undefined) => Promise<Awaited<ReturnType<typeof openStream>> | null>

/**
 * A reader that loses its line again and again and goes on behind the last number it saw, as an EventSource does. `remembers` false is
 * the broken one: it starts anew each time.
 */
export class Reader {
  readonly seen: Seen[] = []
  readonly #open: Open
  readonly #remembers: boolean
  #stream: Awaited<ReturnType<typeof openStream>> | null = null
  #lastId: string | undefined
  #connection = 0
  #drained = 0

  constructor(open: Open, remembers = true) {
    this.#open = open
    this.#remembers = remembers
  }

  /** Opens the line, when it is not open; false while nobody answers. */
  async connect(): Promise<boolean> {
    if (this.#stream && !this.#stream.heard.isOver) return true
    this.drop()
    this.#stream = await this.#open(this.#remembers ? this.#lastId : undefined)
    if (this.#stream === null) return false
    await this.#stream.until(({ t }) => t === 'hello').catch(() => null)
    return true
  }

  /** The line is gone; what came until now was seen. */
  drop(): void {
    this.take()
    this.#stream?.drop()
    this.#stream = null
    this.#drained = 0
    this.#connection += 1
  }

  /** Looks at what came since the last look. */
  take(): readonly Seen[] {
    const frames = this.#stream?.heard.frames.slice(this.#drained) ?? []
    this.#drained += frames.length
    for (const frame of frames) this.#see(frame)
    return this.seen
  }

  #see(frame: InboxFrame): void {
    const after = Number(this.#lastId ?? 0)
    this.#lastId = String(frame.id)
    if (frame.t !== 'notification') return
    const { id: notificationId, body } = frame.notification
    this.seen.push({
      connection: this.#connection,
      after,
      id: frame.id,
      notificationId,
      text: body.split(' · ')[1] ?? '',
    })
  }
}

/** The words of the number-th thing that happens to a member. */
export const wordsFor = (memberId: MemberId, number: number): string => `${memberId.slice(-6)} ${number}`
