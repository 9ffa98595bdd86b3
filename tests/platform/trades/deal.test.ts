import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { pageOf } from '#contracts/page'
import { Appointment, Reputation, Review, Trade } from '#contracts/trades'
import { HOUR_MS, MINUTE_MS } from '#kit/clock'
import { eventually, openPlatform, type Platform, type SignedUp, unique } from '../../support/platform.ts'

let platform: Platform
let seller: SignedUp
let buyer: SignedUp
let other: SignedUp
let stranger: SignedUp

beforeAll(async () => {
  platform = await openPlatform()
  seller = await platform.signUp()
  buyer = await platform.signUp()
  other = await platform.signUp()
  stranger = await platform.signUp()
})

const WithId = z.object({ id: z.string() })
const CODE = z.object({ code: z.string() })
const codeOf = (json: unknown) => CODE.safeParse(json).data?.code
const as = (member: SignedUp) => ({ token: member.accessToken })
const post = (member: SignedUp, path: string, json: unknown = {}) =>
  platform.call('POST', path, { ...as(member), json, idempotencyKey: unique('k') })

async function onSale(): Promise<string> {
  const thing = { title: '원목 책상', description: '튼튼해요', category: 'furniture', price: 30_000 }
  return WithId.parse((await post(seller, 'listings', thing)).json).id
}

/** Opens the room about a thing and writes in it; the room is the one there is when it was opened before. */
async function writeAbout(member: SignedUp, listingId: string): Promise<string> {
  const opened = await post(member, 'chat/rooms', { listingId })
  if (opened.status > 201) throw new Error(`not opened: ${opened.status} ${opened.text}`)
  const roomId = WithId.parse(opened.json).id
  const message = { clientId: unique('client-'), kind: 'text', text: '아직 있나요?' }
  const sent = await post(member, `chat/rooms/${roomId}/messages`, message)
  if (sent.status > 201) throw new Error(`not sent: ${sent.status} ${sent.text}`)
  return roomId
}

const choose = (listingId: string, member: SignedUp, by = seller) =>
  post(by, `listings/${listingId}/buyer`, { memberId: member.memberId })
async function sold(listingId: string): Promise<Trade> {
  const reply = await choose(listingId, buyer)
  if (reply.status !== 201) throw new Error(`not sold: ${reply.status} ${reply.text}`)
  return Trade.parse(reply.json)
}
const history = async (member: SignedUp, which: 'sales' | 'purchases') =>
  pageOf(Trade).parse((await platform.call('GET', `me/${which}`, as(member))).json).items
const statusOf = async (listingId: string) =>
  z.object({ status: z.string() }).parse((await platform.call('GET', `listings/${listingId}`)).json).status
const reputationOf = async (member: SignedUp) =>
  Reputation.parse((await platform.call('GET', `members/${member.memberId}/reputation`)).json)

describe('a deal', () => {
  it('is closed with someone who wrote, sold for all to see, and right in both histories', async () => {
    const listingId = await onSale()
    const roomId = await writeAbout(buyer, listingId)
    expect(await statusOf(listingId)).toBe('on_sale')
    const trade = await sold(listingId)
    expect(trade).toMatchObject({ roomId, price: 30_000, peer: { nickname: buyer.nickname } })
    expect(await statusOf(listingId)).toBe('sold')
    expect((await history(seller, 'sales')).map(({ id }) => id)).toContain(trade.id)
    expect(await history(buyer, 'purchases')).toMatchObject([
      { id: trade.id, role: 'buyer', peer: { nickname: seller.nickname } },
    ])
  })

  it('is closed by the seller alone, and only with someone who wrote', async () => {
    const listingId = await onSale()
    await writeAbout(buyer, listingId)
    for (const by of [buyer, stranger])
      expect(codeOf((await choose(listingId, buyer, by)).json)).toBe('NOT_FOUND')
    expect(codeOf((await choose(listingId, stranger)).json)).toBe('NOT_CHATTED')
    const guest = await platform.call('POST', `listings/${listingId}/buyer`, {
      json: { memberId: buyer.memberId },
    })
    expect(guest.status).toBe(401)
  })

  it('is closed once: the same neighbour again is the same trade, another is refused', async () => {
    const listingId = await onSale()
    await writeAbout(buyer, listingId)
    await writeAbout(other, listingId)
    const trade = await sold(listingId)
    expect((await sold(listingId)).id).toBe(trade.id)
    expect(codeOf((await choose(listingId, other)).json)).toBe('LISTING_SOLD')
    const seen = await platform.call('GET', `trades/${trade.id}`, as(stranger))
    expect(codeOf(seen.json)).toBe('NOT_FOUND')
  })

  it('undone puts the thing on sale again, for another to buy', async () => {
    const listingId = await onSale()
    await writeAbout(buyer, listingId)
    await writeAbout(other, listingId)
    const trade = await sold(listingId)
    const undone = await post(seller, `trades/${trade.id}/undo`)
    expect([undone.status, Trade.parse(undone.json).state]).toEqual([200, 'cancelled'])
    expect(await statusOf(listingId)).toBe('on_sale')
    expect((await history(buyer, 'purchases')).map(({ id }) => id)).not.toContain(trade.id)
    expect((await choose(listingId, other)).status).toBe(201)
  })

  it('is reviewed by both, unseen until both did, and counts in the profile at once', async () => {
    const listingId = await onSale()
    await writeAbout(buyer, listingId)
    const trade = await sold(listingId)
    const before = await reputationOf(seller)
    await post(buyer, `trades/${trade.id}/reviews`, { score: 5, tags: ['kind'] })
    expect((await reputationOf(seller)).reviews.count).toBe(before.reviews.count)
    await post(seller, `trades/${trade.id}/reviews`, {
      score: 4,
      tags: ['punctual'],
      text: '좋은 거래였어요',
    })
    expect((await reputationOf(seller)).reviews.count).toBe(before.reviews.count + 1)
    const reviews = await platform.call('GET', `members/${buyer.memberId}/reviews`)
    expect(pageOf(Review).parse(reviews.json).items).toMatchObject([
      { score: 4, author: { nickname: seller.nickname } },
    ])
  })
})

describe('an appointment', () => {
  it('is set in the room, moved, reminded of by the tick, and counted by what the other side says', async () => {
    const listingId = await onSale()
    const roomId = await writeAbout(buyer, listingId)
    const at = (ms: number) => new Date(Date.now() + ms).toISOString()
    const made = await post(buyer, 'appointments', { roomId, place: '역 앞', at: at(3 * HOUR_MS) })
    const { id } = Appointment.parse(made.json)
    const stolen = await post(stranger, 'appointments', { roomId, place: '역 앞', at: at(HOUR_MS) })
    expect(codeOf(stolen.json)).toBe('NOT_FOUND')
    await platform.call('PATCH', `appointments/${id}`, { ...as(seller), json: { at: at(25 * MINUTE_MS) } })
    await platform.tick()
    const lines = z.object({
      items: z.array(z.object({ system: z.object({ kind: z.string() }).optional() })),
    })
    await eventually(async () => {
      const { json } = await platform.call('GET', `chat/rooms/${roomId}/messages`, as(seller))
      const kinds = lines.parse(json).items.flatMap(({ system }) => (system ? [system.kind] : []))
      expect([...kinds].sort()).toEqual(['appointment_due', 'appointment_set', 'appointment_set'])
    })
    const before = await reputationOf(seller)
    expect((await post(buyer, `appointments/${id}/outcome`, { outcome: 'kept' })).status).toBe(200)
    expect((await reputationOf(seller)).appointments.kept).toBe(before.appointments.kept + 1)
  })
})
