import { z } from 'zod'
import { ABSENT_AFTER_MS, CLOSE_CODES, PING_FRAME, PONG_FRAME, type RoomFrame } from '#contracts/chat'
import { MemberId } from '#contracts/ids'
import { presenceKey } from './frames.rules.ts'

/** What waits for a socket at most; a reader slower than that is sent away and comes back for the rest. */
const WAITING_BYTES_MAX = 4 * 1024 * 1024
/** What waits is looked at with every so many frames that go to all: to ask costs as much as to send. */
const LOOK_EVERY_FRAMES = 16
const OPEN = 1

/** Who sits on a socket. It is kept with the socket while the room sleeps. */
const Seat = z.object({
  memberId: MemberId,
  sessionEndsAtMs: z.number(),
  openedAtMs: z.number(),
  /** The host it was opened on: one of our own. */
  host: z.string().default(''),
})
export type Seat = z.infer<typeof Seat>

const tagOf = (memberId: MemberId) => `member:${memberId}`

/** The room's open sockets. They outlive the room's sleep; what is kept in memory here may be lost at any time. */
export class Sockets {
  readonly #ctx: DurableObjectState
  readonly #tellsPresence: () => boolean
  readonly #seats = new WeakMap<WebSocket, Seat>()
  readonly #heardAtMs = new WeakMap<WebSocket, number>()
  /** Until when a member counts as present without another look at their sockets; forgotten when one comes or goes. */
  readonly #presentUntilMs = new Map<MemberId, number>()
  #announced: string | null = null
  #framesToAll = 0

  constructor(ctx: DurableObjectState, tellsPresence: () => boolean) {
    this.#ctx = ctx
    this.#tellsPresence = tellsPresence
    // Answered without waking the room; it also dates the last sign of life.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING_FRAME, PONG_FRAME))
  }

  accept(socket: WebSocket, seat: Seat): void {
    this.#ctx.acceptWebSocket(socket, [tagOf(seat.memberId)])
    socket.serializeAttachment(seat)
    this.#seats.set(socket, seat)
    this.#presentUntilMs.clear()
  }

  seatOf(socket: WebSocket): Seat {
    const known = this.#seats.get(socket)
    if (known) return known
    const seat = Seat.parse(socket.deserializeAttachment())
    this.#seats.set(socket, seat)
    return seat
  }

  /** The hosts the open sockets were opened on. */
  hosts(): string[] {
    return this.open().map((socket) => this.seatOf(socket).host)
  }

  open(memberId?: MemberId): WebSocket[] {
    const sockets = this.#ctx.getWebSockets(memberId === undefined ? undefined : tagOf(memberId))
    return sockets.filter(({ readyState }) => readyState === OPEN)
  }

  /** Keeps the newest `max` sockets of a member. */
  keepNewest(memberId: MemberId, max: number): void {
    const byAge = this.open(memberId).toSorted(
      (a, b) => this.seatOf(a).openedAtMs - this.seatOf(b).openedAtMs,
    )
    for (const socket of byAge.slice(0, Math.max(0, byAge.length - max)))
      close(socket, CLOSE_CODES.REPLACED, 'replaced')
  }

  heard(socket: WebSocket, nowMs: number): void {
    this.#heardAtMs.set(socket, nowMs)
  }

  /** Whether one of a member's sockets gave a sign of life within ABSENT_AFTER_MS: the first that did is enough. */
  isPresent(memberId: MemberId, nowMs: number): boolean {
    if (nowMs < (this.#presentUntilMs.get(memberId) ?? 0)) return true
    const live = this.open(memberId).find((socket) => nowMs - this.#lastSign(socket) < ABSENT_AFTER_MS)
    if (!live) return false
    this.#presentUntilMs.set(memberId, this.#lastSign(live) + ABSENT_AFTER_MS)
    return true
  }

  /** Members with a sign of life within ABSENT_AFTER_MS. */
  present(nowMs: number, without?: WebSocket): MemberId[] {
    return Array.from(this.#lastSigns(without))
      .filter(([, atMs]) => nowMs - atMs < ABSENT_AFTER_MS)
      .map(([memberId]) => memberId)
      .toSorted()
  }

  /** Tells everybody who is there, if that is not what they were told last and so many may be told at all. */
  announcePresence(nowMs: number, change: { without?: WebSocket; newcomer?: WebSocket } = {}): void {
    this.#presentUntilMs.clear()
    if (!this.#tellsPresence()) return
    const members = this.present(nowMs, change.without)
    const key = presenceKey(members)
    if (key === this.#announced) return
    this.#announced = key
    this.tell({ t: 'presence', members }, { except: change.newcomer ?? change.without })
  }

  /** One text for all: a message is made into JSON once, however many look on. */
  tell(
    frame: RoomFrame,
    to: { only?: MemberId; notTo?: MemberId; except?: WebSocket | undefined } = {},
  ): void {
    const text = JSON.stringify(frame)
    const isLook = this.#framesToAll++ % LOOK_EVERY_FRAMES === 0
    // Those that are closing take nothing more: `send` stands that, and to ask each would cost more.
    for (const socket of this.#ctx.getWebSockets(to.only === undefined ? undefined : tagOf(to.only))) {
      if (socket === to.except || (to.notTo !== undefined && this.seatOf(socket).memberId === to.notTo))
        continue
      if (isLook && isTooSlow(socket)) continue
      send(socket, text)
    }
  }

  tellOne(socket: WebSocket, frame: RoomFrame): void {
    if (!isTooSlow(socket)) send(socket, JSON.stringify(frame))
  }

  closeAll(code: number, reason: string, memberId?: MemberId): void {
    this.#presentUntilMs.clear()
    for (const socket of this.open(memberId)) close(socket, code, reason)
  }

  closeEnded(nowMs: number): void {
    for (const socket of this.open())
      if (this.seatOf(socket).sessionEndsAtMs <= nowMs) close(socket, CLOSE_CODES.ENDED, 'session ended')
  }

  /** When to look again by itself: a session ends, or a member falls silent while another looks on. Null with nobody there. */
  nextLookAtMs(nowMs: number): number | null {
    const ends = this.open().map((socket) => this.seatOf(socket).sessionEndsAtMs)
    const signs = Array.from(this.#lastSigns().values())
    const silent = signs.map((atMs) => atMs + ABSENT_AFTER_MS).filter((atMs) => atMs > nowMs)
    const looks = signs.length > 1 ? [...ends, ...silent] : ends
    return looks.length === 0 ? null : Math.min(...looks)
  }

  #lastSigns(without?: WebSocket): Map<MemberId, number> {
    const signs = new Map<MemberId, number>()
    for (const socket of this.open()) {
      if (socket === without) continue
      const { memberId } = this.seatOf(socket)
      signs.set(memberId, Math.max(signs.get(memberId) ?? 0, this.#lastSign(socket)))
    }
    return signs
  }

  #lastSign(socket: WebSocket): number {
    const ping = this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0
    return Math.max(this.seatOf(socket).openedAtMs, ping, this.#heardAtMs.get(socket) ?? 0)
  }
}

/** Sends a reader away who is too far behind. */
function isTooSlow(socket: WebSocket): boolean {
  if (socket.bufferedAmount <= WAITING_BYTES_MAX) return false
  close(socket, CLOSE_CODES.SLOW, 'too slow')
  return true
}

function send(socket: WebSocket, text: string): void {
  try {
    socket.send(text)
  } catch {
    // Closed between the look and the word: its member comes back and asks for what it missed.
  }
}

export function close(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason)
  } catch {
    // It was closed already.
  }
}
