import { shelf } from './database.ts'
import { MessageQueue, type Waiting } from './message-queue.ts'

/** The tag under which a browser with Background Sync wakes the service worker once there is a network. */
export const SYNC_TAG = 'madang-messages'
const TURN = 'madang-sending'
const CHANNEL = 'madang-messages'
const DEADLINE_MS = 15_000
const SERVER_ERROR_MIN = 500

export const queueHere = () => new MessageQueue(shelf('messages'))

/** What became of a message, told to every tab: its room may be open there. `message` is the room's own answer as it came. */
export type Told = { roomId: string; clientId: string } & (
  | { kind: 'sent'; message: unknown }
  | { kind: 'refused'; code: string }
)

/** One tab, or the service worker, sends at a time. Without the browser's locks a message may go twice, and is stored once. */
export async function inTurn(work: () => Promise<void>): Promise<void> {
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return await work()
  await navigator.locks.request(TURN, work)
}

/** How an open room holds the turn: from its first message on the line until none is unanswered. */
export class SendingTurn {
  readonly #isUnanswered: () => boolean
  #release: (() => void) | null = null
  #isAsked = false
  #working = 0

  constructor(isUnanswered: () => boolean) {
    this.#isUnanswered = isUnanswered
  }

  /** Does the work now, or when the turn comes. Asked again meanwhile, it is done once. */
  take(work: () => Promise<void>): void {
    if (this.#release) return void this.#do(work)
    if (this.#isAsked) return
    this.#isAsked = true
    void inTurn(
      () =>
        new Promise<void>((release) => {
          this.#isAsked = false
          this.#release = release
          void this.#do(work)
        }),
    )
  }

  /** Gives the turn back once everything is answered. Called at any moment, as often as one likes. */
  settle(): void {
    if (this.#working > 0 || this.#isUnanswered()) return
    this.end()
  }

  /** Gives it back whatever is unanswered: the line is gone or the room left. */
  end(): void {
    this.#release?.()
    this.#release = null
  }

  async #do(work: () => Promise<void>): Promise<void> {
    this.#working++
    await work().catch(() => undefined)
    this.#working--
    this.settle()
  }
}

/** Hears of messages that were sent outside the room's own line. Returns how to stop. */
export function onTold(hear: (told: Told) => void): () => void {
  if (typeof BroadcastChannel === 'undefined') return () => undefined
  const channel = new BroadcastChannel(CHANNEL)
  channel.onmessage = ({ data }: MessageEvent<Told>) => hear(data)
  return () => channel.close()
}

type Answer = { kind: 'sent'; message: unknown } | { kind: 'refused'; code: string } | { kind: 'later' }
export type Asking = { whoAmI: () => Promise<string | null>; post: (waiting: Waiting) => Promise<Answer> }

/** A request with one fresh session when the old one has run out; null without a network. */
async function ask(path: string, init: RequestInit = {}): Promise<Response | null> {
  const send = (to: string, given: RequestInit) =>
    fetch(to, { ...given, signal: AbortSignal.timeout(DEADLINE_MS) }).catch(() => null)
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  const first = await send(`/api/v1${path}`, { ...init, headers })
  if (first?.status !== 401) return first
  const fresh = await send('/session/refresh', { method: 'POST' })
  return fresh?.ok ? await send(`/api/v1${path}`, { ...init, headers }) : first
}

const textAt = (value: unknown, name: string): string | null => {
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : null
  return typeof text === 'string' ? text : null
}

const overTheNetwork: Asking = {
  async whoAmI() {
    const reply = await ask('/me')
    return reply?.ok ? textAt(await reply.json().catch(() => null), 'id') : null
  },
  async post({ roomId, body }) {
    const reply = await ask(`/chat/rooms/${encodeURIComponent(roomId)}/messages`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    if (reply === null || reply.status >= SERVER_ERROR_MIN || [401, 408, 429].includes(reply.status))
      return { kind: 'later' }
    const said: unknown = await reply.json().catch(() => null)
    if (reply.ok) return { kind: 'sent', message: said }
    const code = textAt(said, 'code')
    // Not ours: something between us answered, and says nothing of the message.
    return code === null ? { kind: 'later' } : { kind: 'refused', code }
  },
}

/**
 * Sends what waits, in the order it was written, and only what the member who is signed in now has written. Ends at the
 * first message that finds no way, since those after it must not overtake it: `false` then asks for another try. Run twice
 * or in two places at once, each message is still stored once, under its first clientId.
 */
export async function drain(queue = queueHere(), asking: Asking = overTheNetwork): Promise<boolean> {
  if (!(await queue.read()).some(({ refused }) => refused === null)) return true
  let isDone = true
  await inTurn(async () => {
    const me = await asking.whoAmI()
    // Read in the turn: whoever had it before may have sent them all.
    const waiting = me === null ? [] : (await queue.of(me)).filter(({ refused }) => refused === null)
    isDone = me !== null
    for (const message of waiting) {
      const answer = await asking.post(message)
      if (answer.kind === 'later') {
        isDone = false
        return
      }
      if (answer.kind === 'sent') await queue.forget(message.clientId)
      else await queue.refuse(message.clientId, answer.code)
      tell({ ...answer, roomId: message.roomId, clientId: message.clientId })
    }
  })
  return isDone
}

function tell(told: Told): void {
  if (typeof BroadcastChannel === 'undefined') return
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage(told)
  channel.close()
}

/** Asks the browser to send even after the page is closed. Most have no such thing: then the next open page sends. */
export async function askForSync(): Promise<void> {
  if (typeof navigator === 'undefined' || !('serviceWorker' in navigator)) return
  const sync: unknown = Reflect.get((await navigator.serviceWorker.getRegistration()) ?? {}, 'sync')
  const register: unknown = typeof sync === 'object' && sync !== null ? Reflect.get(sync, 'register') : null
  if (typeof register === 'function')
    await Promise.resolve(register.call(sync, SYNC_TAG)).catch(() => undefined)
}
