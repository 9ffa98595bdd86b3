import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Message, Room, Ticket } from '#contracts/chat'
import { eventually, openPlatform, type Platform, type SignedUp, unique } from '../../support/platform.ts'
import { type Town, townOf } from './town.ts'

let platform: Platform
let town: Town
let seller: SignedUp
let buyer: SignedUp
let stranger: SignedUp

beforeAll(async () => {
  platform = await openPlatform()
  town = townOf(platform)
  seller = await platform.signUp()
  buyer = await platform.signUp()
  stranger = await platform.signUp()
})

const NOWHERE = `room_${'0'.repeat(26)}`

async function newRoom(): Promise<Room> {
  return await town.openRoom(buyer, await town.postListing(seller))
}

describe('opening a room', () => {
  it('makes one room a buyer and listing, however often and at once it is opened', async () => {
    const listingId = await town.postListing(seller)
    const open = () => town.as(buyer, 'POST', 'chat/rooms', { listingId })
    const replies = await Promise.all([open(), open(), open(), open()])
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 201])
    const rooms = replies.map(({ json }) => Room.parse(json))
    expect(new Set(rooms.map(({ id }) => id)).size).toBe(1)
    expect(rooms[0]).toMatchObject({
      role: 'buyer',
      peer: { id: seller.memberId, nickname: seller.nickname },
      listing: { id: listingId, title: '원목 책상', price: 30_000, status: 'on_sale' },
      state: 'open',
      lastSeq: 0,
      unread: 0,
    })
    expect((await open()).status).toBe(200)
  })

  it('refuses one’s own, sold, hidden, deleted and unknown listings; a reserved one is fine', async () => {
    const listingId = await town.postListing(seller)
    const open = (member: SignedUp) => town.refusalOf(member, 'POST', 'chat/rooms', { listingId })
    const move = (status: string) => town.as(seller, 'PATCH', `listings/${listingId}`, { status })
    expect(await open(seller)).toEqual([409, 'OWN_LISTING'])
    await move('hidden')
    expect(await open(buyer)).toEqual([404, 'NOT_FOUND'])
    await move('on_sale')
    await move('reserved')
    expect((await open(buyer))[0]).toBe(201)
    await move('sold')
    expect(await open(stranger)).toEqual([409, 'LISTING_SOLD'])
    await town.as(seller, 'DELETE', `listings/${listingId}`)
    expect(await open(stranger)).toEqual([404, 'NOT_FOUND'])
    const unknown = { listingId: `lst_${'0'.repeat(26)}` }
    expect(await town.refusalOf(buyer, 'POST', 'chat/rooms', unknown)).toEqual([404, 'NOT_FOUND'])
  })

  it('is refused while one of the two blocks the other, and the room there is takes no words', async () => {
    const blocker = await platform.signUp()
    const listingId = await town.postListing(blocker)
    const known = await town.openRoom(buyer, await town.postListing(blocker))
    await town.as(blocker, 'PUT', `me/blocks/${buyer.memberId}`)
    await eventually(async () => {
      expect((await town.roomFor(buyer, known.id)).blocked).toBe('by_peer')
      expect((await town.roomFor(blocker, known.id)).blocked).toBe('by_me')
      const json = { clientId: unique('c-123456'), kind: 'text', text: '저기요' }
      const unsaid = await town.refusalOf(buyer, 'POST', `chat/rooms/${known.id}/messages`, json)
      expect(unsaid).toEqual([403, 'MEMBER_BLOCKED'])
    })
    expect(await town.refusalOf(buyer, 'POST', 'chat/rooms', { listingId })).toEqual([403, 'MEMBER_BLOCKED'])
    await town.as(blocker, 'DELETE', `me/blocks/${buyer.memberId}`)
    await eventually(async () =>
      expect((await town.as(buyer, 'POST', 'chat/rooms', { listingId })).status).toBe(201),
    )
  })
})

describe('talking', () => {
  it('goes to both, is unread for the other only, and is read once they say so', async () => {
    const [a, b] = [await platform.signUp(), await platform.signUp()]
    const room = await town.openRoom(b, await town.postListing(a))
    await town.say(b, room.id, '안녕하세요')
    await town.say(b, room.id, '아직 있나요?')
    await eventually(async () => expect(await town.unreadFor(a)).toEqual({ rooms: 1, messages: 2 }))
    expect(await town.unreadFor(b)).toEqual({ rooms: 0, messages: 0 })
    const [shown] = (await town.listFor(a)).items
    expect(shown).toMatchObject({
      id: room.id,
      role: 'seller',
      unread: 2,
      lastMessage: { text: '아직 있나요?' },
    })

    const read = (seq: number) => town.as(a, 'POST', `chat/rooms/${room.id}/read`, { seq })
    expect((await read(1)).json).toEqual({ memberId: a.memberId, seq: 1 })
    expect(await town.unreadFor(a)).toEqual({ rooms: 1, messages: 1 })
    expect((await read(99)).json).toEqual({ memberId: a.memberId, seq: 2 })
    expect((await read(1)).json).toEqual({ memberId: a.memberId, seq: 2 })
    expect(await town.unreadFor(a)).toEqual({ rooms: 0, messages: 0 })
  })

  it('answers the same clientId with the message it already is, and refuses it for another', async () => {
    const room = await newRoom()
    const clientId = unique('c-123456')
    const send = (text: string) =>
      town.as(buyer, 'POST', `chat/rooms/${room.id}/messages`, { clientId, kind: 'text', text })
    const [first, again, other] = [await send('한 번만'), await send('한 번만'), await send('다른 말')]
    expect([first.status, again.status, other.status]).toEqual([201, 200, 422])
    expect(again.json).toEqual(first.json)
    expect((await town.historyFor(seller, room.id)).items).toHaveLength(1)
  })

  it('shows history by the page, older and newer', async () => {
    const room = await newRoom()
    for (const text of ['하나', '둘', '셋', '넷', '다섯']) await town.say(buyer, room.id, text)
    const seqs = async (query: string) => {
      const page = await town.historyFor(seller, room.id, query)
      return [page.items.map(({ seq }) => seq), page.hasOlder, page.hasNewer]
    }
    expect(await seqs('?limit=2')).toEqual([[4, 5], true, false])
    expect(await seqs('?limit=2&beforeSeq=4')).toEqual([[2, 3], true, true])
    expect(await seqs('?limit=2&beforeSeq=2')).toEqual([[1], false, true])
    expect(await seqs('?afterSeq=3')).toEqual([[4, 5], true, false])
    expect(
      await town.refusalOf(seller, 'GET', `chat/rooms/${room.id}/messages?afterSeq=1&beforeSeq=3`),
    ).toEqual([400, 'VALIDATION_FAILED'])
  })

  it('lets an author change and take back a message of theirs, and nobody else', async () => {
    const room = await newRoom()
    const { seq } = await town.say(buyer, room.id, '만원에 주세요')
    const path = `chat/rooms/${room.id}/messages/${seq}`
    expect((await town.refusalOf(seller, 'PATCH', path, { text: '공짜로 주세요' }))[0]).toBe(404)
    expect((await town.refusalOf(seller, 'DELETE', path))[0]).toBe(404)
    const edited = Message.parse((await town.as(buyer, 'PATCH', path, { text: '이만원에 주세요' })).json)
    expect([edited.text, edited.editedAt === null]).toEqual(['이만원에 주세요', false])
    const removed = Message.parse((await town.as(buyer, 'DELETE', path)).json)
    expect([removed.removed, removed.text]).toEqual(['by_author', undefined])
    expect((await town.historyFor(seller, room.id)).items[0]).toEqual(removed)
  })

  it('keeps markup and odd characters as the text they are, and refuses what is no text', async () => {
    const room = await newRoom()
    const odd = [
      '<img src=x onerror=alert(1)>',
      '"; DROP TABLE rooms; --',
      '👩‍👩‍👧 가나 é',
      '=HYPERLINK("x")',
    ]
    for (const text of odd) await town.say(buyer, room.id, text)
    const { items } = await town.historyFor(seller, room.id)
    expect(items.map(({ text }) => text)).toEqual(odd.map((text) => text.normalize('NFC')))
    for (const text of [
      '\u0000',
      '\ud800',
      '\u202e거꾸로',
      '가'.repeat(1_001),
      '   ',
      `a${'\u0301'.repeat(9)}`,
    ]) {
      const json = { clientId: unique('c-123456'), kind: 'text', text }
      const refused = await town.refusalOf(buyer, 'POST', `chat/rooms/${room.id}/messages`, json)
      expect(refused).toEqual([400, 'VALIDATION_FAILED'])
    }
  })

  it('tells both what a text touches, and delivers it all the same', async () => {
    const room = await newRoom()
    const { warnings } = await town.say(buyer, room.id, '카톡 아이디 알려주세요')
    expect(warnings).toEqual(['messenger_id'])
    expect((await town.historyFor(seller, room.id)).items[0]?.warnings).toEqual(['messenger_id'])
  })
})

describe('standing in a room', () => {
  it('leaves the list by leaving and comes back with a new message or by opening again', async () => {
    const [a, b] = [await platform.signUp(), await platform.signUp()]
    const listingId = await town.postListing(a)
    const room = await town.openRoom(b, listingId)
    await town.say(b, room.id, '안녕하세요')
    const ids = async () => (await town.listFor(b)).items.map(({ id }) => id)
    const leave = () => town.as(b, 'POST', `chat/rooms/${room.id}/leave`)
    expect((await leave()).status).toBe(204)
    expect(await ids()).toEqual([])
    await town.say(a, room.id, '네, 있어요')
    await eventually(async () => expect(await ids()).toEqual([room.id]))
    expect((await leave()).status).toBe(204)
    await town.openRoom(b, listingId)
    await eventually(async () => expect(await ids()).toEqual([room.id]))
  })

  it('is muted until a time and no longer', async () => {
    const room = await newRoom()
    const mute = (untilAt: string | null) => town.as(buyer, 'PUT', `chat/rooms/${room.id}/mute`, { untilAt })
    const until = '2099-01-01T00:00:00.000Z'
    expect((await mute(until)).json).toMatchObject({ id: room.id, mutedUntil: until })
    expect((await town.roomFor(buyer, room.id)).mutedUntil).toBe(until)
    expect((await town.roomFor(seller, room.id)).mutedUntil).toBeNull()
    expect((await mute(null)).json).toMatchObject({ mutedUntil: null })
  })

  it('lists by the page, the latest first, and only what is about one listing when asked', async () => {
    const [a, b, c] = [await platform.signUp(), await platform.signUp(), await platform.signUp()]
    const listings = [await town.postListing(a), await town.postListing(a), await town.postListing(a)]
    const rooms: string[] = []
    for (const listingId of listings) rooms.push((await town.openRoom(b, listingId)).id)
    const other = await town.openRoom(c, listings[0] ?? '')
    const first = await town.listFor(b, '?limit=2')
    const second = await town.listFor(b, `?limit=2&cursor=${first.nextCursor}`)
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(rooms.toReversed())
    expect(second.nextCursor).toBeNull()
    const about = await town.listFor(a, `?listingId=${listings[0]}`)
    expect(about.items.map(({ id }) => id).toSorted()).toEqual([rooms[0], other.id].toSorted())
    await town.say(b, rooms[0] ?? '', '이게 먼저예요')
    await eventually(async () => expect((await town.listFor(b)).items[0]?.id).toBe(rooms[0]))
    const foreign = await town.refusalOf(c, 'GET', `chat/rooms?cursor=${first.nextCursor}`)
    expect(foreign).toEqual([400, 'CURSOR_INVALID'])
  })
})

describe('a stranger', () => {
  const attempts: [method: string, path: (room: string) => string, json?: unknown][] = [
    ['GET', (room) => `chat/rooms/${room}`],
    ['GET', (room) => `chat/rooms/${room}/messages`],
    [
      'POST',
      (room) => `chat/rooms/${room}/messages`,
      { clientId: 'c-stranger', kind: 'text', text: '끼어들기' },
    ],
    ['PATCH', (room) => `chat/rooms/${room}/messages/1`, { text: '바꾸기' }],
    ['DELETE', (room) => `chat/rooms/${room}/messages/1`],
    ['POST', (room) => `chat/rooms/${room}/read`, { seq: 1 }],
    ['PUT', (room) => `chat/rooms/${room}/mute`, { untilAt: null }],
    ['POST', (room) => `chat/rooms/${room}/leave`],
    ['POST', (room) => `chat/rooms/${room}/ticket`],
  ]

  it('finds no room of others, on no route, and no difference to a room that is not there', async () => {
    const room = await newRoom()
    await town.say(buyer, room.id, '우리끼리')
    for (const [method, path, json] of attempts) {
      for (const id of [room.id, NOWHERE])
        expect([method, path(id), ...(await town.refusalOf(stranger, method, path(id), json))]).toEqual([
          method,
          path(id),
          404,
          'NOT_FOUND',
        ])
      const guest = await platform.call(method, path(room.id), json === undefined ? {} : { json })
      expect(guest.status).toBe(401)
    }
    expect((await town.historyFor(seller, room.id)).items.map(({ text }) => text)).toEqual(['우리끼리'])
  })

  it('reaches no message of another room through a room of their own', async () => {
    const theirs = await newRoom()
    for (const text of ['하나', '둘', '셋']) await town.say(buyer, theirs.id, text)
    const mine = await town.openRoom(stranger, await town.postListing(seller))
    const path = `chat/rooms/${mine.id}/messages/3`
    expect(await town.refusalOf(stranger, 'PATCH', path, { text: '빼앗기' })).toEqual([404, 'NOT_FOUND'])
    expect(await town.refusalOf(stranger, 'DELETE', path)).toEqual([404, 'NOT_FOUND'])
    expect((await town.historyFor(stranger, mine.id)).items).toEqual([])
  })

  it('opens no socket: not with another room’s ticket, not from a foreign page, not without a ticket', async () => {
    const [room, other] = [await newRoom(), await newRoom()]
    const issued = await town.as(buyer, 'POST', `chat/rooms/${room.id}/ticket`)
    expect(issued.status).toBe(201)
    const { ticket, url } = Ticket.parse(issued.json)
    expect(url).toBe(`/api/v1/chat/rooms/${room.id}/socket?ticket=${ticket}`)
    const upgrade = async (path: string, headers: Record<string, string> = {}) => {
      const reply = await platform.call('GET', path, { headers: { upgrade: 'websocket', ...headers } })
      return [reply.status, z.object({ code: z.string() }).safeParse(reply.json).data?.code]
    }
    expect(await upgrade(url.replace(room.id, other.id))).toEqual([403, 'TICKET_INVALID'])
    expect(await upgrade(url.replace(room.id, NOWHERE))).toEqual([403, 'TICKET_INVALID'])
    expect(await upgrade(url, { origin: 'https://elsewhere.example' })).toEqual([403, 'ORIGIN_REFUSED'])
    const plain = await platform.call('GET', url)
    expect(plain.status).toBe(400)
  })
})
