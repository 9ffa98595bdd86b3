import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { MadangEvent } from '#contracts/events'
import { ListingId, MemberId } from '#contracts/ids'
import { newId } from '#kit/id'
import { eventually, type Platform, type SignedUp, startPlatform } from '../../support/platform.ts'
import { fact } from '../notifications/facts.ts'
import { type Town, townOf } from './town.ts'

/** What a room says of the money of a trade between its two. */
let platform: Platform
let town: Town
let seller: SignedUp
let buyer: SignedUp

beforeAll(async () => {
  platform = await startPlatform()
  town = townOf(platform)
  seller = await platform.signUp()
  buyer = await platform.signUp()
})
afterAll(() => platform.close())

const QueueHandler = z.custom<{ queue(name: string, messages: object[]): Promise<unknown> }>(
  (value) => typeof value === 'object' || typeof value === 'function',
)

/** Facts as trades tells them, delivered by hand. */
async function hear(facts: MadangEvent[]): Promise<void> {
  const inbox = QueueHandler.parse(await platform.server.getWorker('madang-chat').getExport())
  const messages = facts.map((body) => ({ id: body.id, body, timestamp: new Date(), attempts: 1 }))
  await inbox.queue('madang-chat-inbox', messages)
}

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
