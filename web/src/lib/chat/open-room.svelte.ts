import type { Message, MessagePage, Room, RoomFrame, RoomMembers, SendMessage } from '#contracts/chat'
import type { Image } from '#contracts/media'
import { API_ROOT, call, get, query, type Reply, type Trouble } from '$lib/api/client.ts'
import { keepTalk } from '$lib/offline/keep-talk.ts'
import { askForSync, drain, onTold, queueHere, SendingTurn, type Told } from '$lib/offline/sending.ts'
import { Connection, type Line } from './connection.ts'
import { readFrame } from './frames.ts'
import { Paced } from './paced.ts'
import {
  emptyRoom,
  hasGap,
  isStrange,
  type RoomEvent,
  roomAfter,
  toSend,
  type Unsent,
  wholeUpTo,
} from './room-state.ts'

export const PAGE_SIZE = 50
const READ_EVERY_MS = 300
const TYPING_EVERY_MS = 2_000
const GAP_PATIENCE_MS = 400
const LEARN_EVERY_MS = 500
const TICK_MS = 1_000
/** Without a line for this many tries messages go by plain requests: some networks let no socket through. */
const LOST_BEFORE_REQUESTS = 3
const KEEP_EVERY_MS = 2_000

export type Opening = { room: Room; page: MessagePage; me: string }

/** One room on the page: what it knows of the messages, its line, and what a reader does in it. */
export class OpenRoom {
  log = $state.raw(emptyRoom('', 'open'))
  line = $state<Line>('connecting')
  /** True from a loss until the line is back: each try in between is no news. */
  isCut = $state(false)
  olderPhase = $state<'idle' | 'loading' | 'failed'>('idle')
  readonly id: Room['id']
  readonly #connection: Connection
  readonly #read = new Paced(READ_EVERY_MS, () => void this.#tellRead())
  readonly #gap = new Paced(GAP_PATIENCE_MS, () => void this.#fillGap())
  /** Who speaks and is not known by name: in a group somebody new. */
  readonly #learn = new Paced(LEARN_EVERY_MS, () => void this.#learnFaces())
  readonly #keep = new Paced(
    KEEP_EVERY_MS,
    () => void keepTalk(API_ROOT + this.#pagePath(), this.log, PAGE_SIZE),
  )
  readonly #onSystem: () => void
  readonly #queue = queueHere()
  readonly #turn = new SendingTurn(() => this.log.pending.some(({ step }) => step.kind === 'sending'))
  /** What this device could not keep goes from this page or not at all. */
  readonly #loose = new Set<string>()
  #restored: Promise<void> = Promise.resolve()
  #deafen: () => void = () => undefined
  #ticking: ReturnType<typeof setInterval> | undefined
  #lostInARow = 0
  #isRequesting = false
  #typedAtMs = 0
  #lastAtMs = 0

  /** `onSystem` is told of each line the room wrote itself: the listing or an appointment is no longer what it was. */
  constructor({ room, page, me }: Opening, onSystem: () => void) {
    this.id = room.id
    this.#onSystem = onSystem
    const faces = room.kind === 'listing' ? [room.peer] : room.members.faces
    const empty = roomAfter(emptyRoom(me, room.state), { kind: 'faces', faces })
    this.log = roomAfter(empty, { kind: 'page', page, side: 'latest' })
    this.#connection = new Connection(room.id, {
      onFrame: (frame) => this.#heard(frame),
      onLine: (line) => this.#onLine(line),
      since: () => ({ afterSeq: wholeUpTo(this.log), afterRevision: this.log.revision }),
    })
  }

  start(): void {
    this.#restored = this.#restore()
    this.#deafen = onTold((told) => this.#told(told))
    this.#ticking = setInterval(() => this.#tell({ kind: 'tick', nowMs: Date.now() }), TICK_MS)
    this.#connection.start()
  }

  stop(): void {
    clearInterval(this.#ticking)
    this.#read.stop()
    this.#gap.stop()
    this.#learn.stop()
    this.#keep.hurry()
    this.#deafen()
    this.#connection.stop()
    this.#turn.end()
    // What is unanswered goes on without the room.
    if (this.log.pending.length > 0) void drain()
  }

  async #restore(): Promise<void> {
    for (const { me, roomId, refused, ...unsent } of await this.#queue.of(this.log.me)) {
      if (roomId !== this.id) continue
      this.#tell({ kind: 'enqueued', unsent })
      if (refused !== null) this.#tell({ kind: 'failed', clientId: unsent.clientId, code: refused })
    }
    this.#flush()
  }

  /** Another tab, or this one without its line, sent a message of this room. */
  #told(told: Told): void {
    if (told.roomId !== this.id) return
    if (told.kind === 'refused') {
      this.#tell({ kind: 'failed', clientId: told.clientId, code: told.code })
      return
    }
    const frame = readFrame(JSON.stringify({ t: 'message', ...Object(told.message) }))
    if (frame) this.#heard(frame)
  }

  sendText(text: string): void {
    const clientId = newClientId()
    this.#enqueue({ clientId, kind: 'text', text }, null)
  }

  sendPhoto(image: Image): void {
    this.#enqueue({ clientId: newClientId(), kind: 'image', imageId: image.id }, image)
  }

  #enqueue(body: SendMessage, image: Image | null): void {
    // Two messages within a millisecond keep their order through a reload.
    this.#lastAtMs = Math.max(Date.now(), this.#lastAtMs + 1)
    const unsent = { clientId: body.clientId, body, image, atMs: this.#lastAtMs }
    if (this.line === 'live') this.#tell({ kind: 'enqueued', unsent })
    void this.#keepAndSend(unsent)
  }

  async #keepAndSend(unsent: Unsent): Promise<void> {
    const waiting = { ...unsent, me: this.log.me, roomId: this.id, refused: null }
    if (!(await this.#queue.keep(waiting))) this.#loose.add(unsent.clientId)
    // Without a line a message is shown as waiting once it is on the device: a reload a moment later finds it.
    this.#tell({ kind: 'enqueued', unsent })
    if (this.line !== 'live') void askForSync()
    this.#flush()
  }

  /** Sends a refused message again under its own id: had it been stored after all, it would be the same message. */
  retry(clientId: string): void {
    this.#tell({ kind: 'requeued', clientId })
    const pending = this.log.pending.find((item) => item.clientId === clientId)
    if (!pending) return
    const { body, image } = pending
    void this.#keepAndSend({ clientId, body, image, atMs: Date.now() })
  }

  drop(clientId: string): void {
    this.#tell({ kind: 'dropped', clientId })
  }

  typing(): void {
    if (Date.now() - this.#typedAtMs < TYPING_EVERY_MS) return
    if (this.#connection.say({ t: 'typing' })) this.#typedAtMs = Date.now()
  }

  /** The reader sees the foot of the log: everything up to it counts as read. */
  saw(): void {
    this.#read.ask()
  }

  async readOlder(): Promise<void> {
    const first = this.log.messages[0]
    if (!first || !this.log.hasOlder || this.olderPhase === 'loading') return
    this.olderPhase = 'loading'
    const reply = await this.#pageOf({ beforeSeq: first.seq })
    this.olderPhase = reply.ok ? 'idle' : 'failed'
    if (reply.ok) this.#tell({ kind: 'page', page: reply.value, side: 'older' })
  }

  async edit(seq: number, text: string): Promise<Trouble | null> {
    return await this.#change('PATCH', seq, { text })
  }

  async takeBack(seq: number): Promise<Trouble | null> {
    return await this.#change('DELETE', seq)
  }

  async #change(method: 'PATCH' | 'DELETE', seq: number, body?: { text: string }): Promise<Trouble | null> {
    const path = `/chat/rooms/${this.id}/messages/${seq}`
    const reply = await call<Message | null>(fetch, method, path, body ? { body } : {})
    if (!reply.ok) return reply.trouble
    // The socket tells it too; whoever has no line sees it all the same.
    if (reply.value) this.#tell({ kind: 'changed', message: reply.value })
    else await this.#readAround(seq)
    return null
  }

  async #readAround(seq: number): Promise<void> {
    const reply = await this.#pageOf({ afterSeq: seq - 1, limit: 1 })
    const message = reply.ok ? reply.value.items[0] : undefined
    if (message?.seq === seq) this.#tell({ kind: 'changed', message })
  }

  #heard(frame: RoomFrame): void {
    const known = this.log.lastSeq
    this.#tell({ kind: 'frame', frame, nowMs: Date.now() })
    if (frame.t === 'message' && frame.system && frame.seq > known) this.#onSystem()
    if (frame.t === 'message' && frame.senderId !== this.log.me && isStrange(this.log, frame))
      this.#learn.ask()
  }

  async #learnFaces(): Promise<void> {
    const reply = await get<RoomMembers>(fetch, `/chat/rooms/${this.id}/members`)
    if (reply.ok) this.#tell({ kind: 'faces', faces: reply.value.items })
  }

  #onLine(line: Line): void {
    this.line = line
    if (line === 'live') {
      this.isCut = false
      this.#lostInARow = 0
      this.#flush()
    }
    if (line === 'lost' || line === 'resting') this.#tell({ kind: 'lost' })
    if (line === 'lost') this.isCut = true
    if (line === 'lost' && ++this.#lostInARow >= LOST_BEFORE_REQUESTS) void this.#byRequests()
  }

  #flush(): void {
    if (this.line === 'live' && toSend(this.log).length > 0) this.#turn.take(() => this.#sendWaiting())
  }

  /** In this tab's turn: what is not kept any more another tab has sent, and it comes as a message. */
  async #sendWaiting(): Promise<void> {
    await this.#restored
    const kept = new Set((await this.#queue.of(this.log.me)).map(({ clientId }) => clientId))
    for (const { clientId, body } of toSend(this.log)) {
      if (!kept.has(clientId) && !this.#loose.has(clientId)) continue
      if (this.#connection.say({ t: 'send', ...body })) this.#tell({ kind: 'sending', clientId })
    }
  }

  /** The same messages by plain requests, and what the others said meanwhile. */
  async #byRequests(): Promise<void> {
    if (this.#isRequesting) return
    this.#isRequesting = true
    await drain()
    const reply = await this.#pageOf({ afterSeq: wholeUpTo(this.log) })
    if (reply.ok) this.#tell({ kind: 'page', page: reply.value, side: 'newer' })
    this.#isRequesting = false
  }

  async #fillGap(): Promise<void> {
    if (!hasGap(this.log)) return
    const reply = await this.#pageOf({ afterSeq: wholeUpTo(this.log) })
    if (reply.ok) this.#tell({ kind: 'page', page: reply.value, side: 'newer' })
  }

  async #tellRead(): Promise<void> {
    const { me, reads } = this.log
    const seq = wholeUpTo(this.log)
    if (seq <= (reads.get(me) ?? 0) || document.visibilityState === 'hidden') return
    const isSaid = this.#connection.say({ t: 'read', seq })
    const path = `/chat/rooms/${this.id}/read`
    if (!isSaid && !(await call(fetch, 'POST', path, { body: { seq } })).ok) return
    this.#tell({ kind: 'read', seq })
  }

  #pageOf(where: { beforeSeq?: number; afterSeq?: number; limit?: number }): Promise<Reply<MessagePage>> {
    return get<MessagePage>(fetch, this.#pagePath(where))
  }

  #pagePath(where: { beforeSeq?: number; afterSeq?: number; limit?: number } = {}): string {
    return `/chat/rooms/${this.id}/messages${query({ limit: PAGE_SIZE, ...where })}`
  }

  #tell(event: RoomEvent): void {
    const { pending: before, messages } = this.log
    this.log = roomAfter(this.log, event)
    const left = new Set(this.log.pending.map(({ clientId }) => clientId))
    for (const { clientId } of before) if (!left.has(clientId)) void this.#queue.forget(clientId)
    if (event.kind === 'failed') void this.#queue.refuse(event.clientId, event.code)
    if (event.kind === 'frame' && event.frame.t === 'error' && event.frame.clientId)
      void this.#queue.refuse(event.frame.clientId, event.frame.code)
    if (this.log.messages !== messages) this.#keep.ask()
    this.#turn.settle()
    if (hasGap(this.log)) this.#gap.ask()
  }
}

const newClientId = () => `c-${crypto.randomUUID()}`
