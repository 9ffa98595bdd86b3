import type { ClientFrame, RoomFrame, Ticket } from '#contracts/chat'
import { call, type Trouble } from '$lib/api/client.ts'
import { readFrame } from './frames.ts'
import { CLOSED_AS_GONE, CLOSED_AS_REPLACED, HEARTBEAT_MS, PING_FRAME } from './limits.ts'

export type Line = 'connecting' | 'live' | 'lost' | 'resting' | 'ended'
type Told = {
  onFrame: (frame: RoomFrame) => void
  onLine: (line: Line) => void
  /** Up to where this page has everything: asked anew at each connect. */
  since: () => { afterSeq: number; afterRevision: number }
}

const BACKOFF_FIRST_MS = 500
const BACKOFF_MAX_MS = 15_000
/** A line that stays silent this long after a question is dead, whatever the browser believes. */
const ANSWER_MAX_MS = 8_000
/** A page nobody looks at hangs up after this: its member is then told of messages like anyone who is away. */
const UNSEEN_MS = 10_000
/** A network that comes and goes asks once, not at every flicker. */
const WAKE_PAUSE_MS = 300

/**
 * One room's line. It begins again by itself, sooner or later by chance so that a whole town does not come back in the same second,
 * and at once when the network or the reader returns.
 */
export class Connection {
  readonly #roomId: string
  readonly #told: Told
  #socket: WebSocket | null = null
  #tries = 0
  /** An answer to an attempt that was given up is nobody's. */
  #attempt = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #heartbeat: ReturnType<typeof setInterval> | undefined
  #silence: ReturnType<typeof setTimeout> | undefined
  #resting: ReturnType<typeof setTimeout> | undefined
  #state: 'idle' | 'opening' | 'open' | 'stopped' = 'idle'

  constructor(roomId: string, told: Told) {
    this.#roomId = roomId
    this.#told = told
  }

  start(): void {
    addEventListener('online', this.#wake)
    addEventListener('offline', this.#sever)
    document.addEventListener('visibilitychange', this.#look)
    void this.#open()
  }

  /** For good: the page is left. */
  stop(): void {
    removeEventListener('online', this.#wake)
    removeEventListener('offline', this.#sever)
    document.removeEventListener('visibilitychange', this.#look)
    clearTimeout(this.#resting)
    this.#state = 'stopped'
    this.#hangUp()
  }

  /** False when there is no line; the caller keeps what it wanted to say. */
  say(frame: ClientFrame): boolean {
    if (this.#state !== 'open' || this.#socket?.readyState !== WebSocket.OPEN) return false
    this.#socket.send(JSON.stringify(frame))
    if (frame.t === 'send') this.#expectAnswer()
    return true
  }

  readonly #look = () => {
    clearTimeout(this.#resting)
    if (document.visibilityState === 'hidden') this.#resting = setTimeout(() => this.#rest(), UNSEEN_MS)
    else this.#wake()
  }

  #rest(): void {
    this.#hangUp()
    this.#state = 'idle'
    this.#told.onLine('resting')
  }

  readonly #wake = () => {
    if (document.visibilityState === 'hidden') return
    if (this.#state === 'open') return this.#ping()
    if (this.#state !== 'idle') return
    this.#tries = 0
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => void this.#open(), WAKE_PAUSE_MS)
  }

  readonly #sever = () => {
    if (this.#state === 'open' || this.#state === 'opening') this.#again()
  }

  async #open(): Promise<void> {
    if (this.#state !== 'idle') return
    this.#state = 'opening'
    const attempt = ++this.#attempt
    clearTimeout(this.#retry)
    this.#told.onLine('connecting')
    const reply = await call<Ticket>(fetch, 'POST', `/chat/rooms/${this.#roomId}/ticket`)
    if (this.#state !== 'opening' || attempt !== this.#attempt) return
    if (!reply.ok) return isFinal(reply.trouble) ? this.#end() : this.#again()
    const { afterSeq, afterRevision } = this.#told.since()
    const url = new URL(reply.value.url, location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.searchParams.set('afterSeq', String(afterSeq))
    url.searchParams.set('afterRevision', String(afterRevision))
    this.#listen(new WebSocket(url))
  }

  #listen(socket: WebSocket): void {
    this.#socket = socket
    this.#expectAnswer()
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return
      clearTimeout(this.#silence)
      this.#silence = undefined
      const frame = readFrame(data)
      if (!frame) return
      if (frame.t === 'hello') this.#opened()
      this.#told.onFrame(frame)
      // The room is told to be live only after its hello: what waits is then sent in its order.
      if (frame.t === 'hello') this.#told.onLine('live')
    }
    socket.onclose = ({ code }) => {
      if (socket !== this.#socket) return
      if (code === CLOSED_AS_GONE || code === CLOSED_AS_REPLACED) this.#end()
      else this.#again()
    }
  }

  #opened(): void {
    this.#state = 'open'
    this.#tries = 0
    clearInterval(this.#heartbeat)
    this.#heartbeat = setInterval(() => this.#ping(), HEARTBEAT_MS)
  }

  #ping(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return
    this.#socket.send(PING_FRAME)
    this.#expectAnswer()
  }

  #expectAnswer(): void {
    this.#silence ??= setTimeout(() => this.#again(), ANSWER_MAX_MS)
  }

  #again(): void {
    if (this.#state === 'stopped') return
    this.#hangUp()
    this.#state = 'idle'
    this.#told.onLine('lost')
    const longest = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** this.#tries++)
    this.#retry = setTimeout(() => void this.#open(), longest * (0.5 + Math.random() / 2))
  }

  #end(): void {
    this.stop()
    this.#told.onLine('ended')
  }

  #hangUp(): void {
    clearTimeout(this.#retry)
    clearTimeout(this.#silence)
    this.#silence = undefined
    clearInterval(this.#heartbeat)
    const socket = this.#socket
    this.#socket = null
    socket?.close()
  }
}

/** Nothing to come back to: signed out, suspended, or no such room (any more). */
const isFinal = (trouble: Trouble): boolean =>
  trouble.kind === 'refusal' && [401, 403, 404].includes(trouble.problem.status)
