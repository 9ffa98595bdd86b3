import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLOSE_CODES } from '#contracts/chat'
import { ImageId } from '#contracts/ids'
import { eventually } from '../support/platform.ts'
import { newImageId, photoPosting, type Rooms, startRooms, textPosting } from './room-alone.ts'
import { connect } from './room-client.ts'
import { lastTold, leftOf, tellingsOf } from './room-told.ts'

let rooms: Rooms
beforeAll(async () => {
  rooms = await startRooms()
})
afterAll(() => rooms.close())

/** A room with both looking on. */
async function withBoth() {
  const room = await rooms.open()
  const seller = await connect(await room.socketUrl(room.sellerId))
  const buyer = await connect(await room.socketUrl(room.buyerId))
  await Promise.all([seller.heard('hello'), buyer.heard('hello')])
  return { room, seller, buyer }
}

describe('a message', () => {
  it('reaches every device of both, and is acknowledged where it was sent', async () => {
    const { room, seller, buyer } = await withBoth()
    const phone = await connect(await room.socketUrl(room.sellerId))
    const posting = textPosting('직거래 가능할까요?')
    buyer.say({ t: 'send', ...posting })
    const ack = await buyer.heard('ack')
    expect(ack).toEqual({ t: 'ack', clientId: posting.clientId, seq: 1 })
    for (const client of [seller, phone, buyer])
      expect(await client.heard('message')).toMatchObject({
        seq: 1,
        senderId: room.buyerId,
        text: posting.text,
      })
    expect(phone.of('ack')).toEqual([])
  })

  it('sent again is the same message, and with another text under its id is refused', async () => {
    const { room, buyer } = await withBoth()
    const posting = textPosting('만 원에 될까요?')
    buyer.say({ t: 'send', ...posting })
    await buyer.heard('ack')
    await room.edit(room.buyerId, 1, '구천 원에 될까요?')
    buyer.say({ t: 'send', ...posting })
    buyer.say({ t: 'send', ...posting, text: '다른 말' })
    expect(await buyer.heard('error')).toEqual({
      t: 'error',
      code: 'CLIENT_ID_REUSED',
      clientId: posting.clientId,
    })
    expect(buyer.of('ack').map(({ seq }) => seq)).toEqual([1, 1])
    // The other's message under the same id is another message.
    expect(await room.send(room.sellerId, posting)).toMatchObject({ ok: true, value: { replayed: false } })
    expect(await room.send(room.sellerId, posting)).toMatchObject({ ok: true, value: { replayed: true } })
  })

  it('may name a page of the host its members are on without a warning, and of no other host', async () => {
    const { room, seller, buyer } = await withBoth()
    const { host } = new URL(await room.socketUrl(room.buyerId))
    for (const link of [`http://${host}/listings/1`, 'http://elsewhere.example/listings/1'])
      buyer.say({ t: 'send', ...textPosting(`이것도 봐 주세요 ${link}`) })
    expect((await seller.heard('message')).warnings).toEqual([])
    await eventually(async () => expect(seller.of('message').at(1)?.warnings).toEqual(['outside_link']))
  })

  it('carries the warnings of the guardrail and is delivered all the same', async () => {
    const { seller, buyer } = await withBoth()
    buyer.say({ t: 'send', ...textPosting('카톡 아이디 주세요, 국민 123456-01-234567') })
    const { warnings } = await seller.heard('message')
    expect(warnings).toEqual(['messenger_id', 'bank_account'])
  })

  it('is read up to by its sender, and never past the last by a forged mark', async () => {
    const { room, seller, buyer } = await withBoth()
    seller.say({ t: 'send', ...textPosting('있어요') })
    await buyer.heard('message')
    buyer.say({ t: 'read', seq: Number.MAX_SAFE_INTEGER })
    expect(await seller.heard('read')).toEqual({ t: 'read', memberId: room.buyerId, seq: 1 })
    expect(await room.read(room.buyerId, 0)).toEqual({ ok: true, value: { seq: 1 } })
    expect((await room.history(room.buyerId, { limit: 5 })).ok).toBe(true)
  })

  it('is nothing to a stranger', async () => {
    const { room } = await withBoth()
    const stranger = (await rooms.open()).buyerId
    const refused = { ok: false, refusal: { code: 'NOT_FOUND' } }
    expect(await room.send(stranger, textPosting('몰래'))).toMatchObject(refused)
    expect(await room.history(stranger, { limit: 5 })).toMatchObject(refused)
    expect(await room.ticket(stranger)).toMatchObject(refused)
    expect(await room.edit(room.sellerId, 1, '몰래')).toMatchObject(refused)
  })
})

describe('many messages at once', () => {
  it('are acknowledged in the order they were said, and a refused one among them takes none along', async () => {
    const { room, seller, buyer } = await withBoth()
    const postings = Array.from({ length: 30 }, (_, index) => textPosting(`한꺼번에 ${index}`))
    for (const posting of postings) buyer.say({ t: 'send', ...posting })
    buyer.say({ t: 'send', ...textPosting('다른 말', postings[3]?.clientId) })
    buyer.say({ t: 'send', ...textPosting('') })
    buyer.say({ t: 'send', ...textPosting('끝') })
    await seller.heard('message', ({ text }) => text === '끝')
    await eventually(async () => expect(buyer.of('ack')).toHaveLength(31))
    expect(buyer.of('ack').map(({ seq }) => seq)).toEqual(Array.from({ length: 31 }, (_, index) => index + 1))
    expect(seller.of('message').map(({ text }) => text)).toEqual([...postings.map(({ text }) => text), '끝'])
    expect(buyer.of('error').map(({ code }) => code)).toEqual(
      expect.arrayContaining(['CLIENT_ID_REUSED', 'VALIDATION_FAILED']),
    )
    expect(await room.history(room.buyerId, { limit: 50 })).toMatchObject({ value: { lastSeq: 31 } })
  })

  it('are counted from what is stored when the room was thrown out of memory', async () => {
    const room = await rooms.open()
    await room.failFlushes('before', 1)
    await room.send(room.buyerId, textPosting('하나'))
    await room.send(room.sellerId, textPosting('둘'))
    await room.evict()
    await room.edit(room.buyerId, 1, '하나요')
    await room.evict()
    const next = await room.send(room.sellerId, textPosting('셋'))
    expect(next).toMatchObject({ ok: true, value: { message: { seq: 3 } } })
    await room.evict()
    const reads = [
      { memberId: room.sellerId, seq: 3 },
      { memberId: room.buyerId, seq: 1 },
    ].toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1))
    expect(await room.history(room.buyerId, { limit: 5 })).toMatchObject({
      value: { lastSeq: 3, revision: 1, reads },
    })
    await eventually(async () => expect(await lastTold(room)).toMatchObject({ lastSeq: 3 }))
  })
})

describe('a photo', () => {
  it('is hung first and keeps its place among the frames sent after it', async () => {
    const { seller, buyer } = await withBoth()
    const photo = photoPosting()
    seller.say({ t: 'send', ...photo })
    seller.say({ t: 'send', ...textPosting('이 사진이에요') })
    await buyer.heard('message', ({ kind }) => kind === 'text')
    expect(buyer.of('message').map(({ kind }) => kind)).toEqual(['image', 'text'])
    expect(buyer.of('message')[0]?.image).toMatchObject({ id: photo.imageId, width: 800 })
    seller.say({ t: 'send', ...photo })
    await eventually(async () => expect(seller.of('ack').map(({ seq }) => seq)).toEqual([1, 2, 1]))
  })

  it('of somebody else is refused, and what follows is not held up', async () => {
    const { seller, buyer } = await withBoth()
    const photo = photoPosting(ImageId.parse(`${newImageId().slice(0, -1)}9`))
    seller.say({ t: 'send', ...photo })
    seller.say({ t: 'send', ...textPosting('앗') })
    expect(await seller.heard('error')).toMatchObject({ code: 'IMAGE_NOT_YOURS', clientId: photo.clientId })
    expect(await buyer.heard('message')).toMatchObject({ seq: 1, text: '앗' })
  })

  it('taken back is named so that it can be purged, and the operator still sees that it was there', async () => {
    const { room, seller, buyer } = await withBoth()
    const photo = photoPosting()
    seller.say({ t: 'send', ...photo })
    await seller.heard('ack')
    const removed = await room.remove(room.sellerId, 1)
    expect(removed).toMatchObject({
      ok: true,
      value: { imageId: photo.imageId, message: { removed: 'by_author' } },
    })
    expect(await room.remove(room.sellerId, 1)).toEqual(removed)
    const { message } = await buyer.heard('changed')
    expect(message).not.toHaveProperty('image')
    expect(await room.evidence(1)).toMatchObject({ ok: true, value: [{ image: { id: photo.imageId } }] })
  })
})

describe('a change', () => {
  it('is told at once, comes after a reconnect, and is gone for its readers when hidden until it is shown again', async () => {
    const { room, seller, buyer } = await withBoth()
    for (const text of ['하나', '둘', '셋']) seller.say({ t: 'send', ...textPosting(text) })
    await buyer.heard('message', ({ seq }) => seq === 3)
    buyer.close()
    await buyer.ended
    await room.edit(room.sellerId, 2, '두울')
    await room.hide(1, true)
    expect(await seller.heard('changed', ({ revision }) => revision === 1)).toMatchObject({
      message: { seq: 2, text: '두울' },
    })
    const back = await connect(`${await room.socketUrl(room.buyerId)}&afterSeq=2&afterRevision=0`)
    await back.heard('changed', ({ revision }) => revision === 2)
    expect(back.frames.slice(0, 4)).toMatchObject([
      { t: 'hello', lastSeq: 3, revision: 2 },
      { t: 'message', seq: 3, text: '셋' },
      { t: 'changed', revision: 1, message: { seq: 2, text: '두울' } },
      { t: 'changed', revision: 2, message: { seq: 1, removed: 'by_operator', warnings: [] } },
    ])
    expect(back.of('changed')[1]?.message).not.toHaveProperty('text')
    await room.hide(1, false)
    const page = await room.history(room.buyerId, { limit: 5 })
    expect(page).toMatchObject({ ok: true, value: { items: [{ text: '하나', removed: null }, {}, {}] } })
  })

  it('comes too late after ten minutes for a text and after an hour for taking back', async () => {
    const { room, seller } = await withBoth()
    seller.say({ t: 'send', ...textPosting('옛말') })
    await seller.heard('ack')
    const storage = await room.storage()
    await storage.exec('UPDATE messages SET at_ms = at_ms - ?', 11 * 60_000)
    const late = { ok: false, refusal: { code: 'EDIT_WINDOW_OVER' } }
    expect(await room.edit(room.sellerId, 1, '새말')).toMatchObject(late)
    await storage.exec('UPDATE messages SET at_ms = at_ms - ?', 50 * 60_000)
    expect(await room.remove(room.sellerId, 1)).toMatchObject(late)
  })
})

describe('two who part', () => {
  it('cannot write while one blocks the other, and can again afterwards', async () => {
    const { room, seller } = await withBoth()
    await room.setBlocked(room.buyerId, room.sellerId, true)
    const blocked = textPosting('여보세요')
    seller.say({ t: 'send', ...blocked })
    expect(await seller.heard('error')).toEqual({
      t: 'error',
      code: 'MEMBER_BLOCKED',
      clientId: blocked.clientId,
    })
    expect(await room.send(room.buyerId, textPosting('저예요'))).toMatchObject({
      refusal: { code: 'MEMBER_BLOCKED' },
    })
    await eventually(async () => expect((await lastTold(room))?.blockedBy).toEqual([room.buyerId]))
    await room.setBlocked(room.buyerId, room.sellerId, false)
    expect((await room.send(room.sellerId, blocked)).ok).toBe(true)
  })

  it('leave with a line, lose their sockets, and are back with the next message', async () => {
    const { room, seller, buyer } = await withBoth()
    await room.leave(room.buyerId)
    await room.leave(room.buyerId)
    expect(await buyer.sentAway(room)).toEqual({ code: CLOSE_CODES.ENDED })
    expect(await seller.heard('message')).toMatchObject({
      seq: 1,
      system: { kind: 'left', memberId: room.buyerId },
    })
    await eventually(async () => expect(await leftOf(room)).toEqual([room.buyerId]))
    await room.send(room.sellerId, textPosting('벌써 가셨어요?'))
    await eventually(async () => expect(await leftOf(room)).toEqual([]))
    await room.leave(room.buyerId)
    await room.reopen()
    await eventually(async () => expect(await leftOf(room)).toEqual([]))
    expect(await room.history(room.buyerId, { limit: 9 })).toMatchObject({ value: { lastSeq: 3 } })
  })

  it('are not told of messages while they mute the room', async () => {
    const room = await rooms.open()
    await room.mute(room.buyerId, Date.now() + 60_000)
    await room.send(room.sellerId, textPosting('조용히'))
    await room.mute(room.buyerId, null)
    await room.send(room.sellerId, textPosting('크게'))
    await eventually(async () => {
      expect(await tellingsOf(room)).toEqual([{ seq: 2, recipientIds: [room.buyerId] }])
    })
  })
})

describe('a purged room', () => {
  it('has sent everybody away and holds nothing', async () => {
    const { room, seller } = await withBoth()
    await room.send(room.buyerId, textPosting('안녕히'))
    await room.purge()
    await room.purge()
    expect(await seller.sentAway(room)).toEqual({ code: CLOSE_CODES.GONE })
    expect(await room.history(room.buyerId, { limit: 5 })).toMatchObject({ refusal: { code: 'NOT_FOUND' } })
    await room.note('evt-late', { kind: 'sold_elsewhere' })
    expect(await (await room.storage()).exec('SELECT COUNT(*) AS n FROM messages')).toEqual([{ n: 0 }])
  })
})
