import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventOf, MadangEvent } from '#contracts/events'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import { deliverRoughly, randomOf, shuffled } from '../../promises/deliveries.ts'
import { type Search, startSearch } from './alone.ts'
import { factsOfType, forget, newestOf, wordsIn, wordsOffered } from './folding.ts'
import { changedFact, type GroupBuyFact, openedFact } from './group-buy-facts.ts'

/**
 * P7 for group buys: facts come more than once, in any order, in batches of any size, several at a time, and every tenth handling
 * fails. What is found, by which words, and what is offered end where a plain fold over the facts ends.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const SEEDS = NIGHTLY ? 50 : 3
const GROUP_BUYS = 8
const FACTS_EACH = NIGHTLY ? 60 : 9
const FIRST_SEED = 20_261_121
const MARK = '마을공구'

const FAULTS = `CREATE TRIGGER fault BEFORE INSERT ON inbox WHEN abs(random()) % 10 = 0
BEGIN SELECT RAISE(ABORT, 'injected fault'); END`

type FaceFact = EventOf<'member.profile_changed'>
type Shown = { title: string; filledUnits: number; members: number; nickname: string }
type State = { shown: Record<string, Shown>; words: Record<string, number> }

const WARES = ['감귤', '햅쌀', '화장지'] as const

/** A group buy's facts: people join, words change, and for some it ends; its host changes name. */
function lifeOf(index: number, random: () => number): MadangEvent[] {
  const first = openedFact({ title: `${MARK} ${WARES[index % 3]} ${index}` })
  const facts: MadangEvent[] = [first]
  let now = first
  for (let version = 2; version <= FACTS_EACH; version++) {
    const isLast = version === FACTS_EACH
    const joined = { filledUnits: 2 + (version % 8), members: version }
    const retitled = random() < 0.3 ? { title: `${MARK} ${WARES[version % 3]} ${index}` } : {}
    const ended = isLast && index % 3 === 0 ? { state: 'failed' as const } : {}
    now = changedFact(now, version, { ...joined, ...retitled, ...ended })
    facts.push(now, nameOf(first, version))
  }
  return facts
}

function nameOf({ data }: GroupBuyFact, version: number): FaceFact {
  const { memberId } = data.host
  const about = { aggregateId: memberId, version, actorId: memberId, requestId: 'p7' }
  const face = { memberId, nickname: `이름 ${version}`, photoId: version % 2 ? null : newId('img', version) }
  return eventOf({ ...about, type: 'member.profile_changed', data: face }, Date.now())
}

function fold(events: readonly MadangEvent[]): State {
  const faces = newestOf(factsOfType(events, 'member.profile_changed'))
  const newest = newestOf(factsOfType(events, 'group_buy.opened', 'group_buy.changed'))
  const open = [...newest.values()].filter(({ data }) => data.state === 'recruiting')
  const shown = open.map(({ data: { id, title, filledUnits, members, host } }): [string, Shown] => [
    id,
    { title, filledUnits, members, nickname: faces.get(host.memberId)?.data.nickname ?? host.nickname },
  ])
  return { shown: Object.fromEntries(shown), words: wordsIn(open.map(({ data }) => data.title)) }
}

describe('the consumer of group buys', () => {
  let search: Search
  beforeAll(async () => {
    search = await startSearch()
    await search.DB.prepare(FAULTS).run()
  })
  afterAll(() => search.close())

  const seeds = Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index)
  it.each(seeds)('ends as the fold does (seed %i)', async (seed) => {
    await forget(search.DB, 'buys', 'buy_grams', 'known_buys', 'faces', 'suggestions', 'inbox')
    const random = randomOf(seed)
    const events = Array.from({ length: GROUP_BUYS }, (_, index) => lifeOf(index, random)).flat()
    const { failed } = await deliverRoughly(events, search.deliver, random)
    expect(failed).toBeGreaterThan(0)
    expect(await stateOf(search)).toEqual(fold(events))
    // Each is found by the words of its newest title and by no word of an older one.
    for (const ware of WARES) {
      const found = (await search.findBuys({ q: `${MARK} ${ware}`, limit: '50' })).items.map(({ id }) => id)
      const expected = Object.entries(fold(events).shown).filter(([, { title }]) => title.includes(ware))
      expect(found.toSorted()).toEqual(expected.map(([id]) => id).toSorted())
    }
  })

  it('would be caught if it kept whatever it heard last, or brought back what was over', () => {
    const random = randomOf(FIRST_SEED)
    const events = Array.from({ length: GROUP_BUYS }, (_, index) => lifeOf(index, random)).flat()
    const mixed = shuffled(events, random)
    expect(fold(mixed.map((event, index) => ({ ...event, version: index + 1 })))).not.toEqual(fold(events))
    const ended = factsOfType(events, 'group_buy.changed').filter(({ data }) => data.state !== 'recruiting')
    const endless = events.filter((event) => ended.every(({ id }) => id !== event.id))
    expect(fold(endless)).not.toEqual(fold(events))
  })
})

async function stateOf(search: Search): Promise<State> {
  const { items, total } = await search.findBuys({ q: MARK, limit: '50' })
  expect(total).toBe(items.length)
  const shown = items.map(({ id, title, filledUnits, members, host }): [string, Shown] => [
    id,
    { title, filledUnits, members, nickname: host.nickname },
  ])
  return { shown: Object.fromEntries(shown), words: await wordsOffered(search.DB) }
}
