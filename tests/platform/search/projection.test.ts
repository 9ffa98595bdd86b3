import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ListingSnapshot, MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import { imageUrls } from '#contracts/media'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import { suggestWordsOf } from '../../../workers/search/suggest.rules.ts'
import { posted, type Search, startSearch } from './alone.ts'

/**
 * P7: whatever the order and however often facts arrive, the read model ends as a plain fold over them would. The fold below
 * is that reference: it takes the newest version of each fact, and a deletion for good.
 */

const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const HISTORIES = NIGHTLY ? 50 : 12
const LISTINGS_PER_HISTORY = NIGHTLY ? 60 : 8

let search: Search
beforeAll(async () => {
  search = await startSearch()
})
afterAll(() => search.close())

type Card = {
  title: string
  status: string
  price: number
  views: number
  wishes: number
  nickname: string
  photo: string | null
  bumpedAt: number
}
type State = { cards: Record<string, Card>; words: Record<string, number> }

function fold(events: readonly MadangEvent[]): State {
  const gone = new Set(events.flatMap((event) => (event.type === 'listing.deleted' ? [event.data.id] : [])))
  const snapshots = new Map<string, { version: number; data: ListingSnapshot }>()
  const counted = new Map<string, Extract<MadangEvent, { type: 'listing.counted' }>>()
  const faces = new Map<string, Extract<MadangEvent, { type: 'member.profile_changed' }>>()
  for (const event of events) {
    if (event.type === 'listing.posted' || event.type === 'listing.changed')
      keepNewest(snapshots, event.data.id, event)
    if (event.type === 'listing.counted') keepNewest(counted, event.data.id, event)
    if (event.type === 'member.profile_changed') keepNewest(faces, event.data.memberId, event)
  }
  const shown = [...snapshots.values()]
    .map(({ data }) => data)
    .filter(({ id, status }) => !gone.has(id) && status !== 'hidden')
  const words: Record<string, number> = {}
  for (const word of shown.flatMap(({ title }) => suggestWordsOf(title))) words[word] = (words[word] ?? 0) + 1
  const cards = shown.map((data) => [
    data.id,
    cardOf(data, counted.get(data.id), faces.get(data.seller.id)?.data),
  ])
  return { cards: Object.fromEntries(cards), words }
}

function keepNewest<Kept extends { version: number }>(
  kept: Map<string, Kept>,
  key: string,
  found: Kept,
): void {
  if ((kept.get(key)?.version ?? 0) < found.version) kept.set(key, found)
}

function cardOf(
  data: ListingSnapshot,
  counted: Extract<MadangEvent, { type: 'listing.counted' }> | undefined,
  face: Extract<MadangEvent, { type: 'member.profile_changed' }>['data'] | undefined,
): Card {
  const { views, wishes } = counted?.data.counts ?? data.counts
  return {
    title: data.title,
    status: data.status,
    price: data.price,
    views,
    wishes,
    nickname: face?.nickname ?? data.seller.nickname,
    photo: face?.photoId ? imageUrls(face.photoId).thumb : null,
    bumpedAt: data.bumpedAtMs,
  }
}

/** What search itself says: the cards it answers with, newest first, and the words it would suggest. */
async function stateOf(mark: string): Promise<State & { order: number[] }> {
  const cards: Record<string, Card> = {}
  const order: number[] = []
  let cursor: string | null = null
  do {
    const reply = await search.find({
      q: mark,
      sort: 'newest',
      limit: '50',
      ...(cursor === null ? {} : { cursor }),
    })
    for (const item of reply.items) {
      const { title, status, price, counts, seller, bumpedAt, id } = item
      order.push(Date.parse(bumpedAt))
      cards[id] = {
        title,
        status,
        price,
        views: counts.views,
        wishes: counts.wishes,
        nickname: seller.nickname,
        photo: seller.photo?.thumb ?? null,
        bumpedAt: Date.parse(bumpedAt),
      }
    }
    cursor = reply.nextCursor
  } while (cursor !== null)
  const rows = await search.DB.prepare("SELECT text, weight FROM suggestions WHERE kind = 'title'").all<{
    text: string
    weight: number
  }>()
  return { cards, words: Object.fromEntries(rows.results.map(({ text, weight }) => [text, weight])), order }
}

const WORDS = ['자전거', '거치대', '책상', 'iphone', '화분'] as const
const step = fc.record({
  kind: fc.constantFrom('edit', 'edit', 'bump', 'hide', 'show', 'count', 'delete', 'rename'),
  word: fc.constantFrom(...WORDS),
  number: fc.nat({ max: 9 }),
})
type Step = {
  kind: 'edit' | 'bump' | 'hide' | 'show' | 'count' | 'delete' | 'rename'
  word: string
  number: number
}

/** The facts a listing's life tells, in their true order. */
function lifeOf(mark: string, sellerId: MemberId, steps: readonly Step[]): MadangEvent[] {
  const birth = posted({ title: `${mark} ${steps[0]?.word ?? '책상'}`, sellerId })
  const facts: MadangEvent[] = [birth]
  let now = { ...birth.data }
  const versions = { listing: 1, counts: 0, face: 0 }
  const tell = { actorId: null, requestId: 'test' }
  for (const { kind, word, number } of steps) {
    const atMs = birth.at + facts.length
    if (kind === 'count') {
      const counts = { ...now.counts, views: number, wishes: number % 3 }
      facts.push(
        eventOf(
          {
            ...tell,
            type: 'listing.counted',
            aggregateId: now.id,
            version: ++versions.counts,
            data: { id: now.id, counts },
          },
          atMs,
        ),
      )
    } else if (kind === 'rename') {
      const photoId = number % 2 === 0 ? newId('img', atMs) : null
      const data = { memberId: sellerId, nickname: `${word}지기`, photoId }
      facts.push(
        eventOf(
          { ...tell, type: 'member.profile_changed', aggregateId: sellerId, version: ++versions.face, data },
          atMs,
        ),
      )
    } else if (kind === 'delete') {
      const data = { id: now.id, sellerId }
      facts.push(
        eventOf(
          { ...tell, type: 'listing.deleted', aggregateId: now.id, version: ++versions.listing, data },
          atMs,
        ),
      )
      return facts
    } else {
      now = { ...now, ...changeOf(kind, mark, word, number, atMs) }
      const data = { ...now, changed: [kind] }
      facts.push(
        eventOf(
          { ...tell, type: 'listing.changed', aggregateId: now.id, version: ++versions.listing, data },
          atMs,
        ),
      )
    }
  }
  return facts
}

function changeOf(
  kind: 'edit' | 'bump' | 'hide' | 'show',
  mark: string,
  word: string,
  number: number,
  atMs: number,
): Partial<ListingSnapshot> {
  if (kind === 'edit') return { title: `${mark} ${word} ${number}호`, price: number * 1000 }
  // Some bumps fall on the same millisecond as another listing's.
  if (kind === 'bump') return { bumpedAtMs: Date.UTC(2026, 10, 1) + (atMs % 3) }
  return { status: kind === 'hide' ? 'hidden' : 'on_sale' }
}

/** The facts, each one to three times, in an order that a number decides. */
const delivered = (events: readonly MadangEvent[]) =>
  fc.shuffledSubarray(
    events.flatMap((event, index) => Array.from({ length: 1 + (index % 3) }, () => event)),
    { minLength: events.reduce((sum, _, index) => sum + 1 + (index % 3), 0) },
  )

let histories = 0
const history = fc
  .array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: LISTINGS_PER_HISTORY })
  .map((lives) => {
    const mark = `마을${String.fromCodePoint(0xac00 + histories++)}`
    const sellers = [newId('mem', 1), newId('mem', 2)]
    const events = lives.flatMap((steps, index) =>
      lifeOf(mark, index === 0 ? (sellers[0] ?? newId('mem', 3)) : newId('mem', 4), steps),
    )
    return { mark, events }
  })
  .chain(({ mark, events }) => delivered(events).map((heard) => ({ mark, events, heard })))

test('facts in any order, each heard one to three times, end in the state their plain fold has', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ mark, events, heard }) => {
      await search.DB.batch(
        ['docs', 'grams', 'known', 'faces', 'suggestions', 'inbox'].map((table) =>
          search.DB.prepare(`DELETE FROM ${table}`),
        ),
      )
      await search.hear(heard)
      const { cards, words, order } = await stateOf(mark)
      expect({ cards, words }).toEqual(fold(events))
      expect(order).toEqual(order.toSorted((a, b) => b - a))
    }),
    { numRuns: HISTORIES },
  )
})

test('a reader that takes the last fact it hears for the newest is caught by such histories', async () => {
  const lastWins = (heard: readonly MadangEvent[]) =>
    fold(heard.map((event, index) => ({ ...event, version: index + 1 })))
  const differs = fc.property(history, ({ events, heard }) => {
    expect(lastWins(heard)).toEqual(fold(events))
  })
  expect(fc.check(differs, { numRuns: HISTORIES }).failed).toBe(true)
})

test('batches handled at the same time end in that state too', async () => {
  const mark = '동시에'
  const events = Array.from({ length: 6 }, (_, index) =>
    lifeOf(mark, newId('mem', index), [
      { kind: 'edit', word: '책상', number: index },
      { kind: 'count', word: '책상', number: index },
      { kind: 'edit', word: '화분', number: index },
      { kind: index % 2 === 0 ? 'delete' : 'bump', word: '화분', number: index },
    ]),
  ).flat()
  const parts = [0, 1, 2, 3].map((part) => events.filter((_, index) => index % 4 === part).reverse())
  await search.DB.batch(
    ['docs', 'grams', 'known', 'faces', 'suggestions', 'inbox'].map((table) =>
      search.DB.prepare(`DELETE FROM ${table}`),
    ),
  )
  await Promise.all([...parts, ...parts].map((part) => hearAgainUntilTaken(part)))
  const { cards, words } = await stateOf(mark)
  expect({ cards, words }).toEqual(fold(events))
})

/** As the queue does: what was refused because another delivery was first is brought again. */
async function hearAgainUntilTaken(events: readonly MadangEvent[]): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt++) {
    try {
      return await search.hear(events)
    } catch (error) {
      if (attempt === 5) throw error
    }
  }
}

test('a deleted listing stays deleted, whatever is heard of it later', async () => {
  const birth = posted({ title: '묘비 책상' })
  const { id, seller } = birth.data
  const tell = { aggregateId: id, actorId: null, requestId: 'test' }
  const late = eventOf(
    {
      ...tell,
      type: 'listing.changed',
      version: 9,
      data: { ...birth.data, title: '묘비 화분', changed: ['title'] },
    },
    birth.at + 1,
  )
  const death = eventOf(
    { ...tell, type: 'listing.deleted', version: 2, data: { id, sellerId: seller.id } },
    birth.at + 2,
  )
  await search.hear([death, birth, late])
  expect((await search.find({ q: '묘비' })).total).toBe(0)
})

test('an event the schema does not know is retried and does not hold up its neighbours', async () => {
  const good = posted({ title: '이웃한 좋은 소식' })
  const broken = { ...posted({ title: '깨진 소식' }), v: 7 }
  // The consumer must survive what the types rule out, so this goes past them.
  await expect(search.hear([broken as never, good])).rejects.toThrow('1 events not handled')
  expect((await search.find({ q: '소식' })).items.map(({ title }) => title)).toEqual(['이웃한 좋은 소식'])
})
