import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EventOf, MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import { WITHDRAWN_NICKNAME } from '../../workers/listings/seller.store.ts'
import { FIELD_AT } from '../../workers/search/card.rules.ts'
import { type ListingsAlone, newMember, startListings } from '../platform/listings/alone.ts'
import { posted, type Search, startSearch } from '../platform/search/alone.ts'
import { deliverRoughly, randomOf, shuffled } from './deliveries.ts'

/**
 * P7: facts come more than once, in any order, in batches of any size, several at a time, and every tenth handling fails. The
 * consumers of listings and search end where a plain fold over the facts ends, and have each side effect once.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const SEEDS = NIGHTLY ? 50 : 3
const EVENTS = NIGHTLY ? 1_000 : 200
const THINGS_OF_A_LEAVER = 3
const FIRST_SEED = 20_261_121

const seeds = Array.from({ length: SEEDS }, (_, index) => FIRST_SEED + index)
const hashOf = (state: unknown) => createHash('sha256').update(JSON.stringify(state)).digest('hex')

/** Every tenth handling fails before its commit, as an overloaded database would make it. */
const FAULTS = `CREATE TRIGGER fault BEFORE INSERT ON inbox WHEN abs(random()) % 10 = 0
BEGIN SELECT RAISE(ABORT, 'injected fault'); END`

type FaceEvent = EventOf<'member.profile_changed'> | EventOf<'member.withdrawn'>
type FaceState = Record<string, { nickname: string; photoId: string | null; isGone: boolean }>

function profileChanged(memberId: MemberId, version: number): EventOf<'member.profile_changed'> {
  const data = { memberId, nickname: `이름 ${version}`, photoId: version % 2 ? null : newId('img', version) }
  return eventOf(
    {
      type: 'member.profile_changed',
      aggregateId: memberId,
      version,
      actorId: memberId,
      requestId: 'p7',
      data,
    },
    Date.now(),
  )
}

function withdrawn(memberId: MemberId, version: number): EventOf<'member.withdrawn'> {
  return eventOf(
    {
      type: 'member.withdrawn',
      aggregateId: memberId,
      version,
      actorId: memberId,
      requestId: 'p7',
      data: { memberId },
    },
    Date.now(),
  )
}

/** The reference: the newest face of each member, and nothing of those who left. */
function foldFaces(events: readonly FaceEvent[]): FaceState {
  const newest = new Map<string, FaceEvent>()
  for (const event of events) {
    const known = newest.get(event.aggregateId)
    if (!known || known.version < event.version) newest.set(event.aggregateId, event)
  }
  const state = [...newest].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([id, event]) => [id, faceOf(event)])
  return Object.fromEntries(state)
}

const faceOf = (event: FaceEvent): FaceState[string] =>
  event.type === 'member.withdrawn'
    ? { nickname: WITHDRAWN_NICKNAME, photoId: null, isGone: true }
    : { nickname: event.data.nickname, photoId: event.data.photoId, isGone: false }

/** What the careless consumer of our negative controls would keep: whatever it heard last. */
function lastHeard(deliveries: readonly FaceEvent[]): FaceState {
  const faces = new Map(deliveries.map((event) => [event.aggregateId, faceOf(event)]))
  return Object.fromEntries([...faces].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

describe('the consumer of listings', () => {
  let town: ListingsAlone
  beforeAll(async () => {
    town = await startListings()
    await town.db.prepare(FAULTS).run()
  })
  afterAll(() => town.close())

  it.each(seeds)('ends as the fold does and takes each thing down once (seed %i)', async (seed) => {
    const random = randomOf(seed)
    const members = Array.from({ length: 12 }, newMember)
    const leavers = members.slice(0, 3)
    const things = []
    for (const leaver of leavers)
      for (let index = 0; index < THINGS_OF_A_LEAVER; index++) things.push(await town.post(leaver))
    const perMember = Math.floor(EVENTS / members.length)
    const events: FaceEvent[] = members.flatMap((memberId) =>
      Array.from({ length: perMember }, (_, index) => profileChanged(memberId, index + 1)),
    )
    events.push(...leavers.map((memberId) => withdrawn(memberId, perMember + 1)))

    const { failed } = await deliverRoughly(events, town.hear, random)
    expect(failed).toBeGreaterThan(0)
    await town.rpc.tick({ atMs: Date.now() })
    expect(hashOf(await facesOf(town, members))).toBe(hashOf(foldFaces(events)))
    for (const { id } of things) {
      const ends = (await town.factsOf(id)).filter(({ type }) => type === 'listing.deleted')
      expect(ends, id).toHaveLength(1)
    }
  })

  it('would be caught if it kept whatever it heard last', () => {
    const members = Array.from({ length: 4 }, newMember)
    const versions = members.flatMap((id) => [1, 2, 3, 4, 5].map((version) => profileChanged(id, version)))
    expect(hashOf(lastHeard(shuffled(versions, randomOf(FIRST_SEED))))).not.toBe(hashOf(foldFaces(versions)))
  })
})

async function facesOf(town: ListingsAlone, members: MemberId[]): Promise<FaceState> {
  const { results } = await town.db
    .prepare(
      `SELECT member_id AS id, nickname, photo_id AS photoId, withdrawn_at_ms IS NOT NULL AS isGone FROM sellers
WHERE member_id IN (SELECT value FROM json_each(?)) ORDER BY member_id`,
    )
    .bind(JSON.stringify(members))
    .all<{ id: string; nickname: string; photoId: string | null; isGone: number }>()
  return Object.fromEntries(
    results.map(({ id, nickname, photoId, isGone }) => [id, { nickname, photoId, isGone: isGone === 1 }]),
  )
}

type Listed = { title: string; price: number; views: number }

describe('the consumer of search', () => {
  let search: Search
  beforeAll(async () => {
    search = await startSearch()
    await search.DB.prepare(FAULTS).run()
  })
  afterAll(() => search.close())

  const hear = async (batch: { id: string; body: MadangEvent }[]) => {
    const again: string[] = []
    // One at a time: this harness throws for a batch as a whole when one of its events would be retried.
    for (const { id, body } of batch) await search.hear([body]).catch(() => again.push(id))
    return again
  }

  it.each(seeds.slice(0, NIGHTLY ? 50 : 2))('ends as the fold does (seed %i)', async (seed) => {
    const random = randomOf(seed)
    const beginnings = Array.from({ length: 8 }, (_, index) =>
      posted({ title: `캠핑 의자 ${seed} ${index}`, price: 1 }),
    )
    const versions = Math.max(2, Math.floor(EVENTS / 3 / beginnings.length))
    const events: MadangEvent[] = beginnings.flatMap((first, index) =>
      lifeOf(first, versions, index % 3 === 0),
    )
    const { failed } = await deliverRoughly(events, hear, random)
    expect(failed).toBeGreaterThan(0)
    expect(
      hashOf(
        await listedOf(
          search,
          beginnings.map(({ data }) => data.id),
        ),
      ),
    ).toBe(hashOf(foldListings(events)))
  })
})

/** A thing's facts: posted, changed, counted, and for some its end. */
function lifeOf(first: EventOf<'listing.posted'>, versions: number, isDeleted: boolean): MadangEvent[] {
  const envelope = { aggregateId: first.data.id, actorId: null, requestId: 'p7' }
  const facts: MadangEvent[] = [first]
  for (let version = 2; version <= versions; version++) {
    const data = {
      ...first.data,
      title: `${first.data.title} ${version}`,
      price: version,
      changed: ['price'],
    }
    facts.push(eventOf({ ...envelope, type: 'listing.changed', version, data }, Date.now()))
    const counts = { views: version * 10, wishes: version, comments: 0, chats: 0 }
    const counted = { id: first.data.id, counts }
    facts.push(
      eventOf({ ...envelope, type: 'listing.counted', version: version - 1, data: counted }, Date.now()),
    )
  }
  const end = { id: first.data.id, sellerId: first.data.seller.id }
  if (isDeleted)
    facts.push(
      eventOf({ ...envelope, type: 'listing.deleted', version: versions + 1, data: end }, Date.now()),
    )
  return facts
}

function foldListings(events: readonly MadangEvent[]): Record<string, Listed> {
  const shown = new Map<string, { version: number; title: string; price: number }>()
  const views = new Map<string, { version: number; views: number }>()
  const gone = new Set<string>()
  for (const event of events) {
    const id = event.aggregateId
    if (event.type === 'listing.deleted') gone.add(id)
    if (event.type === 'listing.counted' && (views.get(id)?.version ?? 0) < event.version)
      views.set(id, { version: event.version, views: event.data.counts.views })
    if (event.type !== 'listing.posted' && event.type !== 'listing.changed') continue
    const { title, price } = event.data
    if ((shown.get(id)?.version ?? 0) < event.version) shown.set(id, { version: event.version, title, price })
  }
  const kept = [...shown].filter(([id]) => !gone.has(id)).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(
    kept.map(([id, { title, price }]) => [id, { title, price, views: views.get(id)?.views ?? 0 }]),
  )
}

async function listedOf(search: Search, ids: string[]): Promise<Record<string, Listed>> {
  const { results } = await search.DB.prepare(
    `SELECT id, card ->> '$[${FIELD_AT.title}]' AS title, price, views FROM docs
WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id`,
  )
    .bind(JSON.stringify(ids))
    .all<Listed & { id: string }>()
  return Object.fromEntries(results.map(({ id, title, price, views }) => [id, { title, price, views }]))
}
