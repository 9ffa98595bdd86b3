import { type Heard, openAll, type Socket } from './chat-sockets.ts'

export const ROOMS = 20
export const SOCKETS_PER_ROOM = 10
const MESSAGES_PER_SOCKET_SECOND = 5
const WARM_SECONDS = 2
const STEADY_SECONDS = 6
export const IDLE_ROOMS = 200
/** Longer than the local runtime waits before it puts a quiet object to sleep (10 s). */
const IDLE_MS = 13_000
const HOT_SECONDS = 4
/** Messages each socket of the hot room has under way: enough that the room never waits for the driver. */
const HOT_UNDER_WAY = 8
const GIVE_UP_MS = 30_000

/** Where socket `socket` of room `room` connects; on the platform this fetches a ticket. */
export type Rooms = (room: number, socket: number) => Promise<string>
export type Latency = { p50Ms: number; p99Ms: number; count: number }
export type Steady = { ack: Latency; delivery: Latency; lost: number }

/** 20 rooms of 10 sockets, each sending 5 messages a second: how long until the ack, and until each other socket has it. */
export async function steadyRooms(rooms: Rooms): Promise<Steady> {
  const acks: number[] = []
  const deliveries: number[] = []
  const sentAt = new Map<string, number>()
  let measuring = false
  let expected = 0
  const heard = (_: number, { t, clientId }: Heard) => {
    const at = sentAt.get(clientId)
    if (at === undefined) return
    if (t === 'ack') acks.push(performance.now() - at)
    if (t === 'message') deliveries.push(performance.now() - at)
  }
  const sockets = await openRooms(ROOMS, rooms, heard)
  const periodMs = 1_000 / MESSAGES_PER_SOCKET_SECOND
  let turn = 0
  const timers = sockets.map((socket, index) => {
    const say = () => {
      const clientId = clientIdOf(index, turn++)
      if (measuring) {
        sentAt.set(clientId, performance.now())
        expected += 1
      }
      socket.send(clientId, '오늘 저녁 7시에 역 앞에서 볼까요')
    }
    // Spread over the period, as people are.
    return setTimeout(
      () => {
        say()
        timers[index] = setInterval(say, periodMs)
      },
      (index * periodMs) / sockets.length,
    )
  })
  await pause(WARM_SECONDS * 1_000)
  measuring = true
  await pause(STEADY_SECONDS * 1_000)
  measuring = false
  for (const timer of timers) clearInterval(timer)
  await until(() => deliveries.length >= expected * SOCKETS_PER_ROOM && acks.length >= expected)
  for (const socket of sockets) socket.close()
  const lost = expected * (SOCKETS_PER_ROOM + 1) - deliveries.length - acks.length
  return { ack: latency(acks), delivery: latency(deliveries), lost }
}

/** 2,000 sockets that lie idle until their rooms sleep; then one message in each room, until every socket has its own. */
export async function idleSockets(
  rooms: Rooms,
): Promise<{ sockets: number; openMs: number; servedMs: number; lost: number }> {
  let served = 0
  const heard = (_: number, { t, clientId }: Heard) => {
    if (t === 'message' && clientId.startsWith('bench-')) served += 1
  }
  const openedAt = performance.now()
  const sockets = await openRooms(IDLE_ROOMS, rooms, heard)
  const openMs = performance.now() - openedAt
  await pause(IDLE_MS)
  const startedAt = performance.now()
  for (let room = 0; room < IDLE_ROOMS; room++) {
    sockets[room * SOCKETS_PER_ROOM]?.send(clientIdOf(room, 0), '아직 있나요')
  }
  await until(() => served >= sockets.length)
  const servedMs = performance.now() - startedAt
  for (const socket of sockets) socket.close()
  return { sockets: sockets.length, openMs, servedMs, lost: sockets.length - served }
}

/** One room, every socket sending as fast as it is acked: messages a second. */
export async function hotRoom(rooms: Rooms): Promise<number> {
  let acked = 0
  let turn = 0
  let isOver = false
  const sockets: Socket[] = []
  const heard = (index: number, { t }: Heard) => {
    if (t !== 'ack' || isOver) return
    acked += 1
    sockets[index]?.send(clientIdOf(index, turn++), '뜨거운 방')
  }
  sockets.push(...(await openAll(SOCKETS_PER_ROOM, (index) => rooms(0, index), heard)))
  for (const [index, socket] of sockets.entries()) {
    for (let under = 0; under < HOT_UNDER_WAY; under++) socket.send(clientIdOf(index, turn++), '뜨거운 방')
  }
  await pause(1_000)
  const before = acked
  await pause(HOT_SECONDS * 1_000)
  const perSecond = (acked - before) / HOT_SECONDS
  isOver = true
  for (const socket of sockets) socket.close()
  return perSecond
}

const openRooms = (
  count: number,
  rooms: Rooms,
  heard: (index: number, frame: Heard) => void,
): Promise<Socket[]> =>
  openAll(
    count * SOCKETS_PER_ROOM,
    (index) => rooms(Math.floor(index / SOCKETS_PER_ROOM), index % SOCKETS_PER_ROOM),
    heard,
  )

/** New in every run of the process, so that no room takes it for a message it has. */
const RUN = Date.now().toString(36)
let runs = 0
const clientIdOf = (socket: number, turn: number): string => `bench-${RUN}-${socket}-${turn}-${runs++}`

function latency(values: number[]): Latency {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return { p50Ms: at(0.5), p99Ms: at(0.99), count: sorted.length }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function until(isDone: () => boolean): Promise<void> {
  const endAt = performance.now() + GIVE_UP_MS
  while (!isDone() && performance.now() < endAt) await pause(5)
}
