import type { ClientFrame } from '#contracts/chat'
import { CLOSE_CODES } from '#contracts/chat'
import type { Result } from '#contracts/errors'
import type { ImageId, MemberId, RoomId } from '#contracts/ids'
import type { Image } from '#contracts/media'
import { nowMs } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { ok, refuse } from '#kit/result'
import {
  type Bucket,
  clientIdOf,
  countFrame,
  isOversized,
  messageFrame,
  passesTyping,
  type RoomLimits,
  readFrame,
} from './frames.rules.ts'
import type { History } from './history.ts'
import type { Posting } from './room.api.ts'
import type { RoomService, Sent } from './room.service.ts'
import { close, type Sockets } from './sockets.ts'

/** Messages read at once while a socket is brought up to date. */
const CATCH_UP_CHUNK = 200
/** Messages of a burst are stored together this often: each time is a commit, which costs the disk as much for one as for ten. */
const STORED_EVERY_MS = 5

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, Math.max(0, ms)))

type PhotoFrame = Extract<ClientFrame, { kind: 'image' }>
const isPhoto = (frame: ClientFrame): frame is PhotoFrame => frame.t === 'send' && frame.kind === 'image'

/** A message as it came over a socket. */
type Said = { socket: WebSocket; memberId: MemberId; posting: Posting }

export type TalkParts = {
  room: RoomService
  history: History
  sockets: Sockets
  limits: RoomLimits
  hang: (photo: { roomId: RoomId; memberId: MemberId; imageId: ImageId }) => Promise<Result<Image>>
  /** Called after a change, so that the alarm is set for what it brings. */
  changed: () => void
}

/** What is said on the sockets: frames come in, are held against the limits, and what came of them is told. */
export class Talk {
  readonly #parts: TalkParts
  readonly #buckets = new WeakMap<WebSocket, Bucket>()
  readonly #typedAtMs = new Map<MemberId, number>()
  /** Frames of a socket that wait for a photo sent before them. */
  readonly #queues = new WeakMap<WebSocket, Promise<void>>()
  /** Messages that wait to be stored together, and when they are. */
  #said: Said[] = []
  #stored: Promise<void> | null = null
  #storedAtMs = 0

  constructor(parts: TalkParts) {
    this.#parts = parts
  }

  /** One frame of a socket, done when it is answered. */
  async hear(socket: WebSocket, data: string | ArrayBuffer, atMs: number): Promise<void> {
    const { sockets, limits } = this.#parts
    sockets.heard(socket, atMs)
    const seat = sockets.seatOf(socket)
    if (typeof data !== 'string' || isOversized(data)) close(socket, CLOSE_CODES.ABUSE, 'no such frame')
    else if (seat.sessionEndsAtMs <= atMs) close(socket, CLOSE_CODES.ENDED, 'session ended')
    else {
      const frame = readFrame(data)
      const { verdict, bucket } = countFrame(this.#buckets.get(socket), limits, atMs)
      this.#buckets.set(socket, bucket)
      if (verdict === 'abuse') close(socket, CLOSE_CODES.ABUSE, 'too many frames')
      else if (verdict === 'refused')
        sockets.tellOne(socket, { t: 'error', code: 'TOO_MANY_REQUESTS', ...clientIdOf(frame) })
      else if (frame === null) sockets.tellOne(socket, { t: 'error', code: 'VALIDATION_FAILED' })
      else await this.#inOrder(socket, frame, seat.memberId)
    }
  }

  /** A socket's frames one after the other: only a photo makes the following ones wait. */
  #inOrder(socket: WebSocket, frame: ClientFrame, memberId: MemberId): Promise<void> | undefined {
    const before = this.#queues.get(socket)
    if (before === undefined && !isPhoto(frame)) return this.#handle(socket, frame, memberId)
    const after = (before ?? Promise.resolve()).then(() =>
      isPhoto(frame) ? this.#sendPhoto(socket, frame, memberId) : this.#handle(socket, frame, memberId),
    )
    this.#queues.set(socket, after)
    return after.then(() => {
      if (this.#queues.get(socket) === after) this.#queues.delete(socket)
    })
  }

  #handle(socket: WebSocket, frame: ClientFrame, memberId: MemberId): Promise<void> | undefined {
    switch (frame.t) {
      case 'ping':
        this.#parts.sockets.tellOne(socket, { t: 'pong' })
        break
      case 'typing':
        this.#typing(memberId)
        break
      case 'send':
        return this.#say({ socket, memberId, posting: frame })
      case 'read': {
        const read = this.read(memberId, frame.seq)
        if (!read.ok) this.#parts.sockets.tellOne(socket, { t: 'error', code: read.refusal.code })
      }
    }
    return undefined
  }

  /**
   * Stored in the next turn of the event loop with whatever else was said by then: what is written in one turn is one commit, so a room
   * that falls behind catches up by itself. In a burst that turn comes STORED_EVERY_MS after the one before; who speaks alone waits for
   * nothing. A room that dies before it has acknowledged nothing of it, and is sent it again.
   */
  #say(said: Said): Promise<void> {
    this.#said.push(said)
    this.#stored ??= sleep(this.#storedAtMs + STORED_EVERY_MS - nowMs()).then(() => this.#storeSaid())
    return this.#stored
  }

  #storeSaid(): void {
    const batch = this.#said
    this.#said = []
    this.#stored = null
    this.#storedAtMs = nowMs()
    // Each by itself: what is refused, or fails, leaves the others as they are.
    for (const one of batch) this.#acknowledge(one.socket, one.posting, this.#posted(one))
  }

  #posted({ memberId, posting }: Said): Result<Sent> {
    try {
      return this.post(memberId, posting)
    } catch (error) {
      log('error', 'message not stored', describeError(error))
      return refuse('UNAVAILABLE')
    }
  }

  /** Moves a read mark and tells all who look on, if it moved. */
  read(memberId: MemberId, seq: number): Result<{ seq: number }> {
    const read = this.#parts.room.read(memberId, seq, nowMs())
    if (!read.ok) return read
    if (read.value.moved && this.#parts.room.isCloseKnit())
      this.#parts.sockets.tell({ t: 'read', memberId, seq: read.value.seq })
    this.#parts.changed()
    return ok({ seq: read.value.seq })
  }

  /** Hung before it is stored: a message never shows a photo that may vanish. */
  async #sendPhoto(socket: WebSocket, frame: PhotoFrame, memberId: MemberId): Promise<void> {
    const answered = this.#parts.room.answered(memberId, frame)
    if (answered) {
      this.#acknowledge(socket, frame, answered)
      return
    }
    const hung = await this.#hung(memberId, frame.imageId)
    if (hung.ok) await this.#say({ socket, memberId, posting: { ...frame, image: hung.value } })
    else this.#acknowledge(socket, frame, hung)
  }

  async #hung(memberId: MemberId, imageId: ImageId): Promise<Result<Image>> {
    const facts = this.#parts.room.facts.get()
    if (facts === null) return refuse('NOT_FOUND')
    try {
      return await this.#parts.hang({ roomId: facts.room_id, memberId, imageId })
    } catch (error) {
      log('warn', 'photo not hung', describeError(error))
      return refuse('UNAVAILABLE')
    }
  }

  #acknowledge(socket: WebSocket, frame: { clientId: string }, sent: Result<Sent>): void {
    const { clientId } = frame
    if (sent.ok) this.#parts.sockets.tellOne(socket, { t: 'ack', clientId, seq: sent.value.message.seq })
    else this.#parts.sockets.tellOne(socket, { t: 'error', code: sent.refusal.code, clientId })
  }

  /** Stores a message and tells all who look on. */
  post(memberId: MemberId, posting: Posting): Result<Sent> {
    const atMs = nowMs()
    const sent = this.#parts.room.send(
      memberId,
      posting,
      (other) => this.#parts.sockets.isPresent(other, atMs),
      atMs,
    )
    if (!sent.ok || sent.value.replayed) return sent
    const { message, readJumped } = sent.value
    this.#parts.sockets.tell(messageFrame(message))
    if (readJumped && this.#parts.room.isCloseKnit())
      this.#parts.sockets.tell({ t: 'read', memberId, seq: message.seq })
    this.#parts.changed()
    return sent
  }

  #typing(memberId: MemberId): void {
    const atMs = nowMs()
    if (!passesTyping(this.#typedAtMs.get(memberId), atMs)) return
    this.#typedAtMs.set(memberId, atMs)
    if (this.#parts.room.isCloseKnit() && this.#parts.room.mayWrite(memberId))
      this.#parts.sockets.tell({ t: 'typing', memberId }, { notTo: memberId })
  }

  /** Everything in one go, without a wait in which a newer message could slip in between. */
  catchUp(
    socket: WebSocket,
    memberId: MemberId,
    afterSeq: number | undefined,
    afterRevision: number | undefined,
    atMs: number,
  ): void {
    const facts = this.#parts.room.facts.get()
    if (facts === null) return
    const { last_seq: lastSeq, revision, state } = facts
    const { room, sockets } = this.#parts
    sockets.tellOne(socket, {
      t: 'hello',
      lastSeq,
      revision,
      reads: room.readsFor(memberId),
      present: room.isCloseKnit() ? sockets.present(atMs) : [],
      state,
    })
    const known = Math.min(afterSeq ?? lastSeq, lastSeq)
    for (const message of this.#parts.history.missed(known, CATCH_UP_CHUNK))
      this.#parts.sockets.tellOne(socket, messageFrame(message))
    if (afterRevision === undefined) return
    for (const change of this.#parts.history.revised(afterRevision, known))
      this.#parts.sockets.tellOne(socket, { t: 'changed', ...change })
  }
}
