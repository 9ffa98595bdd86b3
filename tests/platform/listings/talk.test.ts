import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ListingId, MemberId } from '#contracts/ids'
import { Comment, Listing, ListingCard } from '#contracts/listings'
import { pageOf } from '#contracts/page'
import { newId } from '#kit/id'
import { eventually } from '../../support/platform.ts'
import { ctx, type ListingsAlone, newMember, startListings } from './alone.ts'

let town: ListingsAlone
beforeAll(async () => {
  town = await startListings()
})
afterAll(() => town.close())

const Comments = pageOf(Comment)
const countsOf = async (id: ListingId) =>
  Listing.parse((await town.call('GET', `listings/${id}`)).json).counts

describe('wishes', () => {
  it('count each member once, however often and at once they tap', async () => {
    const { id } = await town.post(newMember())
    const [one, two] = [newMember(), newMember()]
    const taps = [one, one, one, two, two].map((as) => town.call('PUT', `listings/${id}/wish`, { as }))
    expect((await Promise.all(taps)).map(({ status }) => status)).toEqual([204, 204, 204, 204, 204])
    expect((await countsOf(id)).wishes).toBe(2)
    await town.call('DELETE', `listings/${id}/wish`, { as: one })
    await town.call('DELETE', `listings/${id}/wish`, { as: one })
    expect((await countsOf(id)).wishes).toBe(1)
    expect(await town.factsOf(`${id}:${two}`)).toHaveLength(1)
  })

  it('are not for one’s own things, nor for what is not there', async () => {
    const as = newMember()
    const { id } = await town.post(as)
    expect((await town.call('PUT', `listings/${id}/wish`, { as })).code).toBe('OWN_LISTING')
    const absent = newId('lst', Date.now())
    expect((await town.call('PUT', `listings/${absent}/wish`, { as })).code).toBe('NOT_FOUND')
    expect((await town.call('PUT', `listings/${id}/wish`)).code).toBe('UNAUTHENTICATED')
  })

  it('are listed the latest first, page by page, and asked about in one question', async () => {
    const as = newMember()
    const ids: ListingId[] = []
    for (let index = 0; index < 5; index++) ids.push((await town.post(newMember())).id)
    for (const id of ids) await town.call('PUT', `listings/${id}/wish`, { as })
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page = pageOf(ListingCard).parse(
        (await town.call('GET', `me/wishes?limit=2${cursor && `&cursor=${cursor}`}`, { as })).json,
      )
      seen.push(...page.items.map((card) => card.id))
      cursor = page.nextCursor
    }
    expect(seen.toSorted()).toEqual(ids.toSorted())
    const asked = [...ids, newId('lst', Date.now())].join()
    const among = await town.call('GET', `me/wishes/among?ids=${asked}`, { as })
    expect(among.json).toEqual({ ids: expect.arrayContaining(ids) })
    expect((await town.call('GET', `me/wishes/among?ids=${asked}`, { as: newMember() })).json).toEqual({
      ids: [],
    })
  })
})

describe('comments', () => {
  const say = async (as: MemberId, id: ListingId, text: string, parentId?: string) =>
    Comment.parse(
      (
        await town.call('POST', `listings/${id}/comments`, {
          as,
          json: { text, ...(parentId && { parentId }) },
        })
      ).json,
    )
  const read = async (id: ListingId, query = '') =>
    Comments.parse((await town.call('GET', `listings/${id}/comments${query}`)).json)

  it('stand in threads of one level, and are counted', async () => {
    const [seller, buyer] = [newMember(), newMember()]
    const { id } = await town.post(seller)
    const first = await say(buyer, id, '아직 있나요?')
    const second = await say(newMember(), id, '저도 궁금해요')
    const reply = await say(seller, id, '네, 있어요', first.id)
    const deeper = await say(buyer, id, '고맙습니다', reply.id)
    expect(deeper.parentId).toBe(first.id)
    const { items } = await read(id)
    expect(items.map((comment) => comment.id)).toEqual([first.id, reply.id, deeper.id, second.id])
    expect((await countsOf(id)).comments).toBe(4)
    expect((await town.factsOf(deeper.id))[0]?.data).toMatchObject({
      parentAuthorId: seller,
      sellerId: seller,
    })
    const page = await read(id, '?limit=3')
    expect((await read(id, `?limit=3&cursor=${page.nextCursor}`)).items.map((comment) => comment.id)).toEqual(
      [second.id],
    )
  })

  it('keep their place when replies hang on them, and leave with the last of those', async () => {
    const [asker, seller] = [newMember(), newMember()]
    const { id } = await town.post(seller)
    const question = await say(asker, id, '네고 되나요?')
    const answer = await say(seller, id, '조금은요', question.id)
    await town.call('DELETE', `comments/${question.id}`, { as: asker })
    expect((await read(id)).items[0]).toMatchObject({
      id: question.id,
      deleted: true,
      text: '',
      author: null,
    })
    expect((await countsOf(id)).comments).toBe(1)
    await town.call('DELETE', `comments/${answer.id}`, { as: seller })
    expect((await read(id)).items).toEqual([])
    expect((await countsOf(id)).comments).toBe(0)
  })

  it('are changed and deleted by their author alone', async () => {
    const [author, other] = [newMember(), newMember()]
    const { id } = await town.post(other)
    const comment = await say(author, id, '오늘 갈게요')
    const json = { text: '내일 갈게요' }
    expect((await town.call('PATCH', `comments/${comment.id}`, { as: other, json })).code).toBe('NOT_FOUND')
    expect((await town.call('DELETE', `comments/${comment.id}`, { as: other })).code).toBe('NOT_FOUND')
    const edited = await town.call('PATCH', `comments/${comment.id}`, { as: author, json })
    expect(Comment.parse(edited.json)).toMatchObject({ text: json.text, editedAt: expect.any(String) })
  })

  it('answer only comments of the same listing', async () => {
    const as = newMember()
    const [here, there] = [await town.post(as), await town.post(as)]
    const elsewhere = await say(as, there.id, '저쪽 이야기')
    const json = { text: '섞인 답', parentId: elsewhere.id }
    expect((await town.call('POST', `listings/${here.id}/comments`, { as, json })).code).toBe(
      'VALIDATION_FAILED',
    )
  })

  it('are at most sixty an hour from one member', async () => {
    const as = newMember()
    const { id } = await town.post(newMember())
    const replies = []
    for (let index = 0; index < 61; index++)
      replies.push(await town.call('POST', `listings/${id}/comments`, { as, json: { text: `${index}` } }))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(60)
    expect(replies.at(-1)?.code).toBe('TOO_MANY_REQUESTS')
  })
})

describe('views', () => {
  const look = (id: ListingId, visitor: string, as?: MemberId) =>
    town.call('PUT', `listings/${id}/view`, { as, headers: { 'x-madang-visitor': visitor } })

  it('count a visitor once a day and never the seller, and are told in one fact', async () => {
    const seller = newMember()
    const { id } = await town.post(seller)
    const member = newMember()
    for (const visitor of ['a', 'b', 'a', 'b', 'a']) expect((await look(id, visitor)).status).toBe(204)
    await look(id, 'c', member)
    await look(id, 'd', member)
    await look(id, 'e', seller)
    await town.rpc.seen(ctx, [
      { listingId: id, visitor: 'a' },
      { listingId: id, visitor: 'z' },
      { listingId: id, visitor: seller },
    ])
    await eventually(async () => expect((await countsOf(id)).views).toBe(4))
    await look(id, 'a')
    const counted = await eventually(async () => {
      const facts = (await town.factsOf(id)).filter(({ type }) => type === 'listing.counted')
      expect(facts.at(-1)?.data).toMatchObject({ counts: { views: 4 } })
      return facts
    })
    expect(counted.map(({ version }) => version)).toEqual(counted.map((_, index) => index + 1))
    expect(counted.length).toBeLessThanOrEqual(3)
  })

  it('outlive the object that gathered them, and its memory of who came', async () => {
    const { id } = await town.post(newMember())
    await look(id, 'early')
    await town.evictTally(id)
    await eventually(async () => expect((await countsOf(id)).views).toBe(1))
    await town.evictTally(id)
    await look(id, 'early')
    await look(id, 'late')
    await eventually(async () => expect((await countsOf(id)).views).toBe(2))
  })

  it('are not counted by reading inside, nor of what is not there', async () => {
    const { id } = await town.post(newMember())
    for (let index = 0; index < 3; index++) await town.call('GET', `listings/${id}`)
    await town.rpc.list(ctx, { sort: 'newest', limit: 20 })
    await town.rpc.seen(ctx, [{ listingId: newId('lst', Date.now()), visitor: 'x' }])
    expect((await look(newId('lst', Date.now()), 'x')).code).toBe('NOT_FOUND')
    await look(id, 'only')
    await eventually(async () => expect((await countsOf(id)).views).toBe(1))
  })

  it('tells counters that moved without any view at the next tick', async () => {
    const { id } = await town.post(newMember())
    await town.call('PUT', `listings/${id}/wish`, { as: newMember() })
    await town.rpc.tick({ atMs: Date.now() })
    expect((await town.factsOf(id)).at(-1)).toMatchObject({
      type: 'listing.counted',
      data: { counts: { wishes: 1 } },
    })
  })
})

describe('a neighbour who leaves', () => {
  it('takes their things, words and wishes along, and the counters stay right', async () => {
    const [leaving, staying] = [newMember(), newMember()]
    const theirs = []
    for (let index = 0; index < 25; index++) theirs.push((await town.post(leaving)).id)
    const kept = await town.post(staying)
    await town.call('PUT', `listings/${kept.id}/wish`, { as: leaving })
    await town.call('POST', `listings/${kept.id}/comments`, { as: leaving, json: { text: '제 전화번호는' } })
    const retried = await town.hear([
      {
        id: 'withdrawal',
        body: {
          ...{ id: newId('evt', Date.now()), type: 'member.withdrawn', v: 1, at: Date.now(), version: 9 },
          ...{ aggregateId: leaving, actorId: leaving, requestId: 'test', data: { memberId: leaving } },
        },
      },
    ])
    expect(retried).toEqual([])
    await town.rpc.tick({ atMs: Date.now() })
    for (const id of theirs) expect((await town.call('GET', `listings/${id}`)).code).toBe('NOT_FOUND')
    expect((await town.factsOf(theirs[24] ?? '')).at(-1)?.type).toBe('listing.deleted')
    expect(await countsOf(kept.id)).toMatchObject({ wishes: 0, comments: 0 })
    expect((await town.call('GET', `listings/${kept.id}/comments`)).text).not.toContain('전화번호')
    expect((await town.call('POST', 'listings', { as: leaving, json: {} })).status).toBe(400)
    const late = await town.call('POST', `listings/${kept.id}/comments`, {
      as: leaving,
      json: { text: '다시' },
    })
    expect(late.code).toBe('SESSION_ENDED')
  })
})
