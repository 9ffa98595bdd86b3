import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  CLOSE_CODES,
  EVIDENCE_KEPT_MS,
  GroupRoom,
  MessageHit,
  Room,
  RoomMembers,
  Ticket,
  UnreadChats,
} from '#contracts/chat'
import type { ChatApi } from '#contracts/chat.api'
import { NotificationPage } from '#contracts/notifications'
import { newId } from '#kit/id'
import { connect } from '../../promises/room-client.ts'
import { eventually, openPlatform, type Platform, type SignedUp, unique } from '../../support/platform.ts'
import { yardOf } from '../group-buys/yard.ts'
import { type Town, townOf } from './town.ts'

let platform: Platform
let town: Town
let yard: ReturnType<typeof yardOf>
let host: SignedUp
let first: SignedUp
let second: SignedUp
let stranger: SignedUp

beforeAll(async () => {
  platform = await openPlatform()
  town = townOf(platform)
  yard = yardOf(platform)
  host = await platform.signUp()
  first = await yard.rich()
  second = await yard.rich()
  stranger = await yard.rich()
})

const Rooms = z.object({ items: z.array(Room), nextCursor: z.string().nullable() })
const Hits = z.object({ items: z.array(MessageHit) })
const NOT_THERE = [404, 'NOT_FOUND']

async function open(member: SignedUp, groupBuyId: string): Promise<{ status: number; room: GroupRoom }> {
  const reply = await town.as(member, 'POST', 'chat/rooms', { groupBuyId })
  expect([200, 201], reply.text).toContain(reply.status)
  return { status: reply.status, room: GroupRoom.parse(reply.json) }
}

async function linesFor(member: SignedUp, roomId: string): Promise<unknown[]> {
  const { items } = await town.historyFor(member, roomId)
  return items.flatMap(({ system }) => (system === undefined ? [] : [system]))
}

const listFor = async (member: SignedUp) =>
  Rooms.parse((await town.as(member, 'GET', 'chat/rooms')).json).items
const unreadFor = async (member: SignedUp) =>
  UnreadChats.parse((await town.as(member, 'GET', 'chat/unread')).json)
const searchFor = async (member: SignedUp, q: string) =>
  Hits.parse((await town.as(member, 'GET', `chat/search?q=${encodeURIComponent(q)}`)).json).items
const leave = (member: SignedUp, id: string) => town.as(member, 'DELETE', `group-buys/${id}/claim`)
const fresh = async (count: number) => await Promise.all(Array.from({ length: count }, () => yard.rich()))

async function socketOf(member: SignedUp, roomId: string) {
  const { url } = Ticket.parse((await town.as(member, 'POST', `chat/rooms/${roomId}/ticket`)).json)
  const { url: origin } = await platform.server.listen()
  return await connect(new URL(url, origin).href.replace('http', 'ws'))
}

describe('the room of a group buy', () => {
  it('is made once, by its host or a member, with everybody who is in it', async () => {
    const groupBuy = await yard.open(host)
    await yard.join(first, groupBuy.id, 1)
    const replies = await Promise.all([
      open(host, groupBuy.id),
      open(first, groupBuy.id),
      open(host, groupBuy.id),
    ])
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 200, 201])
    expect(new Set(replies.map(({ room }) => room.id)).size).toBe(1)
    const { room } = await open(first, groupBuy.id)
    expect(room).toMatchObject({
      kind: 'group_buy',
      groupBuy: { id: groupBuy.id, title: groupBuy.title, state: 'recruiting', image: null },
      role: 'member',
      members: { count: 2, faces: [{ id: host.memberId }, { id: first.memberId }] },
      state: 'open',
      unread: 0,
    })
    expect((await town.groupRoomFor(host, room.id)).role).toBe('host')
    expect(await linesFor(host, room.id)).toEqual([{ kind: 'joined', memberId: first.memberId }])
    expect((await yard.mine(first, groupBuy.id)).roomId).toBe(room.id)
    expect((await listFor(first)).map(({ id }) => id)).toContain(room.id)
  })

  it('is nobody’s who is not in it: a stranger, one who only waits, one who asks for what there is not', async () => {
    const groupBuy = await yard.open(host, { totalUnits: 4, minUnits: 4 })
    await yard.join(first, groupBuy.id, 1)
    const [waiting] = await fresh(1)
    if (!waiting) throw new Error('nobody')
    expect((await yard.join(waiting, groupBuy.id, 2, true)).units).toBe(0)
    const { room } = await open(host, groupBuy.id)
    for (const who of [stranger, waiting]) {
      expect(await town.refusalOf(who, 'POST', 'chat/rooms', { groupBuyId: groupBuy.id })).toEqual(NOT_THERE)
      for (const path of ['', '/messages', '/members'])
        expect(await town.refusalOf(who, 'GET', `chat/rooms/${room.id}${path}`)).toEqual(NOT_THERE)
      expect(await town.refusalOf(who, 'POST', `chat/rooms/${room.id}/ticket`)).toEqual(NOT_THERE)
      const said = { clientId: unique('c-123456'), kind: 'text', text: '저도요' }
      expect(await town.refusalOf(who, 'POST', `chat/rooms/${room.id}/messages`, said)).toEqual(NOT_THERE)
    }
    const nothing = { groupBuyId: `gb_${'0'.repeat(26)}` }
    expect(await town.refusalOf(host, 'POST', 'chat/rooms', nothing)).toEqual(NOT_THERE)
  })

  it('tells all of them what one says, over sockets and to be read, and each what they have not read', async () => {
    const groupBuy = await yard.open(host)
    const { room } = await open(host, groupBuy.id)
    const [a, b] = await fresh(2)
    if (!a || !b) throw new Error('nobody')
    for (const who of [a, b]) await yard.join(who, groupBuy.id, 1)
    await eventually(async () => expect(await linesFor(host, room.id)).toHaveLength(2))
    const sockets = [await socketOf(host, room.id), await socketOf(a, room.id)]
    sockets[0]?.say({ t: 'send', clientId: unique('client-'), kind: 'text', text: '토요일에 가지러 가요' })
    for (const socket of sockets)
      expect((await socket.heard('message', ({ text }) => text === '토요일에 가지러 가요')).senderId).toBe(
        host.memberId,
      )
    for (const socket of sockets) socket.close()
    await eventually(async () => expect(await unreadFor(b)).toEqual({ rooms: 1, messages: 1 }))
    const { items, faces } = await town.historyFor(b, room.id)
    expect(items.at(-1)).toMatchObject({ senderId: host.memberId, text: '토요일에 가지러 가요' })
    expect(faces?.map(({ nickname }) => nickname).toSorted()).toEqual(
      [host, a, b].map(({ nickname }) => nickname).toSorted(),
    )
    const members = RoomMembers.parse((await town.as(b, 'GET', `chat/rooms/${room.id}/members`)).json)
    expect(members.items.map(({ id }) => id).toSorted()).toEqual(
      [host, a, b].map(({ memberId }) => memberId).toSorted(),
    )
    await town.as(b, 'POST', `chat/rooms/${room.id}/read`, { seq: items.at(-1)?.seq })
    expect(await unreadFor(b)).toEqual({ rooms: 0, messages: 0 })
  })
})

describe('who comes and who goes', () => {
  it('is told in a line of its own; who came reads what was said before, who went reads nothing more', async () => {
    const groupBuy = await yard.open(host)
    const { room } = await open(host, groupBuy.id)
    await town.say(host, room.id, '어서 오세요')
    const [guest, other] = await fresh(2)
    if (!guest || !other) throw new Error('nobody')
    for (const who of [guest, other]) await yard.join(who, groupBuy.id, 1)
    await eventually(async () =>
      expect(await linesFor(host, room.id)).toEqual(
        [guest, other].map(({ memberId }) => ({ kind: 'joined', memberId })),
      ),
    )
    expect((await town.historyFor(guest, room.id)).items[0]?.text).toBe('어서 오세요')
    await town.say(guest, room.id, '반가워요 여러분')
    const socket = await socketOf(guest, room.id)
    await socket.heard('hello')

    expect((await leave(guest, groupBuy.id)).status).toBe(200)
    await eventually(async () => {
      expect((await linesFor(host, room.id)).at(-1)).toEqual({ kind: 'left', memberId: guest.memberId })
      expect(await town.refusalOf(guest, 'GET', `chat/rooms/${room.id}/messages`)).toEqual(NOT_THERE)
    })
    const evict = () =>
      platform.server
        .getWorker('madang-chat')
        .evictDurableObject('CHAT_ROOM', { name: room.id, webSockets: 'hibernate' })
    expect((await socket.sentAway({ evict })).code).toBe(CLOSE_CODES.ENDED)
    expect((await listFor(guest)).map(({ id }) => id)).not.toContain(room.id)
    expect(await town.refusalOf(guest, 'POST', 'chat/rooms', { groupBuyId: groupBuy.id })).toEqual(NOT_THERE)
    expect((await town.groupRoomFor(host, room.id)).members.count).toBe(2)
    const { items, faces } = await town.historyFor(host, room.id)
    expect(items.some(({ text }) => text === '반가워요 여러분')).toBe(true)
    expect(faces?.some(({ id }) => id === guest.memberId)).toBe(true)
    await eventually(async () => expect(await searchFor(other, '반가워요')).toHaveLength(1))
    expect(await searchFor(guest, '반가워요')).toEqual([])

    await yard.join(guest, groupBuy.id, 2)
    await eventually(async () =>
      expect((await linesFor(guest, room.id)).at(-1)).toEqual({ kind: 'joined', memberId: guest.memberId }),
    )
  })

  it('follows the waiting list: who is promoted is in, by a line', async () => {
    const groupBuy = await yard.open(host, { totalUnits: 4, minUnits: 4 })
    const { room } = await open(host, groupBuy.id)
    const [holder, waiter] = await fresh(2)
    if (!holder || !waiter) throw new Error('nobody')
    await yard.join(holder, groupBuy.id, 1)
    await yard.join(waiter, groupBuy.id, 2, true)
    await leave(holder, groupBuy.id)
    await eventually(async () =>
      expect((await linesFor(waiter, room.id)).slice(-3)).toEqual([
        { kind: 'left', memberId: holder.memberId },
        { kind: 'joined', memberId: waiter.memberId },
        { kind: 'group_buy_state', state: 'filled' },
      ]),
    )
  })

  it('leaves out who left Madang, whatever they hold, and goes on', async () => {
    const groupBuy = await yard.open(host)
    const { room } = await open(host, groupBuy.id)
    const [leaver, other] = await fresh(2)
    if (!leaver || !other) throw new Error('nobody')
    await yard.join(leaver, groupBuy.id, 1)
    await eventually(async () => expect(await linesFor(leaver, room.id)).toHaveLength(1))
    const fact = {
      ...{ id: newId('evt', Date.now()), type: 'member.withdrawn', v: 1, at: Date.now(), version: 9 },
      ...{ aggregateId: leaver.memberId, actorId: leaver.memberId, requestId: 'test' },
      data: { memberId: leaver.memberId },
    }
    const identity = await platform.server.getWorker<{ CHAT_INBOX: Queue }>('madang-identity').getEnv()
    await identity.CHAT_INBOX.send(fact)
    const linesNow = () => linesFor(host, room.id)
    await eventually(async () =>
      expect(await linesNow()).toEqual([
        { kind: 'joined', memberId: leaver.memberId },
        { kind: 'left', memberId: leaver.memberId },
      ]),
    )
    // They still hold a unit, so the next fact names them: they stay out.
    await yard.join(other, groupBuy.id, 1)
    await eventually(async () =>
      expect((await linesNow()).at(-1)).toEqual({ kind: 'joined', memberId: other.memberId }),
    )
    expect(await linesNow()).toHaveLength(3)
    expect(await town.groupRoomFor(host, room.id)).toMatchObject({
      state: 'open',
      removedAt: null,
      members: { count: 2 },
    })
  })
})

describe('what becomes of the group buy', () => {
  it('is told in lines, and 30 days after its end the room is gone', async () => {
    const groupBuy = await yard.open(host, { totalUnits: 3, minUnits: 3 })
    const { room } = await open(host, groupBuy.id)
    await yard.join(first, groupBuy.id, 1)
    await yard.until(groupBuy.id, 'filled')
    await eventually(async () =>
      expect(await linesFor(first, room.id)).toEqual([
        { kind: 'joined', memberId: first.memberId },
        { kind: 'group_buy_state', state: 'filled' },
      ]),
    )
    expect((await town.as(host, 'DELETE', `group-buys/${groupBuy.id}`)).status).toBeLessThan(300)
    const ended = await eventually(async () => {
      const now = await town.groupRoomFor(first, room.id)
      expect(now).toMatchObject({ state: 'open', groupBuy: { state: 'cancelled' } })
      expect((await linesFor(first, room.id)).at(-1)).toEqual({ kind: 'group_buy_state', state: 'cancelled' })
      return now
    })
    // There is still something to say until then.
    await town.say(first, room.id, '다음에 또 해요')
    const removedAtMs = Date.parse(ended.removedAt ?? '')
    expect(removedAtMs).toBeGreaterThan(Date.now() + EVIDENCE_KEPT_MS - 600_000)
    const chat = (await platform.server.getWorker<{ CHAT: Service<ChatApi> }>('madang-trades').getEnv()).CHAT
    await chat.tick({ atMs: removedAtMs - 1 })
    expect((await town.historyFor(first, room.id)).items.at(-1)?.text).toBe('다음에 또 해요')
    await chat.tick({ atMs: removedAtMs })
    for (const who of [first, host]) {
      expect(await town.refusalOf(who, 'GET', `chat/rooms/${room.id}/messages`)).toEqual(NOT_THERE)
      // What is gone does not come back empty.
      expect(await town.refusalOf(who, 'POST', 'chat/rooms', { groupBuyId: groupBuy.id })).toEqual([
        409,
        'GROUP_BUY_CLOSED',
      ])
    }
    expect((await yard.mine(first, groupBuy.id)).roomId).toBeNull()
  })
})

describe('what is told of a group’s talk', () => {
  it('is one notice for each who does not look on, until they have read', async () => {
    const groupBuy = await yard.open(host)
    const [reader, sleeper] = await fresh(2)
    if (!reader || !sleeper) throw new Error('nobody')
    for (const who of [reader, sleeper]) await yard.join(who, groupBuy.id, 1)
    const { room } = await open(host, groupBuy.id)
    const chatNotices = async (who: SignedUp) =>
      NotificationPage.parse((await town.as(who, 'GET', 'notifications')).json).items.filter(
        ({ url }) => url === `/chat/${room.id}`,
      )
    const spoken = await town.say(host, room.id, '도착했어요')
    await town.say(host, room.id, '2번 출구예요')
    await eventually(async () => {
      for (const who of [reader, sleeper])
        expect(await chatNotices(who)).toMatchObject([
          { title: groupBuy.title, body: expect.stringContaining('도착했어요'), url: `/chat/${room.id}` },
        ])
    })
    expect(await chatNotices(host)).toEqual([])
    await town.as(reader, 'POST', `chat/rooms/${room.id}/read`, { seq: spoken.seq + 1 })
    await eventually(async () => expect((await chatNotices(reader))[0]?.readAt).not.toBeNull())
    await town.say(host, room.id, '아직 계세요?')
    await eventually(async () =>
      expect((await chatNotices(reader)).map(({ body }) => body)).toContainEqual(
        expect.stringContaining('아직 계세요?'),
      ),
    )
    expect(await chatNotices(sleeper)).toHaveLength(1)
  })

  it('lets a block between two of them silence nobody', async () => {
    const groupBuy = await yard.open(host)
    await yard.join(second, groupBuy.id, 1)
    const { room } = await open(second, groupBuy.id)
    await town.as(second, 'PUT', `me/blocks/${host.memberId}`)
    // A room of the two is silent from here on; that of the group is not.
    const theirs = await town.postListing(second)
    await eventually(async () =>
      expect(await town.refusalOf(host, 'POST', 'chat/rooms', { listingId: theirs })).toEqual([
        403,
        'MEMBER_BLOCKED',
      ]),
    )
    await town.say(host, room.id, '모두 보세요')
    await town.say(second, room.id, '봤어요')
    await town.as(second, 'DELETE', `me/blocks/${host.memberId}`)
  })

  it('can be reported and put out of one’s list; a word brings it back', async () => {
    const groupBuy = await yard.open(host)
    await yard.join(first, groupBuy.id, 1)
    const { room } = await open(first, groupBuy.id)
    const { seq } = await town.say(host, room.id, '돈은 따로 보내세요')
    const target = { kind: 'message', roomId: room.id, seq }
    expect((await town.as(first, 'POST', 'reports', { target, rule: 'fraud' })).status).toBe(201)
    expect(await town.refusalOf(stranger, 'POST', 'reports', { target, rule: 'fraud' })).toEqual(NOT_THERE)
    const ids = async () => (await listFor(first)).map(({ id }) => id)
    expect((await town.as(first, 'POST', `chat/rooms/${room.id}/leave`)).status).toBe(204)
    expect(await ids()).not.toContain(room.id)
    expect(await linesFor(host, room.id)).toEqual([{ kind: 'joined', memberId: first.memberId }])
    await town.say(host, room.id, '토요일에 봬요')
    await eventually(async () => expect(await ids()).toContain(room.id))
  })
})
