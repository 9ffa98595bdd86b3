import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ListingId, MemberId, TradeId } from '#contracts/ids'
import { ListingStatus } from '#contracts/listings'
import { DAY_MS, MINUTE_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { ctx, LAMP, type ListingsAlone, newMember, startListings } from './alone.ts'

/** What a purchase sets aside stays as the buyer saw it until that purchase, or its time, ends. */
let yard: ListingsAlone

beforeAll(async () => {
  yard = await startListings()
})
afterAll(() => yard.close())

const newTrade = () => newId('trd', Date.now())
type Over = { tradeId?: TradeId; buyerId?: MemberId; expectedPrice?: number; untilMs?: number }
const reserve = (id: ListingId, over: Over = {}) =>
  yard.rpc.reserve(ctx, {
    ...{ id, buyerId: newMember(), tradeId: newTrade(), expectedPrice: LAMP.price },
    untilMs: Date.now() + DAY_MS,
    ...over,
  })
const patch = (as: MemberId, id: ListingId, json: object) =>
  yard.call('PATCH', `listings/${id}`, { as, json })
const hide = (id: ListingId, hidden: boolean) =>
  yard.rpc.hideByOperator(ctx, { target: { kind: 'listing', id }, hidden })
const statusOf = async (as: MemberId, id: ListingId) =>
  ListingStatus.parse(
    ((await yard.call('GET', `me/listings/${id}`, { as })).json as { status: unknown }).status,
  )
const refused = (code: string) => ({ ok: false, refusal: { code } })

describe('a reservation by a purchase', () => {
  it('is one buyer’s of many who come at once, and the same when it is asked again', async () => {
    const seller = newMember()
    const { id } = await yard.post(seller)
    const untilMs = Date.now() + DAY_MS
    const asked = Array.from({ length: 20 }, () => ({ tradeId: newTrade(), buyerId: newMember(), untilMs }))
    const answers = await Promise.all(asked.map((each) => reserve(id, each)))
    const winner = asked[answers.findIndex(({ ok }) => ok)]
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
    for (const answer of answers)
      if (!answer.ok) expect(['LISTING_RESERVED', 'CONFLICT']).toContain(answer.refusal.code)
    const facts = (await yard.factsOf(id)).length
    expect(await reserve(id, winner)).toMatchObject({ ok: true, value: { id, status: 'reserved' } })
    expect((await yard.factsOf(id)).length).toBe(facts)
  })

  it('is refused for what cannot be bought, each by its own code', async () => {
    const seller = newMember()
    const { id } = await yard.post(seller)
    expect(await reserve(id, { buyerId: seller })).toEqual(refused('OWN_LISTING'))
    expect(await reserve(id, { expectedPrice: LAMP.price + 1 })).toEqual(refused('PRICE_CHANGED'))
    expect(await reserve(newId('lst', 1))).toEqual(refused('NOT_FOUND'))
    for (const [status, code] of [
      ['reserved', 'LISTING_RESERVED'],
      ['sold', 'LISTING_SOLD'],
      ['hidden', 'LISTING_HIDDEN'],
    ] as const) {
      await patch(seller, id, { status })
      expect(await reserve(id)).toEqual(refused(code))
    }
    await yard.call('DELETE', `listings/${id}`, { as: seller })
    expect(await reserve(id)).toEqual(refused('NOT_FOUND'))
  })

  it('keeps the seller from its price, its status and its end, and lets other edits go on', async () => {
    const seller = newMember()
    const { id } = await yard.post(seller)
    const tradeId = newTrade()
    await reserve(id, { tradeId })
    for (const json of [{ price: 1 }, { status: 'on_sale' }, { status: 'sold' }, { status: 'hidden' }])
      expect((await patch(seller, id, json)).code).toBe('LISTING_IN_TRADE')
    expect((await yard.call('DELETE', `listings/${id}`, { as: seller })).code).toBe('LISTING_IN_TRADE')
    expect((await patch(seller, id, { description: '상자도 드려요', price: LAMP.price })).status).toBe(200)
    const other = { id, sellerId: seller, tradeId: newTrade() }
    expect(await yard.rpc.markSold(ctx, other)).toEqual(refused('LISTING_IN_TRADE'))
    expect(await yard.rpc.markSold(ctx, { ...other, tradeId })).toMatchObject({ value: { status: 'sold' } })
    expect((await yard.call('DELETE', `listings/${id}`, { as: seller })).status).toBe(204)
  })

  it('ends by that purchase alone, and then the thing is on sale again', async () => {
    const seller = newMember()
    const { id } = await yard.post(seller)
    const tradeId = newTrade()
    await reserve(id, { tradeId })
    await yard.rpc.unreserve(ctx, { id, tradeId: newTrade() })
    expect(await statusOf(seller, id)).toBe('reserved')
    expect(await yard.rpc.unreserve(ctx, { id, tradeId })).toEqual({ ok: true, value: null })
    expect(await statusOf(seller, id)).toBe('on_sale')
    expect(await yard.rpc.unreserve(ctx, { id, tradeId })).toEqual({ ok: true, value: null })
    expect(await yard.rpc.unreserve(ctx, { id: newId('lst', 1), tradeId })).toEqual({ ok: true, value: null })
  })

  it('is lifted by the tick when its time is over, once and not before; a later time prolongs it', async () => {
    const seller = newMember()
    const { id } = await yard.post(seller)
    const [tradeId, buyerId] = [newTrade(), newMember()]
    const untilMs = Date.now() + DAY_MS
    await reserve(id, { tradeId, buyerId, untilMs })
    await yard.rpc.tick({ atMs: untilMs - 1 })
    expect(await statusOf(seller, id)).toBe('reserved')
    await reserve(id, { tradeId, buyerId, untilMs: untilMs + MINUTE_MS })
    await yard.rpc.tick({ atMs: untilMs })
    expect(await statusOf(seller, id)).toBe('reserved')
    await yard.rpc.tick({ atMs: untilMs + MINUTE_MS })
    expect(await statusOf(seller, id)).toBe('on_sale')
    const facts = (await yard.factsOf(id)).length
    await yard.rpc.tick({ atMs: untilMs + DAY_MS })
    expect((await yard.factsOf(id)).length).toBe(facts)
  })

  it('gives way to an operator’s hiding, of which the purchase learns; both ends work beneath it', async () => {
    const seller = newMember()
    for (const end of ['unreserve', 'markSold'] as const) {
      const { id } = await yard.post(seller)
      const [tradeId, buyerId] = [newTrade(), newMember()]
      await reserve(id, { tradeId, buyerId })
      await hide(id, true)
      expect((await yard.call('GET', `listings/${id}`)).status).toBe(404)
      expect(await reserve(id, { tradeId, buyerId })).toEqual(refused('LISTING_HIDDEN'))
      if (end === 'unreserve') await yard.rpc.unreserve(ctx, { id, tradeId })
      else await yard.rpc.markSold(ctx, { id, sellerId: seller, tradeId })
      expect(await statusOf(seller, id)).toBe('hidden')
      await hide(id, false)
      expect(await statusOf(seller, id)).toBe(end === 'unreserve' ? 'on_sale' : 'sold')
    }
  })

  it('holds the thing of a neighbour who leaves until the purchase ends; then it goes with the rest', async () => {
    const seller = newMember()
    const { id } = await yard.post(seller)
    const other = await yard.post(seller)
    const tradeId = newTrade()
    await reserve(id, { tradeId })
    await leave(seller)
    expect((await yard.call('GET', `listings/${id}`)).json).toMatchObject({ status: 'reserved' })
    expect((await yard.call('GET', `listings/${other.id}`)).status).toBe(404)
    await yard.rpc.unreserve(ctx, { id, tradeId })
    await yard.rpc.tick({ atMs: Date.now() })
    expect((await yard.call('GET', `listings/${id}`)).status).toBe(404)
  })
})

async function leave(memberId: MemberId): Promise<void> {
  const fact = {
    ...{ id: newId('evt', Date.now()), v: 1, at: Date.now(), type: 'member.withdrawn' },
    ...{ aggregateId: memberId, version: 9, actorId: memberId, requestId: 'r', data: { memberId } },
  }
  const retried = await yard.hear([{ id: fact.id, body: fact }])
  if (retried.length > 0) throw new Error('the withdrawal was not taken')
}
