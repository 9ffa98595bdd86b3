import { beforeAll, describe, expect, it } from 'vitest'
import { CLOSE_CODES, EVIDENCE_KEPT_MS, RoomMembers } from '#contracts/chat'
import { NotificationPage } from '#contracts/notifications'
import { eventually, openPlatform, type Platform, type SignedUp, unique } from '../../support/platform.ts'
import { yardOf } from '../group-buys/yard.ts'
import { fact } from '../notifications/facts.ts'
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

const NOT_THERE = [404, 'NOT_FOUND']

const leave = (member: SignedUp, id: string) => town.as(member, 'DELETE', `group-buys/${id}/claim`)
/** What the room says of who comes and who goes. */
const joined = ({ memberId }: SignedUp) => ({ kind: 'joined', memberId })
const left = ({ memberId }: SignedUp) => ({ kind: 'left', memberId })
/** A group buy of the host's with its room. */
async function opened(over: object = {}) {
  const groupBuy = await yard.open(host, over)
  return { groupBuy, room: (await town.openGroupRoom(host, groupBuy.id)).room }
}
/** Two who have money, and are in nothing yet. */
const two = () => Promise.all([yard.rich(), yard.rich()])

describe('the room of a group buy', () => {
  it('is made once, by its host or a member, with everybody who is in it', async () => {
    const groupBuy = await yard.open(host)
    await yard.join(first, groupBuy.id, 1)
    const replies = await Promise.all([
      town.openGroupRoom(host, groupBuy.id),
      town.openGroupRoom(first, groupBuy.id),
      town.openGroupRoom(host, groupBuy.id),
    ])
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 200, 201])
    expect(new Set(replies.map(({ room }) => room.id)).size).toBe(1)
    const { room } = await town.openGroupRoom(first, groupBuy.id)
    expect(room).toMatchObject({
      kind: 'group_buy',
      groupBuy: { id: groupBuy.id, title: groupBuy.title, state: 'recruiting', image: null },
      role: 'member',
      members: { count: 2, faces: [{ id: host.memberId }, { id: first.memberId }] },
      state: 'open',
      unread: 0,
    })
    expect((await town.groupRoomFor(host, room.id)).role).toBe('host')
    expect(await town.linesFor(host, room.id)).toEqual([joined(first)])
    expect((await yard.mine(first, groupBuy.id)).roomId).toBe(room.id)
    expect((await town.listFor(first)).items.map(({ id }) => id)).toContain(room.id)
  })

  it('is nobody’s who is not in it: a stranger, one who only waits, one who asks for what there is not', async () => {
    const groupBuy = await yard.open(host, { totalUnits: 4, minUnits: 4 })
    await yard.join(first, groupBuy.id, 1)
    const waiting = await yard.rich()
    expect((await yard.join(waiting, groupBuy.id, 2, true)).units).toBe(0)
    const { room } = await town.openGroupRoom(host, groupBuy.id)
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
    const { groupBuy, room } = await opened()
    const [a, b] = await two()
    for (const who of [a, b]) await yard.join(who, groupBuy.id, 1)
    await eventually(async () => expect(await town.linesFor(host, room.id)).toHaveLength(2))
    const sockets = [await town.socketFor(host, room.id), await town.socketFor(a, room.id)]
    sockets[0]?.say({ t: 'send', clientId: unique('client-'), kind: 'text', text: '토요일에 가지러 가요' })
    for (const socket of sockets)
      expect((await socket.heard('message', ({ text }) => text === '토요일에 가지러 가요')).senderId).toBe(
        host.memberId,
      )
    for (const socket of sockets) socket.close()
    await eventually(async () => expect(await town.unreadFor(b)).toEqual({ rooms: 1, messages: 1 }))
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
    expect(await town.unreadFor(b)).toEqual({ rooms: 0, messages: 0 })
  })
})

describe('who comes and who goes', () => {
  it('is told in a line of its own; who came reads what was said before, who went reads nothing more', async () => {
    const { groupBuy, room } = await opened()
    await town.say(host, room.id, '어서 오세요')
    const [guest, other] = await two()
    for (const who of [guest, other]) await yard.join(who, groupBuy.id, 1)
    await eventually(async () =>
      expect(await town.linesFor(host, room.id)).toEqual([guest, other].map(joined)),
    )
    expect((await town.historyFor(guest, room.id)).items[0]?.text).toBe('어서 오세요')
    await town.say(guest, room.id, '반가워요 여러분')
    const socket = await town.socketFor(guest, room.id)
    await socket.heard('hello')

    expect((await leave(guest, groupBuy.id)).status).toBe(200)
    await eventually(async () => {
      expect((await town.linesFor(host, room.id)).at(-1)).toEqual(left(guest))
      expect(await town.refusalOf(guest, 'GET', `chat/rooms/${room.id}/messages`)).toEqual(NOT_THERE)
    })
    const evict = () =>
      platform.server
        .getWorker('madang-chat')
        .evictDurableObject('CHAT_ROOM', { name: room.id, webSockets: 'hibernate' })
    expect((await socket.sentAway({ evict })).code).toBe(CLOSE_CODES.ENDED)
    expect((await town.listFor(guest)).items.map(({ id }) => id)).not.toContain(room.id)
    expect(await town.refusalOf(guest, 'POST', 'chat/rooms', { groupBuyId: groupBuy.id })).toEqual(NOT_THERE)
    expect((await town.groupRoomFor(host, room.id)).members.count).toBe(2)
    const { items, faces } = await town.historyFor(host, room.id)
    expect(items.some(({ text }) => text === '반가워요 여러분')).toBe(true)
    expect(faces?.some(({ id }) => id === guest.memberId)).toBe(true)
    await eventually(async () => expect((await town.searchFor(other, '반가워요')).items).toHaveLength(1))
    expect((await town.searchFor(guest, '반가워요')).items).toEqual([])

    await yard.join(guest, groupBuy.id, 2)
    await eventually(async () => expect((await town.linesFor(guest, room.id)).at(-1)).toEqual(joined(guest)))
  })

  it('follows the waiting list: who is promoted is in, by a line', async () => {
    const { groupBuy, room } = await opened({ totalUnits: 4, minUnits: 4 })
    const [holder, waiter] = await two()
    await yard.join(holder, groupBuy.id, 1)
    await yard.join(waiter, groupBuy.id, 2, true)
    await leave(holder, groupBuy.id)
    await eventually(async () =>
      expect((await town.linesFor(waiter, room.id)).slice(-3)).toEqual([
        left(holder),
        joined(waiter),
        { kind: 'group_buy_state', state: 'filled' },
      ]),
    )
  })

  it('leaves out who left Madang, whatever they hold, and goes on', async () => {
    const { groupBuy, room } = await opened()
    const [leaver, other] = await two()
    await yard.join(leaver, groupBuy.id, 1)
    await eventually(async () => expect(await town.linesFor(leaver, room.id)).toHaveLength(1))
    const identity = await platform.server.getWorker<{ CHAT_INBOX: Queue }>('madang-identity').getEnv()
    await identity.CHAT_INBOX.send(fact('member.withdrawn', { memberId: leaver.memberId }, leaver.memberId))
    const linesNow = () => town.linesFor(host, room.id)
    await eventually(async () => expect(await linesNow()).toEqual([joined(leaver), left(leaver)]))
    // They still hold a unit, so the next fact names them: they stay out.
    await yard.join(other, groupBuy.id, 1)
    await eventually(async () => expect((await linesNow()).at(-1)).toEqual(joined(other)))
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
    const { groupBuy, room } = await opened({ totalUnits: 3, minUnits: 3 })
    await yard.join(first, groupBuy.id, 1)
    await yard.until(groupBuy.id, 'filled')
    await eventually(async () =>
      expect(await town.linesFor(first, room.id)).toEqual([
        joined(first),
        { kind: 'group_buy_state', state: 'filled' },
      ]),
    )
    expect((await town.as(host, 'DELETE', `group-buys/${groupBuy.id}`)).status).toBeLessThan(300)
    const ended = await eventually(async () => {
      const now = await town.groupRoomFor(first, room.id)
      expect(now).toMatchObject({ state: 'open', groupBuy: { state: 'cancelled' } })
      expect((await town.linesFor(first, room.id)).at(-1)).toEqual({
        kind: 'group_buy_state',
        state: 'cancelled',
      })
      return now
    })
    // There is still something to say until then.
    await town.say(first, room.id, '다음에 또 해요')
    const removedAtMs = Date.parse(ended.removedAt ?? '')
    expect(removedAtMs).toBeGreaterThan(Date.now() + EVIDENCE_KEPT_MS - 600_000)
    const chat = await town.chatRpc()
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
    const [reader, sleeper] = await two()
    for (const who of [reader, sleeper]) await yard.join(who, groupBuy.id, 1)
    const { room } = await town.openGroupRoom(host, groupBuy.id)
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
    const { room } = await town.openGroupRoom(second, groupBuy.id)
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
    const { room } = await town.openGroupRoom(first, groupBuy.id)
    const { seq } = await town.say(host, room.id, '돈은 따로 보내세요')
    const target = { kind: 'message', roomId: room.id, seq }
    expect((await town.as(first, 'POST', 'reports', { target, rule: 'fraud' })).status).toBe(201)
    expect(await town.refusalOf(stranger, 'POST', 'reports', { target, rule: 'fraud' })).toEqual(NOT_THERE)
    const ids = async () => (await town.listFor(first)).items.map(({ id }) => id)
    expect((await town.as(first, 'POST', `chat/rooms/${room.id}/leave`)).status).toBe(204)
    expect(await ids()).not.toContain(room.id)
    expect(await town.linesFor(host, room.id)).toEqual([joined(first)])
    await town.say(host, room.id, '토요일에 봬요')
    await eventually(async () => expect(await ids()).toContain(room.id))
  })
})
