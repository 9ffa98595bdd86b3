import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLOSE_CODES, CLOSE_KNIT_MAX } from '#contracts/chat'
import { MEMBERS_MAX } from '#contracts/group-buys'
import type { MemberId } from '#contracts/ids'
import { eventually } from '../support/platform.ts'
import { type Rooms, startRooms, textPosting } from './room-alone.ts'
import { connect } from './room-client.ts'

let rooms: Rooms
beforeAll(async () => {
  rooms = await startRooms()
})
afterAll(() => rooms.close())

type Group = Awaited<ReturnType<Rooms['openGroup']>>

async function say(room: Group, by: MemberId, text: string): Promise<number> {
  const sent = await room.send(by, textPosting(text))
  if (!sent.ok) throw new Error(sent.refusal.code)
  return sent.value.message.seq
}

/** Who was told of which message, once everything is in the database. */
const toldOf = (room: Group, lastSeq: number) =>
  eventually(async () => {
    const flushes = await room.flushes()
    expect(flushes.at(-1)?.lastSeq).toBe(lastSeq)
    return new Map(
      flushes.flatMap(({ tellings }) =>
        tellings.map(({ seq, recipientIds }) => [seq, recipientIds] as const),
      ),
    )
  })

const systemLines = async (room: Group) => {
  const page = await room.history(room.hostId, { limit: 50 })
  if (!page.ok) throw new Error(page.refusal.code)
  return page.value.items.flatMap(({ system }) => (system === undefined ? [] : [system]))
}

describe('who is in a group’s room', () => {
  it('is what it was told last, in whatever order that comes and however often', async () => {
    const room = await rooms.openGroup(1)
    const [member] = room.memberIds
    if (!member) throw new Error('nobody')
    const socket = await connect(await room.socketUrl(member))
    await socket.heard('hello')
    await room.gather(3, [])
    for (const late of [2, 1, 3]) await room.gather(late, [member])
    expect((await room.send(member, textPosting('저 아직 있어요?'))).ok).toBe(false)
    expect((await room.history(member, { limit: 10 })).ok).toBe(false)
    expect(await socket.sentAway(room)).toEqual({ code: CLOSE_CODES.ENDED })
    await room.gather(4, [member])
    expect(await systemLines(room)).toEqual([
      { kind: 'joined', memberId: member },
      { kind: 'left', memberId: member },
      { kind: 'joined', memberId: member },
    ])
  })

  it('leaves nothing unread behind for who had read all, and what was unread unread', async () => {
    const room = await rooms.openGroup(2)
    const [reader, sleeper] = room.memberIds
    if (!reader || !sleeper) throw new Error('nobody')
    const seq = await say(room, room.hostId, '안녕하세요')
    await room.read(reader, seq)
    await room.gather(2, [reader, sleeper, ...(await rooms.openGroup(1)).memberIds])
    await room.evict()
    const page = await room.history(room.hostId, { limit: 10 })
    if (!page.ok) throw new Error(page.refusal.code)
    const marks = new Map(page.value.reads.map(({ memberId, seq: read }) => [memberId, read]))
    expect(marks.get(reader)).toBe(page.value.lastSeq)
    expect(marks.get(sleeper)).toBe(seq - 1)
  })
})

describe('what is said in a group', () => {
  it('is told once to each who does not look on, until they have read it', async () => {
    const room = await rooms.openGroup(3)
    const [reader, sleeper, onlooker] = room.memberIds
    if (!reader || !sleeper || !onlooker) throw new Error('nobody')
    const socket = await connect(await room.socketUrl(onlooker))
    await socket.heard('hello')
    const first = await say(room, room.hostId, '도착했어요')
    const second = await say(room, room.hostId, '2번 출구예요')
    await room.read(reader, second)
    const third = await say(room, room.hostId, '아직 있어요')
    const told = await toldOf(room, third)
    expect(told.get(first)?.toSorted()).toEqual([reader, sleeper].toSorted())
    expect(told.get(second)).toBeUndefined()
    expect(told.get(third)).toEqual([reader])
    socket.close()
  })

  it('goes to as many as a group buy may have, in one telling and one part', async () => {
    const room = await rooms.openGroup(MEMBERS_MAX)
    const seq = await say(room, room.hostId, '모두 모였네요')
    const told = await toldOf(room, seq)
    expect(told.get(seq)?.toSorted()).toEqual(room.memberIds.toSorted())
    expect((await room.flushes()).at(-1)?.members).toHaveLength(MEMBERS_MAX + 1)
  })

  it('comes with who reads, looks on and types while they are few, and without when they are many', async () => {
    for (const [size, isFew] of [
      [CLOSE_KNIT_MAX - 1, true],
      [CLOSE_KNIT_MAX, false],
    ] as const) {
      const room = await rooms.openGroup(size)
      const [member] = room.memberIds
      if (!member) throw new Error('nobody')
      const host = await connect(await room.socketUrl(room.hostId))
      expect((await host.heard('hello')).reads).toHaveLength(isFew ? size + 1 : 1)
      const other = await connect(await room.socketUrl(member))
      expect((await other.heard('hello')).present).toHaveLength(isFew ? 2 : 0)
      const seq = await say(room, room.hostId, '몇 명이죠?')
      await other.heard('message')
      other.say({ t: 'typing' })
      other.say({ t: 'read', seq })
      other.say({ t: 'send', ...textPosting('셋이요') })
      await host.heard('message', ({ text }) => text === '셋이요')
      const kinds = new Set(host.frames.map(({ t }) => t))
      expect([kinds.has('read'), kinds.has('typing'), kinds.has('presence')]).toEqual([isFew, isFew, isFew])
      for (const socket of [host, other]) socket.close()
    }
  })

  it('is silenced by nobody’s block', async () => {
    const room = await rooms.openGroup(1)
    const [member] = room.memberIds
    if (!member) throw new Error('nobody')
    await room.setBlocked(room.hostId, member, true)
    await say(room, member, '그래도 들려요')
  })
})
