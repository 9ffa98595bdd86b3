import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MemberId } from '#contracts/ids'
import { pageOf } from '#contracts/page'
import { REVIEW_HIDDEN_MS, Reputation, Review, Trade, type WriteReview } from '#contracts/trades'
import { newMember, startTrades, type Talk, type TradesAlone } from './alone.ts'

let trades: TradesAlone
beforeAll(async () => {
  trades = await startTrades()
})
afterAll(() => trades.close())

const KIND: WriteReview = { score: 5, tags: ['kind', 'punctual'], text: '친절하고 시간도 잘 지켜요.' }
const SHORT: WriteReview = { score: 3, tags: ['late'] }
const write = (as: MemberId, tradeId: string, json: object = KIND, key?: string) =>
  trades.call('POST', `trades/${tradeId}/reviews`, { as, json, ...(key === undefined ? {} : { key }) })
const see = async (as: MemberId, tradeId: string) =>
  Trade.parse((await trades.call('GET', `trades/${tradeId}`, { as })).json).review
const publicOf = async (id: MemberId, query = '') =>
  pageOf(Review).parse((await trades.call('GET', `members/${id}/reviews${query}`)).json)
const reputationOf = async (id: MemberId) =>
  Reputation.parse((await trades.call('GET', `members/${id}/reputation`)).json)

async function soldTalk(over: Partial<Talk> = {}): Promise<Talk & { tradeId: string }> {
  const talk = await trades.talk(over)
  return { ...talk, tradeId: (await trades.sold(talk)).id }
}

/** The trade as if it had been closed so long ago. */
async function age(tradeId: string, byMs: number): Promise<void> {
  const aged = [
    'UPDATE trades SET completed_at_ms = completed_at_ms - ?1 WHERE id = ?2',
    'UPDATE reviews SET shows_at_ms = shows_at_ms - ?1, written_at_ms = written_at_ms - ?1 WHERE trade_id = ?2',
  ]
  for (const sql of aged) await trades.db.prepare(sql).bind(byMs, tradeId).run()
}

describe('a review', () => {
  it('stays with its author until the other has written, then both are there for all', async () => {
    const { sellerId, buyerId, tradeId } = await soldTalk()
    expect((await write(buyerId, tradeId)).status).toBe(201)
    expect((await see(buyerId, tradeId)).mine).toMatchObject({ role: 'buyer', ...KIND })
    expect(await see(sellerId, tradeId)).toMatchObject({ mine: null, theirs: null })
    expect((await publicOf(sellerId)).items).toEqual([])
    expect((await reputationOf(sellerId)).reviews.count).toBe(0)

    const second = await write(sellerId, tradeId, SHORT)
    expect(second.headers.get('x-madang-purge')).toContain(`reviews:${buyerId}`)
    expect(await see(sellerId, tradeId)).toMatchObject({
      mine: SHORT,
      theirs: KIND,
      canWriteUntil: null,
      showsAt: null,
    })
    expect((await publicOf(sellerId)).items).toMatchObject([
      { author: { id: buyerId }, listingTitle: '원목 책상', ...KIND },
    ])
    expect((await publicOf(buyerId)).items).toMatchObject([
      { author: { id: sellerId }, text: null, score: 3 },
    ])
    const told = (await trades.factsOf(tradeId)).slice(1)
    expect(told).toMatchObject([
      { type: 'trade.reviewed', version: 3, data: { authorId: buyerId, subjectId: sellerId, shown: false } },
      { type: 'trade.reviewed', version: 4, data: { authorId: sellerId, subjectId: buyerId, shown: true } },
    ])
    expect(JSON.stringify(told)).not.toContain(KIND.text)
  })

  it('is shown after fourteen days though the other never wrote, and then nobody may write', async () => {
    const { sellerId, buyerId, tradeId } = await soldTalk()
    await write(buyerId, tradeId)
    await age(tradeId, REVIEW_HIDDEN_MS)
    expect((await see(sellerId, tradeId)).theirs).toMatchObject(KIND)
    expect((await publicOf(sellerId)).items.length).toBe(1)
    expect((await write(sellerId, tradeId, SHORT)).code).toBe('REVIEW_WINDOW_OVER')
  })

  it('is written once, by the two sides only, and a retry with its key is answered the same', async () => {
    const { sellerId, buyerId, tradeId } = await soldTalk()
    const [first, retry] = [
      await write(buyerId, tradeId, KIND, 'r'),
      await write(buyerId, tradeId, KIND, 'r'),
    ]
    expect([retry.status, retry.text]).toEqual([201, first.text])
    expect((await write(buyerId, tradeId, SHORT)).code).toBe('REVIEW_WRITTEN')
    expect((await write(newMember(), tradeId)).code).toBe('NOT_FOUND')
    expect((await write(sellerId, tradeId, { score: 6 })).code).toBe('VALIDATION_FAILED')
    expect((await write(sellerId, tradeId, { score: 5, tags: ['kind', 'kind'] })).code).toBe(
      'VALIDATION_FAILED',
    )
  })

  it('written by both at the same moment is shown to both', async () => {
    const { sellerId, buyerId, tradeId } = await soldTalk()
    await Promise.all([write(buyerId, tradeId), write(sellerId, tradeId, SHORT)])
    expect((await see(sellerId, tradeId)).theirs).toMatchObject(KIND)
    expect((await see(buyerId, tradeId)).theirs).toMatchObject(SHORT)
    const shown = (await trades.factsOf(tradeId)).flatMap((event) =>
      event.type === 'trade.reviewed' ? [event.data.shown] : [],
    )
    expect(shown).toEqual([false, true])
  })

  it('stays for good once both wrote: the trade cannot be undone any more', async () => {
    const { sellerId, buyerId, tradeId } = await soldTalk()
    await write(buyerId, tradeId)
    await write(sellerId, tradeId, SHORT)
    expect(await trades.call('POST', `trades/${tradeId}/undo`, { as: sellerId })).toMatchObject({
      status: 409,
      code: 'TRADE_REVIEWED',
    })
    expect((await publicOf(sellerId)).items).toHaveLength(1)
  })

  it('goes with a trade that is undone before both wrote, and none is taken after', async () => {
    const { sellerId, buyerId, tradeId } = await soldTalk()
    await write(buyerId, tradeId)
    await trades.call('POST', `trades/${tradeId}/undo`, { as: sellerId })
    expect((await publicOf(sellerId)).items).toEqual([])
    expect((await reputationOf(sellerId)).reviews).toEqual({ count: 0, averageScore: null, tags: [] })
    expect((await write(buyerId, tradeId)).code).toBe('REVIEW_WINDOW_OVER')
  })
})

describe('a profile', () => {
  it('sums up what was sold, bought, said and shown, the same for everyone', async () => {
    const sellerId = newMember()
    const first = await soldTalk({ sellerId })
    const second = await soldTalk({ sellerId })
    await soldTalk({ buyerId: sellerId })
    for (const { buyerId, tradeId, review } of [
      { ...first, review: KIND },
      { ...second, review: { ...KIND, score: 4, tags: ['kind'] } },
    ]) {
      await write(buyerId, tradeId, review)
      await write(sellerId, tradeId, SHORT)
    }
    expect(await reputationOf(sellerId)).toEqual({
      memberId: sellerId,
      trades: { sold: 2, bought: 1 },
      appointments: { kept: 0, late: 0, missed: 0 },
      reviews: {
        count: 2,
        averageScore: 4.5,
        tags: [
          { tag: 'kind', count: 2 },
          { tag: 'punctual', count: 1 },
        ],
      },
    })
    const reply = await trades.call('GET', `members/${sellerId}/reputation`)
    expect(reply.headers.get('cache-control')).toContain('public')
    expect(reply.headers.get('cache-tag')).toBe(`reputation:${sellerId}`)
    const page = await publicOf(sellerId, '?limit=1')
    const rest = await publicOf(sellerId, `?limit=1&cursor=${page.nextCursor}`)
    expect([...page.items, ...rest.items].map(({ score }) => score)).toEqual([4, 5])
  })
})
