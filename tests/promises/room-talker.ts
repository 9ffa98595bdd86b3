import { RoomFrame } from '#contracts/chat'
import type { Logged } from './room-log.ts'

/** Messages a client sends before it waits for their acks. */
const WINDOW = 4
const AGAIN_AFTER_MS = 100
/** With a socket that stays silent this long something is lost: it is left and opened anew. */
const SILENT_MS = 3_000

export type TalkerOptions = {
  name: string
  /** A socket with a fresh ticket; it may fail while the room is away. */
  socketUrl: () => Promise<string>
  messages: number
  /** How often of 1 the network is cut when a message has left, before its ack. */
  cuts: number
  random: () => number
}

/** A client on a bad network: it sends its messages in order, each until it is acknowledged, and keeps what it hears. */
export function talker({ name, socketUrl, messages, cuts, random }: TalkerOptions) {
  const ids = Array.from({ length: messages }, (_, index) => `${name}-${String(index).padStart(6, '0')}`)
  const acked: Record<string, number> = {}
  const log: Logged[] = []
  const errors: string[] = []
  let connections = 0
  let live: WebSocket | null = null

  /** One connection: sends what is not acknowledged, and ends when it is cut, falls silent or `isDone`. */
  async function connection(isDone: () => boolean): Promise<void> {
    const socket = new WebSocket(`${await socketUrl()}&afterSeq=${log.at(-1)?.seq ?? 0}`)
    connections += 1
    live = socket
    const waiting = ids.filter((id) => acked[id] === undefined)
    let next = 0
    let heardAtMs = Date.now()
    await new Promise<void>((resolve) => {
      const end = () => {
        clearInterval(watch)
        live = null
        socket.close()
        resolve()
      }
      const pump = () => {
        while (live === socket && next < waiting.length && next - ackedOf(waiting) < WINDOW) {
          const clientId = waiting[next++]
          socket.send(JSON.stringify({ t: 'send', clientId, kind: 'text', text: `${name} says ${clientId}` }))
          if (random() < cuts) end()
        }
      }
      const watch = setInterval(() => {
        if (isDone() || Date.now() - heardAtMs > SILENT_MS) end()
      }, 20)
      socket.addEventListener('open', pump)
      socket.addEventListener('close', end)
      socket.addEventListener('error', end)
      socket.addEventListener('message', ({ data }) => {
        // What arrives after the cut never reached this client.
        if (live !== socket) return
        heardAtMs = Date.now()
        take(RoomFrame.parse(JSON.parse(String(data))))
        pump()
        if (isDone()) end()
      })
    })
  }

  const ackedOf = (some: string[]) => some.filter((id) => acked[id] !== undefined).length

  function take(frame: RoomFrame): void {
    if (frame.t === 'error') errors.push(frame.code)
    if (frame.t === 'ack') acked[frame.clientId] = frame.seq
    // The contract: drop what you have. Anything else is kept as it came, also a gap.
    if (frame.t === 'message' && !log.some(({ seq }) => seq === frame.seq))
      log.push({ seq: frame.seq, clientId: frame.clientId, senderId: frame.senderId, text: frame.text })
  }

  async function until(isDone: () => boolean): Promise<void> {
    while (!isDone())
      await connection(isDone).catch(() => new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS)))
  }

  return {
    name,
    ids,
    acked,
    log,
    errors,
    connections: () => connections,
    /** Until everything is acknowledged. */
    talk: () => until(() => ackedOf(ids) === ids.length),
    /** Comes back once more and hears what it missed, up to `lastSeq`. */
    resume: (lastSeq: number) => until(() => (log.at(-1)?.seq ?? 0) >= lastSeq),
    /** Its network goes, now. */
    cut: () => live?.close(),
  }
}
export type Talker = ReturnType<typeof talker>
