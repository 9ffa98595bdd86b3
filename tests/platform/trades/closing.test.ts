import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageOf } from '#contracts/page'
import { Trade, UNDO_WINDOW_MS } from '#contracts/trades'
import { DAY_MS, MINUTE_MS } from '#kit/clock'
import { newMember, startTrades, type Talk, type TradesAlone } from './alone.ts'

let trades: TradesAlone
beforeAll(async () => {
  trades = await startTrades()
})
afterAll(() => trades.close())

const TradePage = pageOf(Trade)
const choose = (talk: Talk, as = talk.sellerId, key?: string) =>
  trades.call('POST', `listings/${talk.listingId}/buyer`, {
    as,
    json: { memberId: talk.buyerId },
    ...(key === undefined ? {} : { key }),
  })
const history = async (as: Talk['sellerId'], which: 'sales' | 'purchases', query = '') =>
  TradePage.parse((await trades.call('GET', `me/${which}${query}`, { as })).json)

describe('choosing the buyer', () => {
  it('closes the deal: the thing is sold, both see it in their histories, and it is told', async () => {
    const talk = await trades.talk()
    const trade = await trades.sold(talk)
    expect(trade).toMatchObject({
      state: 'completed',
      role: 'seller',
      price: 30_000,
      roomId: talk.roomId,
      listing: { id: talk.listingId, title: '원목 책상', image: null },
      peer: { id: talk.buyerId },
    })
    expect(await trades.statusOf(talk.listingId)).toBe('sold')
    const [sales, purchases] = [
      await history(talk.sellerId, 'sales'),
      await history(talk.buyerId, 'purchases'),
    ]
    expect(sales.items).toEqual([trade])
    expect(purchases.items).toMatchObject([
      { id: trade.id, role: 'buyer', peer: { id: talk.sellerId }, undoUntil: null },
    ])
    expect((await history(talk.buyerId, 'sales')).items).toEqual([])
    expect(await trades.factsOf(trade.id)).toMatchObject([
      { type: 'trade.completed', version: 2, actorId: talk.sellerId, data: { buyerId: talk.buyerId } },
    ])
  })

  it('is for the seller alone; to everyone else the thing is not there to sell', async () => {
    const talk = await trades.talk()
    for (const as of [talk.buyerId, newMember()]) expect((await choose(talk, as)).code).toBe('NOT_FOUND')
    expect((await choose({ ...talk, listingId: (await trades.talk()).listingId })).code).toBe('NOT_FOUND')
    expect(await trades.statusOf(talk.listingId)).toBe('on_sale')
  })

  it('takes only someone who wrote about this very thing', async () => {
    const talk = await trades.talk()
    expect((await choose({ ...talk, buyerId: newMember() })).code).toBe('NOT_CHATTED')
    expect((await choose({ ...talk, buyerId: talk.sellerId })).code).toBe('NOT_CHATTED')
  })

  it('answers the same trade when the same neighbour is chosen again, and refuses another', async () => {
    const talk = await trades.talk()
    const other = await trades.talk({ sellerId: talk.sellerId, listingId: talk.listingId })
    const [first, again] = [await trades.sold(talk), await trades.sold(talk)]
    expect(again.id).toBe(first.id)
    expect((await choose(other)).code).toBe('LISTING_SOLD')
    expect((await trades.factsOf(first.id)).length).toBe(1)
  })

  it('replays the first answer to a retry with its key', async () => {
    const talk = await trades.talk()
    const [first, retry] = [
      await choose(talk, talk.sellerId, 'k-1'),
      await choose(talk, talk.sellerId, 'k-1'),
    ]
    expect(retry.text).toBe(first.text)
    expect(retry.headers.get('idempotency-replayed')).toBe('true')
  })

  it('sells to one of two when both are chosen at once', async () => {
    const talk = await trades.talk()
    const other = await trades.talk({ sellerId: talk.sellerId, listingId: talk.listingId })
    const answers = await Promise.all([choose(talk), choose(other), choose(talk), choose(other)])
    const buyers = answers.flatMap(({ status, json }) => (status === 201 ? [Trade.parse(json).peer.id] : []))
    expect(new Set(buyers).size).toBe(1)
    expect((await history(talk.sellerId, 'sales')).items.length).toBe(1)
  })
})

describe('a choice that died half way', () => {
  it('is finished by the tick when listings had sold it already', async () => {
    const talk = await trades.talk()
    await trades.tell({ kind: 'listings', is: 'losing answers' })
    expect((await choose(talk)).code).toBe('UNAVAILABLE')
    await trades.tell({ kind: 'listings', is: 'up' })
    expect((await history(talk.sellerId, 'sales')).items).toEqual([])
    await trades.tick(MINUTE_MS)
    await trades.tick(MINUTE_MS)
    const { items } = await history(talk.sellerId, 'sales')
    expect(items).toMatchObject([{ state: 'completed', peer: { id: talk.buyerId } }])
    expect((await trades.factsOf(items[0]?.id ?? '')).length).toBe(1)
  })

  it('is finished by a retry as the same trade', async () => {
    const talk = await trades.talk()
    await trades.tell({ kind: 'listings', is: 'down' })
    expect((await choose(talk)).code).toBe('UNAVAILABLE')
    await trades.tell({ kind: 'listings', is: 'up' })
    const trade = await trades.sold(talk)
    await trades.tick(MINUTE_MS)
    expect((await history(talk.sellerId, 'sales')).items.map(({ id }) => id)).toEqual([trade.id])
  })
})

describe('an undo', () => {
  it('puts the thing on sale again, leaves both histories, and is told; the thing can be sold anew', async () => {
    const talk = await trades.talk()
    const trade = await trades.sold(talk)
    const undone = await trades.call('POST', `trades/${trade.id}/undo`, { as: talk.sellerId })
    expect([undone.status, Trade.parse(undone.json).state]).toEqual([200, 'cancelled'])
    expect(await trades.statusOf(talk.listingId)).toBe('on_sale')
    expect((await history(talk.sellerId, 'sales')).items).toEqual([])
    expect((await history(talk.buyerId, 'purchases')).items).toEqual([])
    expect((await trades.factsOf(trade.id)).map(({ type }) => type)).toEqual([
      'trade.completed',
      'trade.undone',
    ])
    const again = await trades.sold(talk)
    expect(again.id).not.toBe(trade.id)
  })

  it('is the seller’s, changes nothing the second time, and to a stranger there is no trade', async () => {
    const talk = await trades.talk()
    const trade = await trades.sold(talk)
    const undo = (as: Talk['sellerId']) => trades.call('POST', `trades/${trade.id}/undo`, { as })
    expect((await undo(talk.buyerId)).code).toBe('FORBIDDEN')
    expect((await undo(newMember())).code).toBe('NOT_FOUND')
    expect((await trades.call('GET', `trades/${trade.id}`, { as: newMember() })).code).toBe('NOT_FOUND')
    expect([(await undo(talk.sellerId)).status, (await undo(talk.sellerId)).status]).toEqual([200, 200])
    expect((await trades.factsOf(trade.id)).length).toBe(2)
  })

  it('is over after a day', async () => {
    const talk = await trades.talk()
    const trade = await trades.sold(talk)
    await trades.db
      .prepare('UPDATE trades SET completed_at_ms = completed_at_ms - ? WHERE id = ?')
      .bind(UNDO_WINDOW_MS, trade.id)
      .run()
    const late = await trades.call('POST', `trades/${trade.id}/undo`, { as: talk.sellerId })
    expect(late.code).toBe('UNDO_WINDOW_OVER')
    const seen = Trade.parse((await trades.call('GET', `trades/${trade.id}`, { as: talk.sellerId })).json)
    expect(seen.undoUntil).toBeNull()
  })

  it('reaches listings by the tick, or by the next choice, when listings was down', async () => {
    const [first, second] = [await trades.talk(), await trades.talk()]
    for (const talk of [first, second]) {
      const trade = await trades.sold(talk)
      await trades.tell({ kind: 'listings', is: 'down' })
      const undone = await trades.call('POST', `trades/${trade.id}/undo`, { as: talk.sellerId })
      expect(undone.status).toBe(200)
      await trades.tell({ kind: 'listings', is: 'up' })
      expect(await trades.statusOf(talk.listingId)).toBe('sold')
    }
    const next = await trades.talk({ sellerId: second.sellerId, listingId: second.listingId })
    expect((await trades.sold(next)).peer.id).toBe(next.buyerId)
    await trades.tick()
    expect(await trades.statusOf(first.listingId)).toBe('on_sale')
    expect(await trades.statusOf(second.listingId)).toBe('sold')
  })
})

describe('a history', () => {
  it('turns its pages from the newest to the oldest, one question to identity each, and no other’s cursor fits', async () => {
    const sellerId = newMember()
    const ids: string[] = []
    for (let made = 0; made < 5; made++) ids.unshift((await trades.sold(await trades.talk({ sellerId }))).id)
    const before = (await trades.tell({ kind: 'listings', is: 'up' })).membersAsked
    const first = await history(sellerId, 'sales', '?limit=3')
    expect((await trades.tell({ kind: 'listings', is: 'up' })).membersAsked - before).toBe(1)
    const rest = await history(sellerId, 'sales', `?limit=3&cursor=${first.nextCursor}`)
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids)
    expect(rest.nextCursor).toBeNull()
    const stolen = await trades.call('GET', `me/sales?cursor=${first.nextCursor}`, { as: newMember() })
    expect(stolen.code).toBe('CURSOR_INVALID')
  })

  it('is nobody else’s to keep', async () => {
    const reply = await trades.call('GET', 'me/sales', { as: newMember() })
    expect(reply.headers.get('cache-control')).toBe('private, no-store')
    expect((await trades.call('GET', 'me/sales')).status).toBe(401)
  })

  it('forgets what failed after a day', async () => {
    const talk = await trades.talk()
    const other = await trades.talk({ sellerId: talk.sellerId, listingId: talk.listingId })
    await trades.sold(talk)
    await choose(other)
    const failed = () =>
      trades.db
        .prepare("SELECT count(*) AS n FROM trades WHERE listing_id = ? AND state = 'failed'")
        .bind(talk.listingId)
        .first<{ n: number }>()
    expect(await failed()).toEqual({ n: 1 })
    await trades.tick(DAY_MS + MINUTE_MS)
    expect(await failed()).toEqual({ n: 0 })
  })
})
