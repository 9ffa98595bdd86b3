import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { MadangEvent } from '#contracts/events'
import { ListingId, MemberId } from '#contracts/ids'
import { HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { eventually, openPlatform, type Platform, type SignedUp } from '../../support/platform.ts'
import { fact } from '../notifications/facts.ts'
import { type Town, townOf } from './town.ts'

/** What a room says of the deal, the meeting and the money of its two, which come about elsewhere. */
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

const WithId = z.object({ id: z.string() })
const Coming = z.object({ items: z.array(z.object({ state: z.string() })) })
const QueueHandler = z.custom<{ queue(name: string, messages: object[]): Promise<unknown> }>(
  (value) => typeof value === 'object' || typeof value === 'function',
)

/** Facts as trades tells them, delivered by hand. */
async function hear(facts: MadangEvent[]): Promise<void> {
  const inbox = QueueHandler.parse(await platform.server.getWorker('madang-chat').getExport())
  const messages = facts.map((body) => ({ id: body.id, body, timestamp: new Date(), attempts: 1 }))
  await inbox.queue('madang-chat-inbox', messages)
}

describe('a room whose two deal with one another', () => {
  const inHours = (hours: number) =>
    new Date(Math.floor(Date.now() / 1000) * 1000 + hours * HOUR_MS).toISOString()

  it('says when an appointment is made, moved, near and called off, and who did it', async () => {
    const room = await town.openRoom(buyer, await town.postListing(seller))
    const [first, moved] = [inHours(24), inHours(0.5)]
    const made = await town.as(buyer, 'POST', 'appointments', { roomId: room.id, place: '역 앞', at: first })
    const { id } = WithId.parse(made.json)
    const move = await town.as(seller, 'PATCH', `appointments/${id}`, { place: '도서관', at: moved })
    expect(move.status, move.text).toBe(200)
    await eventually(async () => expect(await town.linesFor(seller, room.id)).toHaveLength(2))
    // So near that the next tick reminds.
    await platform.tick()
    await eventually(async () => expect(await town.linesFor(seller, room.id)).toHaveLength(3))
    await town.as(buyer, 'DELETE', `appointments/${id}`)
    const appointment = { id, place: '도서관', at: moved }
    await eventually(async () =>
      expect(await town.linesFor(seller, room.id)).toEqual([
        {
          kind: 'appointment_set',
          appointment: { id, place: '역 앞', at: first },
          memberId: buyer.memberId,
        },
        { kind: 'appointment_set', appointment, memberId: seller.memberId },
        { kind: 'appointment_due', appointment },
        { kind: 'appointment_cancelled', appointment, memberId: buyer.memberId },
      ]),
    )
    await platform.tick()
    expect(await town.linesFor(buyer, room.id)).toHaveLength(4)
  })

  it('says that a sale is undone to everyone who asked about the thing', async () => {
    const other = await platform.signUp()
    const listingId = await town.postListing(seller)
    const [here, elsewhere] = [await town.openRoom(buyer, listingId), await town.openRoom(other, listingId)]
    await town.say(buyer, here.id, '제가 살게요')
    const sold = await town.as(seller, 'POST', `listings/${listingId}/buyer`, { memberId: buyer.memberId })
    const tradeId = WithId.parse(sold.json).id
    await eventually(async () => expect(await town.linesFor(other, elsewhere.id)).toHaveLength(1))
    expect((await town.as(seller, 'POST', `trades/${tradeId}/undo`)).status).toBeLessThan(300)
    await eventually(async () => {
      expect(await town.linesFor(buyer, here.id)).toEqual([{ kind: 'sold_here' }, { kind: 'sale_undone' }])
      expect(await town.linesFor(other, elsewhere.id)).toEqual([
        { kind: 'sold_elsewhere' },
        { kind: 'sale_undone' },
      ])
      expect((await town.roomFor(other, elsewhere.id)).listing.status).toBe('on_sale')
    })
  })

  it('says that what one who left had set is called off: the one who stays waits for nobody', async () => {
    const leaver = await platform.signUp()
    const room = await town.openRoom(leaver, await town.postListing(seller))
    const at = new Date(Date.now() + 24 * HOUR_MS).toISOString()
    const made = await town.as(seller, 'POST', 'appointments', { roomId: room.id, place: '역 앞', at })
    expect(made.status, made.text).toBe(201)
    const gone = await town.as(leaver, 'DELETE', 'me', { password: leaver.password })
    expect(gone.status, gone.text).toBe(204)
    await eventually(async () => {
      const kinds = (await town.linesFor(seller, room.id)).map(({ kind }) => kind)
      expect(kinds.toSorted()).toEqual(['appointment_cancelled', 'appointment_set', 'left'])
      const coming = await town.as(seller, 'GET', `appointments?roomId=${room.id}`)
      expect(Coming.parse(coming.json).items.map(({ state }) => state)).toEqual(['cancelled'])
    })
    expect((await town.roomFor(seller, room.id)).state).toBe('closed')
  })
})

describe('a room whose buyer pays with the wallet', () => {
  it('says what becomes of the money, once each, to the two alone', async () => {
    const other = await platform.signUp()
    const listingId = ListingId.parse(await town.postListing(seller))
    const [here, elsewhere] = [await town.openRoom(buyer, listingId), await town.openRoom(other, listingId)]
    const data = {
      ...{ tradeId: newId('trd', Date.now()), listingId, listingTitle: '원목 책상', price: 30_000 },
      ...{ sellerId: MemberId.parse(seller.memberId), buyerId: MemberId.parse(buyer.memberId) },
      ...{ paid: 27_000, discount: 3_000, refunded: 0 },
    }
    const paid = fact('trade.paid', { ...data, releaseAtMs: Date.now() }, data.buyerId, 1)
    await hear([paid, paid])
    await hear([paid])
    const disputed = fact('trade.disputed', { ...data, reason: '흠집' }, data.buyerId, 2)
    await hear([disputed])
    await hear([fact('trade.decided', { ...data, refund: 10_000, reason: '일부' }, null, 3)])
    await hear([fact('trade.cancelled', data, data.sellerId, 4)])
    const said = [
      { kind: 'paid', amount: 30_000 },
      { kind: 'payment_disputed' },
      { kind: 'dispute_decided', refund: 10_000 },
      { kind: 'payment_cancelled' },
    ]
    for (const member of [seller, buyer])
      await eventually(async () => expect(await town.linesFor(member, here.id)).toEqual(said))
    expect(await town.linesFor(other, elsewhere.id)).toEqual([])
  })

  it('is not there when the two never talked: nothing is said, nothing fails', async () => {
    const listingId = ListingId.parse(await town.postListing(seller))
    const data = {
      ...{ tradeId: newId('trd', Date.now()), listingId, listingTitle: '의자', price: 1_000 },
      ...{ sellerId: MemberId.parse(seller.memberId), buyerId: MemberId.parse(buyer.memberId) },
      ...{ paid: 1_000, discount: 0, refunded: 0, releaseAtMs: Date.now() },
    }
    await hear([fact('trade.paid', data, data.buyerId)])
    const room = await town.openRoom(buyer, listingId)
    expect(await town.linesFor(buyer, room.id)).toEqual([])
  })
})
