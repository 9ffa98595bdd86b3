import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventOf } from '#contracts/events'
import { CommentId, type ListingId, type MemberId } from '#contracts/ids'
import type { ListingStatus } from '#contracts/listings'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import { ctx, type ListingsAlone, newMember, startListings } from './alone.ts'

let yard: ListingsAlone

beforeAll(async () => {
  yard = await startListings()
})
afterAll(() => yard.close())

const newTrade = () => newId('trd', Date.now())
const statusOf = async (as: MemberId, id: ListingId) =>
  (await yard.call('GET', `me/listings/${id}`, { as })).json as { status: ListingStatus }
const setStatus = (as: MemberId, id: ListingId, status: ListingStatus) =>
  yard.call('PATCH', `listings/${id}`, { as, json: { status } })
const hide = (id: ListingId, hidden: boolean) =>
  yard.rpc.hideByOperator(ctx, { target: { kind: 'listing', id }, hidden })

describe('a thing sold by a trade', () => {
  it('is sold once: repeating answers the same, another trade is refused, another seller finds nothing', async () => {
    const [seller, tradeId] = [newMember(), newTrade()]
    const { id } = await yard.post(seller)
    const first = await yard.rpc.markSold(ctx, { id, sellerId: seller, tradeId })
    expect(first).toMatchObject({ ok: true, value: { id, status: 'sold' } })
    expect(await yard.rpc.markSold(ctx, { id, sellerId: seller, tradeId })).toEqual(first)
    const other = await yard.rpc.markSold(ctx, { id, sellerId: seller, tradeId: newTrade() })
    expect(other).toEqual({ ok: false, refusal: { code: 'LISTING_SOLD' } })
    const stranger = await yard.rpc.markSold(ctx, { id, sellerId: newMember(), tradeId })
    expect(stranger).toEqual({ ok: false, refusal: { code: 'NOT_FOUND' } })
  })

  it('is one trade’s when two come at once', async () => {
    const seller = newMember()
    const { id } = await yard.post(seller)
    const answers = await Promise.all(
      [newTrade(), newTrade(), newTrade()].map((tradeId) =>
        yard.rpc.markSold(ctx, { id, sellerId: seller, tradeId }),
      ),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  })

  it('tells what it cost and how it stood before', async () => {
    const seller = newMember()
    const { id, price } = await yard.post(seller)
    await yard.rpc.markSold(ctx, { id, sellerId: seller, tradeId: newTrade() })
    const told = (await yard.factsOf(id)).find((fact) => fact.type === 'listing.changed')
    expect(told).toMatchObject({
      actorId: seller,
      data: { status: 'sold', changed: ['status'], before: { price, status: 'on_sale' } },
    })
  })

  it('may be one that its seller had marked as sold by hand', async () => {
    const [seller, tradeId] = [newMember(), newTrade()]
    const { id } = await yard.post(seller)
    await setStatus(seller, id, 'sold')
    expect(await yard.rpc.markSold(ctx, { id, sellerId: seller, tradeId })).toMatchObject({ ok: true })
    const other = await yard.rpc.markSold(ctx, { id, sellerId: seller, tradeId: newTrade() })
    expect(other).toMatchObject({ ok: false, refusal: { code: 'LISTING_SOLD' } })
  })

  it('is on sale again when that trade is undone, and only then', async () => {
    const [seller, tradeId] = [newMember(), newTrade()]
    const { id } = await yard.post(seller)
    await yard.rpc.markSold(ctx, { id, sellerId: seller, tradeId })
    await yard.rpc.reopen(ctx, { id, sellerId: seller, tradeId: newTrade() })
    expect(await statusOf(seller, id)).toMatchObject({ status: 'sold' })
    await yard.rpc.reopen(ctx, { id, sellerId: seller, tradeId })
    expect(await statusOf(seller, id)).toMatchObject({ status: 'on_sale' })
    const again = await yard.rpc.reopen(ctx, { id, sellerId: seller, tradeId })
    expect(again).toEqual({ ok: true, value: null })
  })

  it('stays where its seller moved it meanwhile', async () => {
    const [seller, tradeId] = [newMember(), newTrade()]
    const { id } = await yard.post(seller)
    await yard.rpc.markSold(ctx, { id, sellerId: seller, tradeId })
    await setStatus(seller, id, 'hidden')
    await yard.rpc.reopen(ctx, { id, sellerId: seller, tradeId })
    expect(await statusOf(seller, id)).toMatchObject({ status: 'hidden' })
    const gone = newId('lst', Date.now())
    expect(await yard.rpc.reopen(ctx, { id: gone, sellerId: seller, tradeId })).toEqual({
      ok: true,
      value: null,
    })
  })
})

describe('what an operator hid', () => {
  it('is gone for everyone, cannot be shown by its seller, and comes back as it was', async () => {
    const seller = newMember()
    const { id } = await yard.post(seller)
    await setStatus(seller, id, 'reserved')
    expect(await hide(id, true)).toEqual({ ok: true, value: null })
    expect(await hide(id, true)).toEqual({ ok: true, value: null })
    expect((await yard.call('GET', `listings/${id}`)).status).toBe(404)
    expect((await setStatus(seller, id, 'on_sale')).code).toBe('HIDDEN_BY_OPERATOR')
    const sold = await yard.rpc.markSold(ctx, { id, sellerId: seller, tradeId: newTrade() })
    expect(sold).toMatchObject({ ok: false, refusal: { code: 'HIDDEN_BY_OPERATOR' } })
    expect(await yard.rpc.card(ctx, id)).toMatchObject({ ok: true, value: { status: 'hidden' } })
    await hide(id, false)
    expect(await statusOf(seller, id)).toMatchObject({ status: 'reserved' })
    expect((await setStatus(seller, id, 'on_sale')).status).toBe(200)
  })

  it('tells nobody who hid it', async () => {
    const { id } = await yard.post(newMember())
    await hide(id, true)
    const told = (await yard.factsOf(id)).find((fact) => fact.type === 'listing.changed')
    expect(told).toMatchObject({ actorId: null, data: { status: 'hidden', before: { status: 'on_sale' } } })
  })

  it('keeps a comment’s words for the operator alone, and counts it no more', async () => {
    const [seller, author] = [newMember(), newMember()]
    const { id: listingId } = await yard.post(seller)
    const posted = await yard.call('POST', `listings/${listingId}/comments`, {
      as: author,
      json: { text: '나쁜 말' },
    })
    const id = CommentId.parse((posted.json as { id: string }).id)
    const target = { kind: 'comment' as const, id }
    const countOf = async () =>
      (await yard.db
        .prepare('SELECT comments FROM listings WHERE id = ?')
        .bind(listingId)
        .first('comments')) as number
    await yard.rpc.hideByOperator(ctx, { target, hidden: true })
    await yard.rpc.hideByOperator(ctx, { target, hidden: true })
    const shown = await yard.call('GET', `listings/${listingId}/comments`)
    expect(shown.json).toMatchObject({ items: [{ text: '', author: null, deleted: true }] })
    expect(await yard.rpc.comment(ctx, id)).toMatchObject({
      ok: true,
      value: { text: '나쁜 말', author: { id: author }, deleted: true },
    })
    const rewritten = await yard.call('PATCH', `comments/${id}`, { as: author, json: { text: '또' } })
    expect(rewritten.code).toBe('HIDDEN_BY_OPERATOR')
    expect(await countOf()).toBe(0)
    await yard.rpc.hideByOperator(ctx, { target, hidden: false })
    expect(await countOf()).toBe(1)
    await yard.rpc.hideByOperator(ctx, { target, hidden: true })
    await yard.call('DELETE', `comments/${id}`, { as: author })
    expect(await countOf()).toBe(0)
    expect(await yard.rpc.comment(ctx, id)).toMatchObject({ ok: false, refusal: { code: 'NOT_FOUND' } })
  })
})

describe('what others hear', () => {
  it('names the thing that was wished, and tells once that a wish is over', async () => {
    const [seller, member] = [newMember(), newMember()]
    const { id, title } = await yard.post(seller)
    await yard.call('PUT', `listings/${id}/wish`, { as: member })
    await yard.call('DELETE', `listings/${id}/wish`, { as: member })
    await yard.call('DELETE', `listings/${id}/wish`, { as: member })
    const facts = await yard.factsOf(`${id}:${member}`)
    expect(facts.map(({ type }) => type)).toEqual(['listing.wished', 'listing.unwished'])
    expect(facts[0]).toMatchObject({ data: { listingTitle: title } })
  })

  it('counts a conversation once, however often it hears of it', async () => {
    const [seller, buyerId] = [newMember(), newMember()]
    const { id } = await yard.post(seller)
    const roomId = newId('room', Date.now())
    const opened: EventOf<'chat.room_opened'> = eventOf(
      {
        type: 'chat.room_opened',
        aggregateId: roomId,
        version: 1,
        actorId: buyerId,
        requestId: 'test',
        data: { roomId, listingId: id, sellerId: seller, buyerId },
      },
      Date.now(),
    )
    expect(await yard.hear([{ id: 'a', body: opened }])).toEqual([])
    expect(await yard.hear([{ id: 'b', body: opened }])).toEqual([])
    await yard.rpc.tick({ atMs: Date.now() })
    const told = (await yard.factsOf(id)).filter((fact) => fact.type === 'listing.counted')
    expect(told).toMatchObject([{ data: { counts: { chats: 1 } } }])
  })
})
