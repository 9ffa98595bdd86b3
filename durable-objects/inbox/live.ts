import { ABSENT_AFTER_MS, CLOSE_CODES, FRAME_BYTES_MAX, PING_FRAME, PONG_FRAME } from '#contracts/chat'
import type { InboxFrame } from '#contracts/notifications'
import { SECOND_MS } from '#kit/clock'
import type { Locale } from '#kit/problem'

/** Streams and sockets of one member together; the oldest is closed for a sixth. */
const CONNECTIONS_MAX = 5
/** Below the half minute after which proxies and phones take a silent stream for dead. */
const HEARTBEAT_MS = 20 * SECOND_MS
/** What a stream may have waiting for a slow reader: more than a whole replay. Past it the stream ends, and the reader resumes. */
const STREAM_BYTES_MAX = 1024 * 1024
const RETRY_MS = 2 * SECOND_MS

/** Who listens: in which language, since when, and until when they may. */
export type Listener = { locale: Locale; openedAtMs: number; endsAtMs: number }
/** A frame as a listener of that language sees it. */
export type FrameFor = (locale: Locale) => InboxFrame

type Stream = Listener & { controller: ReadableStreamDefaultController<Uint8Array> }
type Connection = Listener & { send: (frame: InboxFrame) => void; close: (code: number) => void }

const bytes = new TextEncoder()

/**
 * The open streams and sockets of one inbox. Sockets hibernate with the object and keep their listener attached; streams live in
 * memory and end with it. What a lost connection missed is replayed from the inbox's numbers, so nothing here needs to be kept.
 */
export class Live {
  readonly #ctx: DurableObjectState
  readonly #streams = new Set<Stream>()
  #heartbeat: ReturnType<typeof setInterval> | null = null

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING_FRAME, PONG_FRAME))
  }

  /** A stream that begins with `first`, in order, and goes on with whatever is told. */
  openStream(listener: Listener, first: InboxFrame[]): Response {
    const streams = this.#streams
    let stream: Stream | null = null
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          stream = { ...listener, controller }
          controller.enqueue(bytes.encode(`retry: ${RETRY_MS}\n\n`))
          for (const frame of first) controller.enqueue(eventOf(frame))
        },
        cancel: () => {
          if (stream) streams.delete(stream)
          this.#beatWhileNeeded()
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: STREAM_BYTES_MAX }),
    )
    if (stream) streams.add(stream)
    this.#closeSurplus()
    this.#beatWhileNeeded()
    return new Response(body, {
      headers: {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'private, no-store',
        'x-accel-buffering': 'no',
      },
    })
  }

  openSocket(listener: Listener, first: InboxFrame[]): Response {
    const { 0: client, 1: server } = new WebSocketPair()
    this.#ctx.acceptWebSocket(server)
    server.serializeAttachment(listener)
    for (const frame of first) server.send(JSON.stringify(frame))
    this.#closeSurplus()
    return new Response(null, { status: 101, webSocket: client })
  }

  /**
   * Whether the member looks at our pages now: a stream is written to every few seconds, a socket speaks up by itself. One that has
   * been silent for too long is a sleeping phone's.
   */
  isWatched(atMs: number): boolean {
    const heardAtMs = (socket: WebSocket): number =>
      Math.max(
        (socket.deserializeAttachment() as Listener).openedAtMs,
        this.#ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0,
      )
    return (
      this.#streams.size > 0 ||
      this.#ctx
        .getWebSockets()
        .some((socket) => socket.readyState === WebSocket.OPEN && heardAtMs(socket) > atMs - ABSENT_AFTER_MS)
    )
  }

  /** Tells every listener. One that cannot take it is dropped: it comes back and resumes. */
  tell(frameFor: FrameFor, atMs: number): void {
    this.closeEnded(atMs)
    for (const connection of this.#connections()) connection.send(frameFor(connection.locale))
  }

  /** A socket only listens: but for a heartbeat spelt differently than agreed, a word from it ends it. */
  heard(socket: WebSocket, message: string | ArrayBuffer): void {
    const isShort = typeof message === 'string' && message.length <= FRAME_BYTES_MAX
    if (isShort && /"t"\s*:\s*"ping"/.test(message)) socket.send(PONG_FRAME)
    else socket.close(CLOSE_CODES.ABUSE, 'this socket only listens')
  }

  closeEnded(atMs: number): void {
    for (const connection of this.#connections())
      if (connection.endsAtMs <= atMs) connection.close(CLOSE_CODES.ENDED)
  }

  closeAll(): void {
    for (const connection of this.#connections()) connection.close(CLOSE_CODES.ENDED)
  }

  nextEndMs(): number | null {
    const ends = this.#connections().map(({ endsAtMs }) => endsAtMs)
    return ends.length === 0 ? null : Math.min(...ends)
  }

  #closeSurplus(): void {
    const connections = this.#connections().toSorted((a, b) => a.openedAtMs - b.openedAtMs)
    for (const oldest of connections.slice(0, -CONNECTIONS_MAX)) oldest.close(CLOSE_CODES.REPLACED)
  }

  #connections(): Connection[] {
    return [...[...this.#streams].map((stream) => this.#ofStream(stream)), ...this.#ofSockets()]
  }

  #ofStream(stream: Stream): Connection {
    const close = () => {
      this.#streams.delete(stream)
      this.#beatWhileNeeded()
      // A reader that has gone already leaves a stream that cannot be closed again.
      if (stream.controller.desiredSize !== null) stream.controller.close()
    }
    const send = (frame: InboxFrame) => this.#write(stream, eventOf(frame), close)
    return { ...stream, send, close }
  }

  #write({ controller }: Stream, chunk: Uint8Array, close: () => void): void {
    if (controller.desiredSize === null || controller.desiredSize <= 0) close()
    else controller.enqueue(chunk)
  }

  #ofSockets(): Connection[] {
    return this.#ctx.getWebSockets().flatMap((socket) => {
      if (socket.readyState !== WebSocket.OPEN) return []
      // Attached by `openSocket` and by nothing else.
      const listener = socket.deserializeAttachment() as Listener
      const send = (frame: InboxFrame) => socket.send(JSON.stringify(frame))
      return [{ ...listener, send, close: (code: number) => socket.close(code) }]
    })
  }

  #beatWhileNeeded(): void {
    if (this.#streams.size === 0 && this.#heartbeat !== null) {
      clearInterval(this.#heartbeat)
      this.#heartbeat = null
    }
    if (this.#streams.size > 0 && this.#heartbeat === null)
      this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS)
  }

  #beat(): void {
    const comment = bytes.encode(': still here\n\n')
    for (const stream of this.#streams)
      this.#write(stream, comment, () => this.#ofStream(stream).close(CLOSE_CODES.SLOW))
  }
}

const eventOf = (frame: InboxFrame): Uint8Array =>
  bytes.encode(`id: ${frame.id}\nevent: ${frame.t}\ndata: ${JSON.stringify(frame)}\n\n`)
