import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Room, RoomFrame, Ticket } from '#contracts/chat'
import { NotificationPage } from '#contracts/notifications'
import { pageOf } from '#contracts/page'
import { Appointment, Trade } from '#contracts/trades'
import { eventually, type SignedUp, unique } from '../../support/platform.ts'
import { openStream } from '../notifications/readers.ts'
import { type Dealings, openDealings } from './dealings.ts'

/** Adversarial cases 13, 14, 51, 52, 55 and 66 through the edge; ids in paths are the ownership matrix's. */
let dealings: Dealings
beforeAll(async () => {
  dealings = await openDealings()
})

const Coded = z.object({ code: z.string() })
const WithId = z.object({ id: z.string() })
const words = (text: string) => ({ clientId: unique('client-'), kind: 'text', text })
const NOT_THERE = [404, 'NOT_FOUND']
const refusalOf = (who: SignedUp, method: string, path: string, json?: unknown) =>
  dealings.town.refusalOf(who, method, path, json)

describe('an id of somebody else’s in a body (cases 13 and 14)', () => {
  it('makes nothing: no appointment in their room, no report of their talk, no sale to who wrote about another thing', async () => {
    const { stranger, seller, buyer, inHours } = dealings
    const { roomId, seq } = await dealings.talk()
    const appointment = { roomId, place: '역 앞', at: inHours(24) }
    expect(await refusalOf(stranger, 'POST', 'appointments', appointment)).toEqual(NOT_THERE)
    const target = { kind: 'message', roomId, seq }
    expect(await refusalOf(stranger, 'POST', 'reports', { target, rule: 'spam' })).toEqual(NOT_THERE)
    const unheard = await dealings.town.postListing(seller)
    const sale = await refusalOf(seller, 'POST', `listings/${unheard}/buyer`, { memberId: buyer.memberId })
    expect(sale[0]).toBeGreaterThanOrEqual(400)
    const theirs = await dealings.town.as(stranger, 'GET', `appointments?roomId=${roomId}`)
    expect(pageOf(Appointment).parse(theirs.json).items).toEqual([])
  })

  it('under an address of one’s own reaches nothing: neither their message nor a report of it', async () => {
    const { stranger, seller, town } = dealings
    const theirs = await dealings.talk()
    for (const text of ['둘', '셋']) await town.say(dealings.buyer, theirs.roomId, text)
    const mine = await town.openRoom(stranger, await town.postListing(seller))
    const path = `chat/rooms/${mine.id}/messages/3`
    expect(await refusalOf(stranger, 'PATCH', path, { text: '빼앗기' })).toEqual(NOT_THERE)
    expect(await refusalOf(stranger, 'DELETE', path)).toEqual(NOT_THERE)
    const target = { kind: 'message', roomId: mine.id, seq: 3 }
    expect(await refusalOf(stranger, 'POST', 'reports', { target, rule: 'spam' })).toEqual(NOT_THERE)
    const { items } = await town.historyFor(seller, theirs.roomId)
    expect(items.map(({ text }) => text)).toEqual(['아직 있나요?', '둘', '셋'])
  })

  it('of a photo sends none: not another’s, not one that hangs on a thing or in another room', async () => {
    const { buyer, seller, town } = dealings
    const { roomId } = await dealings.talk()
    const send = (who: SignedUp, imageId: string, to = roomId) =>
      town.as(who, 'POST', `chat/rooms/${to}/messages`, {
        clientId: unique('client-'),
        kind: 'image',
        imageId,
      })
    const [others, hung, said] = [
      await dealings.photo(buyer, 1),
      await dealings.photo(seller, 2),
      await dealings.photo(seller, 3),
    ]
    await dealings.made(seller, 'listings', {
      ...{ title: '사진 있는 책상', description: '튼튼해요', category: 'furniture', price: 1_000 },
      imageIds: [hung],
    })
    expect((await send(seller, said)).status).toBe(201)
    const elsewhere = (await dealings.talk()).roomId
    for (const [imageId, to] of [
      [others, roomId],
      [hung, roomId],
      [said, elsewhere],
    ] as const) {
      const refused = await send(seller, imageId, to)
      expect([refused.status >= 400 && refused.status < 500, refused.text.includes('thumb')]).toEqual([
        true,
        false,
      ])
    }
    expect((await town.historyFor(buyer, elsewhere)).items).toHaveLength(1)
    expect((await town.historyFor(buyer, roomId)).items).toHaveLength(2)
  })

  it('of a trade lets no third review it or undo it', async () => {
    const { stranger } = dealings
    const tradeId = await dealings.trade((await dealings.talk()).listingId)
    expect(await refusalOf(stranger, 'POST', `trades/${tradeId}/reviews`, { score: 1 })).toEqual(NOT_THERE)
    expect(await refusalOf(stranger, 'POST', `trades/${tradeId}/undo`)).toEqual(NOT_THERE)
    expect(await refusalOf(stranger, 'GET', `trades/${tradeId}`)).toEqual(NOT_THERE)
  })
})

/** Names by which other platforms say inside who somebody is. */
const claims = (memberId: string) => ({
  'x-user-id': memberId,
  'x-member-id': memberId,
  'x-madang-member': memberId,
  'x-madang-holder': memberId,
  'x-madang-role': 'operator',
  'x-forwarded-user': memberId,
  'x-forwarded-for': '127.0.0.1',
  'x-real-ip': '127.0.0.1',
  forwarded: 'for=127.0.0.1;by=madang',
})

describe('who somebody claims to be in a header (case 55)', () => {
  it('opens no door of talks, deals, notifications or the yard, neither to a guest nor to a stranger', async () => {
    const { platform, stranger, buyer } = dealings
    const { listingId, roomId, seq } = await dealings.talk()
    const appointmentId = await dealings.appointment(roomId)
    const tradeId = await dealings.trade(listingId)
    const headers = claims(buyer.memberId)
    const doors: [method: string, path: string, json?: unknown][] = [
      ['GET', `chat/rooms/${roomId}`],
      ['GET', `chat/rooms/${roomId}/messages`],
      ['POST', `chat/rooms/${roomId}/messages`, words('남의 이름으로')],
      ['DELETE', `chat/rooms/${roomId}/messages/${seq}`],
      ['POST', `chat/rooms/${roomId}/ticket`],
      ['GET', `trades/${tradeId}`],
      ['POST', `trades/${tradeId}/reviews`, { score: 1 }],
      ['DELETE', `appointments/${appointmentId}`],
    ]
    for (const [method, path, json] of doors) {
      const body = json === undefined ? {} : { json }
      const guest = await platform.call(method, path, { headers, ...body })
      const other = await platform.call(method, path, { headers, token: stranger.accessToken, ...body })
      expect([method, path, guest.status, other.status]).toEqual([method, path, 401, 404])
    }
    for (const path of ['chat/rooms', 'notifications', 'notifications/unread', 'me/sales', 'me/decisions'])
      expect([path, (await platform.call('GET', path, { headers })).status]).toEqual([path, 401])
    for (const path of [`chat/rooms/${roomId}/socket`, 'notifications/socket']) {
      const asked = { headers: { ...headers, upgrade: 'websocket' } }
      const socket = await platform.call('GET', `${path}?ticket=${buyer.memberId}.made-up`, asked)
      expect([path, socket.status, Coded.parse(socket.json).code]).toEqual([path, 403, 'TICKET_INVALID'])
    }
    const cases = await platform.call('GET', 'operator/cases', { headers, token: stranger.accessToken })
    expect(cases.status).toBe(403)
  })

  it('changes nothing about who said it, whose list it is and whose socket', async () => {
    const { platform, town, buyer, seller, stranger } = dealings
    const { roomId } = await dealings.talk()
    const headers = claims(seller.memberId)
    const token = buyer.accessToken
    const said = await platform.call('POST', `chat/rooms/${roomId}/messages`, {
      ...{ token, headers, json: words('제가 한 말') },
    })
    expect(said.json).toMatchObject({ senderId: buyer.memberId })
    const list = await platform.call('GET', 'chat/rooms', { token: stranger.accessToken, headers })
    expect(
      pageOf(Room)
        .parse(list.json)
        .items.filter(({ id }) => id === roomId),
    ).toEqual([])
    const client = await town.socketFor(buyer, roomId)
    client.say({ t: 'send', clientId: unique('client-'), kind: 'text', text: '소켓으로 한 말' })
    const heard = await client.heard('message', ({ text }) => text === '소켓으로 한 말')
    expect(heard.senderId).toBe(buyer.memberId)
    client.close()
  })
})

describe('a made up place to go on from (cases 51 and 52)', () => {
  it('on a room’s socket is refused or tells nothing that was not there', async () => {
    const { platform, town, buyer } = dealings
    const { roomId } = await dealings.talk()
    const fresh = async () =>
      Ticket.parse((await town.as(buyer, 'POST', `chat/rooms/${roomId}/ticket`)).json).url
    for (const seq of ['-1', '1.5', 'NaN', '1e99', "1'--"]) {
      const path = `${await fresh()}&afterSeq=${encodeURIComponent(seq)}`
      const refused = await platform.call('GET', path, { headers: { upgrade: 'websocket' } })
      expect([seq, refused.status, Coded.parse(refused.json).code]).toEqual([seq, 400, 'VALIDATION_FAILED'])
    }
    const ahead = await town.socketFor(buyer, roomId, '&afterSeq=999999999')
    await ahead.heard('hello')
    await town.say(buyer, roomId, '그래도 들려요')
    await ahead.heard('message', ({ text }) => text === '그래도 들려요')
    expect(ahead.of('message').map(({ seq }) => seq)).toEqual([2])
    expect(ahead.frames.every((frame) => RoomFrame.safeParse(frame).success)).toBe(true)
    ahead.close()
  })

  it('on the stream of notifications tells one’s own and nothing of others', async () => {
    const { platform, town, origin, seller, stranger } = dealings
    const listingId = await town.postListing(seller)
    await town.as(stranger, 'POST', `listings/${listingId}/comments`, { text: '주인에게만 가요' })
    const listed = await eventually(async () => {
      const page = NotificationPage.parse((await town.as(seller, 'GET', 'notifications')).json)
      return WithId.parse(page.items.find(({ url }) => url.includes(listingId))).id
    })
    for (const lastId of ['-1', '0', '99999999999999999999', 'abc', listed, "1' OR 1=1"]) {
      const stream = await openStream(new URL('/api/v1/notifications/stream', origin), {
        authorization: `Bearer ${stranger.accessToken}`,
        'last-event-id': lastId,
      })
      if (stream.status === 200) await stream.until(({ t }) => t === 'hello')
      expect([lastId, [200, 400].includes(stream.status)]).toEqual([lastId, true])
      expect(stream.heard.raw).not.toContain('주인에게만')
      stream.drop()
    }
    const another = `notifications/${listed}`
    expect(await refusalOf(stranger, 'DELETE', another)).toEqual(NOT_THERE)
    expect((await platform.call('GET', 'notifications/stream')).status).toBe(401)
  })
})

describe('a thing that goes while everything still refers to it (case 66)', () => {
  it('leaves the talk to read, the deal in both histories, the meeting to call off and the report to judge', async () => {
    const { town, platform, seller, buyer, stranger, operatorToken } = dealings
    const { listingId, roomId } = await dealings.talk()
    const appointmentId = await dealings.appointment(roomId)
    const target = { kind: 'listing', listingId }
    const caseId = await dealings.made(stranger, 'reports', { target, rule: 'spam' })
    const imageId = await dealings.photo(buyer, 4)
    const photo = { clientId: unique('client-'), kind: 'image', imageId }
    expect((await town.as(buyer, 'POST', `chat/rooms/${roomId}/messages`, photo)).status).toBe(201)
    await town.as(stranger, 'PUT', `listings/${listingId}/wish`)
    const tradeId = await dealings.trade(listingId)
    expect((await town.as(seller, 'DELETE', `listings/${listingId}`)).status).toBe(204)

    await eventually(async () => expect((await town.roomFor(buyer, roomId)).state).toBe('closed'))
    expect((await town.historyFor(buyer, roomId)).items.some(({ image }) => image?.id === imageId)).toBe(true)
    expect((await refusalOf(buyer, 'POST', `chat/rooms/${roomId}/messages`, words('저기요')))[1]).toBe(
      'ROOM_CLOSED',
    )
    expect(await refusalOf(stranger, 'POST', 'chat/rooms', { listingId })).toEqual(NOT_THERE)
    expect(await refusalOf(stranger, 'POST', 'reports', { target, rule: 'spam' })).not.toContain(500)

    for (const [who, list] of [
      [seller, 'me/sales'],
      [buyer, 'me/purchases'],
    ] as const) {
      const { items } = pageOf(Trade).parse((await town.as(who, 'GET', list)).json)
      expect(items.find(({ id }) => id === tradeId)?.listing.title).toBe('원목 책상')
    }
    const review = await town.as(buyer, 'POST', `trades/${tradeId}/reviews`, { score: 5 })
    expect(review.status, review.text).toBe(201)
    const move = { place: '도서관 앞' }
    expect((await refusalOf(buyer, 'PATCH', `appointments/${appointmentId}`, move))[1]).toBe('ROOM_CLOSED')
    expect((await town.as(buyer, 'DELETE', `appointments/${appointmentId}`)).status).toBe(204)

    const judged = await platform.call('GET', `operator/cases/${caseId}`, { token: operatorToken })
    expect(judged.status, judged.text).toBe(200)
    const decided = await platform.call('POST', `operator/cases/${caseId}/decision`, {
      token: operatorToken,
      json: { act: 'warn', rule: 'spam', reason: '지워진 뒤에도 남아요' },
    })
    expect(decided.status, decided.text).toBeLessThan(300)
    expect((await town.as(seller, 'POST', `trades/${tradeId}/undo`)).status).toBeLessThan(500)
    for (const who of [seller, buyer, stranger])
      for (const path of ['chat/rooms', 'notifications', 'appointments', 'me/wishes', 'reports'])
        expect([path, (await town.as(who, 'GET', path)).status]).toEqual([path, 200])
    expect((await platform.tick()).status).toBe(204)
  })
})
