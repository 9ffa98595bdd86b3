import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { EVIDENCE_KEPT_MS, Ticket } from '#contracts/chat'
import { MemberId, RoomId } from '#contracts/ids'
import { Image } from '#contracts/media'
import { phonePhoto } from '../../../workers/media/image/photo-samples.ts'
import { eventually, openPlatform, type Platform, type SignedUp, unique } from '../../support/platform.ts'
import { type Town, townOf } from './town.ts'

let platform: Platform
let town: Town
let seller: SignedUp
let buyer: SignedUp

beforeAll(async () => {
  platform = await openPlatform()
  town = townOf(platform)
  seller = await platform.signUp()
  buyer = await platform.signUp()
})

const ctx = { actor: { kind: 'worker', worker: 'test' }, requestId: 'test', idempotencyKey: 'test' } as const

async function chatDb(): Promise<D1Database> {
  return (await platform.server.getWorker<{ DB: D1Database }>('madang-chat').getEnv()).DB
}

async function sendPhoto(member: SignedUp, roomId: string): Promise<{ photo: Image; seq: number }> {
  const body = new Uint8Array(await phonePhoto('jpeg', 1, 400, 300))
  const uploaded = await town.as(member, 'POST', 'media', undefined, {
    body,
    headers: { 'content-type': 'image/jpeg' },
  })
  const photo = Image.parse(uploaded.json)
  const json = { clientId: unique('c-123456'), kind: 'image', imageId: photo.id }
  const sent = await town.as(member, 'POST', `chat/rooms/${roomId}/messages`, json)
  expect(sent.status, sent.text).toBe(201)
  return { photo, seq: z.object({ seq: z.int() }).parse(sent.json).seq }
}

/** Whether media has let a photo go; its file follows a while later. */
async function isPurged(photo: Image): Promise<boolean> {
  const { DB } = await platform.server.getWorker<{ DB: D1Database }>('madang-media').getEnv()
  const row = await DB.prepare('SELECT 1 FROM images WHERE id = ? AND purged_at_ms IS NOT NULL')
    .bind(photo.id)
    .first()
  return row !== null
}

describe('a room whose listing changes', () => {
  it('says what changed, once, and shows the card as it is now', async () => {
    const listingId = await town.postListing(seller)
    const room = await town.openRoom(buyer, listingId)
    await town.as(seller, 'PATCH', `listings/${listingId}`, { price: 25_000 })
    await town.as(seller, 'PATCH', `listings/${listingId}`, { status: 'reserved' })
    await eventually(async () =>
      expect(await town.linesFor(buyer, room.id)).toEqual([
        { kind: 'price_changed', from: 30_000, to: 25_000 },
        { kind: 'status_changed', status: 'reserved' },
      ]),
    )
    expect((await town.roomFor(buyer, room.id)).listing).toMatchObject({ price: 25_000, status: 'reserved' })
    await platform.tick()
    expect(await town.linesFor(buyer, room.id)).toHaveLength(2)
  })

  it('tells the buyer’s room that it was sold here and the others that it was sold elsewhere', async () => {
    const other = await platform.signUp()
    const listingId = await town.postListing(seller)
    const [here, elsewhere] = [await town.openRoom(buyer, listingId), await town.openRoom(other, listingId)]
    await town.say(buyer, here.id, '제가 살게요')
    const chosen = await town.as(seller, 'POST', `listings/${listingId}/buyer`, { memberId: buyer.memberId })
    expect(chosen.status, chosen.text).toBeLessThan(300)
    await eventually(async () => {
      expect(await town.linesFor(buyer, here.id)).toEqual([{ kind: 'sold_here' }])
      expect(await town.linesFor(other, elsewhere.id)).toEqual([{ kind: 'sold_elsewhere' }])
    })
  })
})

describe('a room whose listing is deleted', () => {
  it('stays readable and closed for 30 days, then goes with its messages and photos', async () => {
    const listingId = await town.postListing(seller)
    const room = await town.openRoom(buyer, listingId)
    const { photo } = await sendPhoto(buyer, room.id)
    await town.say(buyer, room.id, '사진이랑 같아요?')
    await town.as(seller, 'DELETE', `listings/${listingId}`)
    const closed = await eventually(async () => {
      const now = await town.roomFor(buyer, room.id)
      expect(now).toMatchObject({ state: 'closed', listing: { status: 'deleted', title: '원목 책상' } })
      expect(await town.linesFor(buyer, room.id)).toEqual([{ kind: 'listing_deleted' }])
      return now
    })
    const said = { clientId: unique('c-123456'), kind: 'text', text: '여보세요' }
    const unsaid = await town.refusalOf(buyer, 'POST', `chat/rooms/${room.id}/messages`, said)
    expect(unsaid).toEqual([409, 'ROOM_CLOSED'])
    expect(await town.refusalOf(buyer, 'POST', 'chat/rooms', { listingId })).toEqual([404, 'NOT_FOUND'])

    const removedAtMs = Date.parse(closed.removedAt ?? '')
    expect(removedAtMs).toBeGreaterThan(Date.now() + EVIDENCE_KEPT_MS - 600_000)
    const chat = await town.chatRpc()
    await chat.tick({ atMs: removedAtMs - 1 })
    expect((await town.historyFor(seller, room.id)).items).toHaveLength(3)
    expect(await isPurged(photo)).toBe(false)
    await chat.tick({ atMs: removedAtMs })
    for (const member of [buyer, seller])
      expect(await town.refusalOf(member, 'GET', `chat/rooms/${room.id}/messages`)).toEqual([
        404,
        'NOT_FOUND',
      ])
    expect(await isPurged(photo)).toBe(true)
    expect((await town.searchFor(buyer, '사진이랑')).items).toEqual([])
    await chat.tick({ atMs: removedAtMs })
  })
})

describe('a room whose member leaves the town', () => {
  it('closes for the one who stays, and knows no name of the other any more', async () => {
    const leaver = await platform.signUp()
    const room = await town.openRoom(leaver, await town.postListing(seller))
    await town.say(leaver, room.id, '이사 가요')
    const gone = await town.as(leaver, 'DELETE', 'me', { password: leaver.password })
    expect(gone.status, gone.text).toBe(204)
    await eventually(async () => {
      const shown = await town.roomFor(seller, room.id)
      expect(shown).toMatchObject({ state: 'closed', peerWithdrawn: true, peer: { photo: null } })
      expect(shown.peer.nickname).not.toBe(leaver.nickname)
      expect(await town.linesFor(seller, room.id)).toEqual([{ kind: 'left', memberId: leaver.memberId }])
    })
  })
})

describe('search in my messages', () => {
  it('finds a word of two syllables in my own rooms only, and nothing that was taken back', async () => {
    const stranger = await platform.signUp()
    const room = await town.openRoom(buyer, await town.postListing(seller, '접이식 카약'))
    await town.say(buyer, room.id, '망원한강공원에서 볼까요')
    const { seq } = await town.say(seller, room.id, '한강 말고 합정역이요')
    await eventually(async () => expect((await town.searchFor(buyer, '한강')).items).toHaveLength(2))
    const { items } = await town.searchFor(seller, '한강공원')
    expect(items).toMatchObject([
      {
        roomId: room.id,
        listingTitle: '접이식 카약',
        peer: { id: buyer.memberId },
        message: { text: '망원한강공원에서 볼까요' },
      },
    ])
    expect((await town.searchFor(stranger, '한강')).items).toEqual([])
    expect((await town.searchFor(buyer, '한강', `&roomId=room_${'0'.repeat(26)}`)).items).toEqual([])
    const first = await town.searchFor(buyer, '한강', '&limit=1')
    const second = await town.searchFor(buyer, '한강', `&limit=1&cursor=${first.nextCursor}`)
    expect([first, second].map((page) => page.items[0]?.message.seq)).toEqual([seq, seq - 1])

    await town.as(seller, 'PATCH', `chat/rooms/${room.id}/messages/${seq}`, { text: '홍대입구역이요' })
    await eventually(async () => expect((await town.searchFor(buyer, '홍대입구')).items).toHaveLength(1))
    expect((await town.searchFor(buyer, '합정')).items).toEqual([])
    await town.as(seller, 'DELETE', `chat/rooms/${room.id}/messages/${seq}`)
    await eventually(async () => expect((await town.searchFor(buyer, '홍대입구')).items).toEqual([]))
    for (const q of ['"한강"', 'text:한강', '한강* OR', 'NEAR(한강', '!!'])
      expect((await town.as(buyer, 'GET', `chat/search?q=${encodeURIComponent(q)}`)).status).toBe(200)
  })
})

describe('what other domains ask', () => {
  it('knows a room’s members, and a buyer only once they wrote', async () => {
    const chat = await town.chatRpc()
    const room = await town.openRoom(buyer, await town.postListing(seller))
    const [roomId, buyerId] = [RoomId.parse(room.id), MemberId.parse(buyer.memberId)]
    const asked = { listingId: room.listing.id, buyerId }
    expect(await chat.roomOf(ctx, asked)).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } })
    await town.say(seller, room.id, '관심 있으세요?')
    expect(await chat.roomOf(ctx, asked)).toMatchObject({ ok: false })
    const { seq } = await town.say(buyer, room.id, '네')
    expect(await chat.roomOf(ctx, asked)).toMatchObject({ ok: true, value: { roomId, state: 'open' } })
    expect(await chat.room(ctx, { roomId, memberId: buyerId })).toMatchObject({ ok: true })
    const outsider = MemberId.parse((await platform.signUp()).memberId)
    expect(await chat.room(ctx, { roomId, memberId: outsider })).toMatchObject({ ok: false })

    const hidden = await chat.hideMessage(ctx, { roomId, seq, hidden: true })
    expect(hidden).toEqual({ ok: true, value: { senderId: buyerId } })
    expect((await town.historyFor(seller, room.id)).items.at(-1)).toMatchObject({ removed: 'by_operator' })
    const evidence = await chat.evidence(ctx, { roomId, seq })
    expect(evidence.ok && evidence.value.map(({ text }) => text)).toEqual(['관심 있으세요?', '네'])
  })
})

describe('being cut off', () => {
  it('makes the object of a room whose opening died behind its row, at the first word', async () => {
    const room = await town.openRoom(buyer, await town.postListing(seller))
    const { CHAT_ROOM } = await platform.server
      .getWorker<{ CHAT_ROOM: DurableObjectNamespace }>('madang-chat')
      .getEnv()
    // A room that never was: as if the process had died before its object heard of it.
    const stub = Purgeable.parse(CHAT_ROOM.get(CHAT_ROOM.idFromName(room.id)))
    await stub.purge()
    expect((await town.say(buyer, room.id, '들리나요')).seq).toBe(1)
    const issued = await town.as(seller, 'POST', `chat/rooms/${room.id}/ticket`)
    expect(Ticket.parse(issued.json).expiresIn).toBe(30)
  })

  it('tells a message once although its room flushes it twice', async () => {
    const room = await town.openRoom(buyer, await town.postListing(seller))
    await town.say(buyer, room.id, '한 번만 알려요')
    const db = await chatDb()
    const told = async () => {
      const { results } = await db
        .prepare("SELECT id FROM outbox WHERE type = 'chat.message_sent' AND event ->> 'aggregateId' = ?")
        .bind(room.id)
        .all()
      return results.length
    }
    await eventually(async () => expect(await told()).toBe(1))
    // As if the flush had been written and the room had never heard so.
    await db.prepare('UPDATE rooms SET version = 0 WHERE id = ?').bind(room.id).run()
    await town.say(buyer, room.id, '두 번째 말')
    await eventually(async () => expect(await told()).toBe(2))
  })
})

const Purgeable = z.custom<{ purge(): Promise<void> }>((value) => value !== null && value !== undefined)
