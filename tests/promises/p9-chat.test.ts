import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually } from '../support/platform.ts'
import { randomOf } from './deliveries.ts'
import { type OpenedRoom, type RoomKind, type Rooms, startRooms, textPosting } from './room-alone.ts'
import { faultsOf, type Logged, type TalkHistory } from './room-log.ts'
import { talker } from './room-talker.ts'
import { lastTold, talkWithChanges, tellingsOf, wordsTold } from './room-told.ts'

/**
 * P9: nothing acknowledged is lost, nothing is stored twice, and all see one order: clients on a network that is cut after three of ten
 * messages, while the room is thrown out of memory again and again.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const SCALE = NIGHTLY
  ? { clients: 20, messages: 250, evictions: 20 }
  : { clients: 8, messages: 40, evictions: 4 }
const CUTS = 0.3
const SEED = NIGHTLY ? Date.now() % 1_000_000 : 20_261_121

let rooms: Rooms
beforeAll(async () => {
  rooms = await startRooms()
})
afterAll(() => rooms.close())

/** Clients of both members talk at once; in between the room is evicted, each time after a share of the messages. */
async function talkIn(
  kind: RoomKind,
  scale: typeof SCALE,
): Promise<{ room: OpenedRoom; history: TalkHistory; errors: string[] }> {
  const room = await rooms.open(kind)
  const talkers = Array.from({ length: scale.clients }, (_, index) =>
    talker({
      name: `client${index}`,
      socketUrl: () => room.socketUrl(index % 2 ? room.sellerId : room.buyerId),
      messages: scale.messages,
      cuts: CUTS,
      random: randomOf(SEED + index),
    }),
  )
  const talked = Promise.all(talkers.map(({ talk }) => talk()))
  const all = scale.clients * scale.messages
  const acked = () => talkers.reduce((sum, one) => sum + Object.keys(one.acked).length, 0)
  for (let share = 1; share <= scale.evictions; share++) {
    while (acked() < (all * share) / (scale.evictions + 1))
      await new Promise((resolve) => setTimeout(resolve, 2))
    await room.evict()
  }
  await talked
  const { last } = await lastOf(room)
  await Promise.all(talkers.map(({ resume }) => resume(last)))
  expect(talkers.every((one) => one.connections() > 1)).toBe(true)
  const by = <Value>(value: (one: (typeof talkers)[number]) => Value) =>
    Object.fromEntries(talkers.map((one) => [one.name, value(one)]))
  const history = {
    sent: by(({ ids }) => ids),
    acked: Object.assign({}, ...talkers.map((one) => one.acked)),
    logs: { ...by(({ log }) => log), 'the history': await historyOf(room, last) },
  }
  return { room, history, errors: talkers.flatMap((one) => one.errors) }
}

async function lastOf(room: OpenedRoom) {
  const page = await room.history(room.buyerId, { limit: 1 })
  if (!page.ok) throw new Error(page.refusal.code)
  return { last: page.value.lastSeq }
}

/** The whole history by pages. */
async function historyOf(room: OpenedRoom, last: number): Promise<Logged[]> {
  const log: Logged[] = []
  while (log.length < last) {
    const page = await room.history(room.sellerId, { afterSeq: log.length, limit: 50 })
    if (!page.ok || page.value.items.length === 0) break
    log.push(
      ...page.value.items.map(({ seq, clientId, senderId, text }) => ({ seq, clientId, senderId, text })),
    )
  }
  return log
}

describe('P9: a room loses nothing, doubles nothing and has one order', () => {
  it(`for ${SCALE.clients} clients with ${SCALE.messages} messages each, ${SCALE.evictions} evictions and a network cut at 3 of 10 messages (seed ${SEED})`, async () => {
    const { room, history, errors } = await talkIn('room', SCALE)
    expect(faultsOf(history)).toEqual([])
    expect(errors).toEqual([])
    expect(Object.keys(history.acked)).toHaveLength(SCALE.clients * SCALE.messages)
    expect(history.logs['the history']).toHaveLength(SCALE.clients * SCALE.messages)
    await expectFlushed(room, SCALE.clients * SCALE.messages)
  }, 600_000)

  it('would be caught if it did not keep which client message it stored', async () => {
    const { history } = await talkIn('forgetful', { clients: 3, messages: 15, evictions: 1 })
    expect(faultsOf(history).filter((fault) => fault.endsWith('stand there again'))).toHaveLength(1)
  })
})

/** Everything reached the database once it could: each message, in parts of a hundred at most, with rising versions. */
async function expectFlushed(room: OpenedRoom, messages: number): Promise<void> {
  await expect
    .poll(
      async () =>
        new Set((await room.flushes()).flatMap((flush) => flush.messages.map(({ seq }) => seq))).size,
      {
        timeout: 20_000,
      },
    )
    .toBe(messages)
  const flushes = await room.flushes()
  const versions = flushes.map(({ version }) => version)
  expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b))
  expect(Math.max(...flushes.map((flush) => flush.messages.length))).toBeLessThanOrEqual(100)
}

describe('what a room tells its database', () => {
  it('arrives once the database is back, in the end with nothing missing and nobody told twice', async () => {
    const room = await rooms.open()
    await room.failFlushes('before', 1)
    for (let index = 0; index < 120; index++) await room.send(room.sellerId, textPosting(`줄 ${index}`))
    await eventually(async () =>
      expect((await room.flushes()).flatMap(({ messages }) => messages)).toHaveLength(120),
    )
    const told = (await tellingsOf(room)).map(({ seq }) => seq)
    expect(told).toEqual(Array.from({ length: 120 }, (_, index) => index + 1))
  })

  it('has every message as it reads in the end, however its changes fell into the parts', async () => {
    const room = await rooms.open()
    const said = await talkWithChanges(room, 230)
    await eventually(async () => expect(await wordsTold(room)).toEqual(said))
    const flushes = await room.flushes()
    expect(Math.max(...flushes.map(({ messages }) => messages.length))).toBeLessThanOrEqual(100)
    // Whoever wrote and whoever looked away has nothing to be told of as read; who was told and reads has.
    expect(flushes.flatMap(({ reads }) => reads)).toEqual([])
    await room.read(room.buyerId, 230)
    await eventually(async () =>
      expect((await lastTold(room))?.reads).toEqual([{ memberId: room.buyerId, seq: 230 }]),
    )
  })

  it('comes again under the same version when the answer was lost, whatever was said meanwhile', async () => {
    const room = await rooms.open()
    await eventually(async () => expect(await room.flushes()).toHaveLength(1))
    await room.failFlushes('after', 1)
    await room.send(room.sellerId, textPosting('하나'))
    await eventually(async () => expect(await room.flushes()).toHaveLength(2))
    await room.send(room.sellerId, textPosting('둘'))
    await eventually(async () => expect((await room.flushes()).length).toBeGreaterThanOrEqual(4))
    const [, lost, again, next] = await room.flushes()
    expect(again?.version).toBe(lost?.version)
    expect(again?.tellings).toEqual(lost?.tellings)
    expect(next?.version).toBeGreaterThan(again?.version ?? 0)
    expect(next?.tellings).toEqual([{ seq: 2, recipientIds: [room.buyerId] }])
  })
})

describe('the checker of P9', () => {
  const said = (seq: number, clientId: string): Logged => ({
    seq,
    clientId,
    senderId: 'mem_a',
    text: clientId,
  })
  const log = [said(1, 'a-1'), said(2, 'b-1'), said(3, 'a-2')]
  const sound: TalkHistory = {
    sent: { a: ['a-1', 'a-2'], b: ['b-1'] },
    acked: { 'a-1': 1, 'a-2': 3, 'b-1': 2 },
    logs: { a: log, b: log },
  }

  it('finds nothing wrong with a sound log', () => {
    expect(faultsOf(sound)).toEqual([])
  })

  it.each<[string, TalkHistory, RegExp]>([
    ['a gap', { ...sound, logs: { a: log, b: [said(1, 'a-1'), said(3, 'a-2')] } }, /b holds 3 at place 2/],
    [
      'a duplicate',
      { ...sound, logs: { a: [...log, said(4, 'a-2')], b: [...log, said(4, 'a-2')] } },
      /a-2 was stored 2 times/,
    ],
    [
      'two clients that hold different things',
      { ...sound, logs: { a: log, b: [said(1, 'a-1'), said(2, 'b-1'), said(3, 'b-2')] } },
      /b holds another log/,
    ],
    [
      'an acknowledged message that is not there',
      { ...sound, acked: { ...sound.acked, 'b-9': 4 } },
      /b-9 was acknowledged at 4/,
    ],
    [
      'an order turned round',
      { ...sound, sent: { ...sound.sent, a: ['a-2', 'a-1'] } },
      /a's order was not kept/,
    ],
  ])('finds %s', (_what, history, fault) => {
    expect(faultsOf(history).join('\n')).toMatch(fault)
  })
})
