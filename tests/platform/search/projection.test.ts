import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { MadangEvent } from '#contracts/events'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import { posted, type Search, startSearch } from './alone.ts'
import { forget } from './folding.ts'
import { fold, stateOf } from './listing-fold.ts'
import { history, lifeOf } from './listing-lives.ts'

/** P7: whatever the order and however often facts arrive, the read model ends as a plain fold over them would. */
const HISTORIES = process.env.MADANG_SCALE === 'nightly' ? 50 : 12
const TABLES = ['docs', 'grams', 'known', 'faces', 'suggestions', 'inbox']

let search: Search
beforeAll(async () => {
  search = await startSearch()
})
afterAll(() => search.close())

test('facts in any order, each heard one to three times, end in the state their plain fold has', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ mark, events, heard }) => {
      await forget(search.DB, ...TABLES)
      await search.hear(heard)
      const { cards, words, order } = await stateOf(search, mark)
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
  await forget(search.DB, ...TABLES)
  await Promise.all([...parts, ...parts].map((part) => hearAgainUntilTaken(part)))
  const { cards, words } = await stateOf(search, mark)
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
