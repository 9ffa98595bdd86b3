import type { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type GroupBuyCard, type ListGroupBuys, ListGroupBuysQuery } from '#contracts/group-buys'
import type { Statement } from '#kit/page'
import { CELL_LEVELS, cellOf, squareMetres, yardstickAt } from '#kit/place'
import { databaseOf, readingD1 } from '../../tests/support/sqlite-d1.ts'
import { halvesOf, ringsWithin } from './list.distance.rules.ts'
import { byDistance, RINGS_A_STATEMENT } from './list.distance.store.ts'
import { planOf } from './list.plan.rules.ts'
import { listGroupBuys } from './list.service.ts'
import { sieved, sortedFew, wholeStretch } from './list.store.ts'
import { matchOf, wordsOf } from './words.rules.ts'

const CURSOR_SECRET = 'a-cursor-key-of-the-unit-tests-of-lists'
const HOST = 'mem_0123456789abcdefghjkmnpqrs'
const MANGWON = { latMilli: 37_556, lngMilli: 126_902 }
const ENDED_AT_MS = 5

type Thing = {
  isHosts: boolean
  title: string
  category: string
  state: 'recruiting' | 'settled'
  filled: number
  created: number
  deadline: number
  place: [number, number, number] | null
}

/** Few values, so that ties are everywhere; most near Mangwon, some far, some nowhere. */
const thing: fc.Arbitrary<Thing> = fc.record({
  isHosts: fc.boolean(),
  title: fc.constantFrom('제주 귤 한 상자', '유기농 쌀', 'Olive oil'),
  category: fc.constantFrom('food', 'books'),
  state: fc.constantFrom('recruiting', 'recruiting', 'recruiting', 'settled'),
  filled: fc.nat(3),
  created: fc.nat(5),
  deadline: fc.nat(5),
  place: fc.option(
    fc.tuple(
      fc.integer({ min: -60, max: 60 }),
      fc.integer({ min: -60, max: 60 }),
      fc.constantFrom(1, 1, 4, 16),
    ),
    { freq: 8 },
  ),
})

const question = fc
  .record(
    {
      sort: fc.constantFrom('newest', 'ending', 'remaining', 'distance'),
      category: fc.constantFrom('food', 'books'),
      state: fc.constantFrom('recruiting', 'settled'),
      near: fc.constant('37.556,126.902'),
      radiusKm: fc.constantFrom(0.5, 2, 5, 20, 100),
      hostId: fc.constant(HOST),
      q: fc.constantFrom('귤', '유기농', 'olive 쌀', '제주 상자'),
      limit: fc.integer({ min: 1, max: 7 }),
    },
    { requiredKeys: ['sort', 'limit'] },
  )
  .filter(({ sort, near }) => sort !== 'distance' || near !== undefined)
  .map((raw): ListGroupBuys => ({ ...ListGroupBuysQuery.parse(raw) }))

const spotOfThing = ({ place }: Thing) =>
  place && {
    latMilli: MANGWON.latMilli + place[0] * place[2],
    lngMilli: MANGWON.lngMilli + place[1] * place[2],
  }

function fill(db: DatabaseSync, rows: Thing[]): void {
  db.exec('DELETE FROM group_buys; DELETE FROM faces; DELETE FROM grams')
  for (const id of [HOST, 'mem_b'])
    db.prepare('INSERT INTO faces (member_id, nickname, version) VALUES (?, ?, 1)').run(id, id)
  const insert = db.prepare(
    `INSERT INTO group_buys (seq, id, host_id, title, category, unit_price, unit, total_units, min_units, host_units, filled_units, state,
  deadline_ms, terminal_at_ms, image_count, lat_milli, lng_milli, cell_near, cell_mid, cell_far, version, plan_version, created_at_ms,
  updated_at_ms, images, pickup, keywords, description)
VALUES (?, ?, ?, ?, ?, 1, '개', 10, 1, 0, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, 1, 1, ?, 1, '[]', '{}', '[]', '')`,
  )
  for (const [index, row] of rows.entries()) {
    const spot = spotOfThing(row)
    const cells = CELL_LEVELS.map((level) => spot && cellOf(level, spot))
    insert.run(
      ...[
        index + 1,
        `gb_${index}`,
        row.isHosts ? HOST : 'mem_b',
        row.title,
        row.category,
        row.filled,
        row.state,
        row.deadline,
      ],
      ...[row.state === 'recruiting' ? null : ENDED_AT_MS, spot?.latMilli ?? null, spot?.lngMilli ?? null],
      ...[...cells, row.created],
    )
    const { title, body } = wordsOf({ title: row.title, keywords: '[]', description: '' })
    db.prepare('INSERT INTO grams (rowid, title, body) VALUES (?, ?, ?)').run(index + 1, title, body)
  }
}

const metresOf = (row: Thing): number | null => {
  const spot = spotOfThing(row)
  return spot && squareMetres(yardstickAt(MANGWON), spot)
}

/** What a list must hold, found by looking at everything. */
function expected(rows: Thing[], query: ListGroupBuys): string[] {
  const radius = ((query.radiusKm ?? 5) * 1000) ** 2
  const state = query.state ?? (query.hostId === undefined ? 'recruiting' : undefined)
  const keys = {
    newest: (row: Thing) => -row.created,
    ending: (row: Thing) => row.deadline,
    remaining: (row: Thing) => 10 - row.filled,
    distance: (row: Thing) => metresOf(row) ?? Number.NaN,
  }
  const key = keys[query.sort]
  const sign = query.sort === 'newest' ? -1 : 1
  const words = query.q?.toLowerCase().split(' ') ?? []
  return rows
    .map((row, index) => ({ row, index }))
    .filter(({ row }) => state === undefined || row.state === state)
    .filter(({ row }) => query.category === undefined || row.category === query.category)
    .filter(({ row }) => query.hostId === undefined || row.isHosts)
    .filter(({ row }) => words.every((word) => row.title.toLowerCase().includes(word)))
    .filter(({ row }) => !query.near || (metresOf(row) ?? Number.POSITIVE_INFINITY) <= radius)
    .toSorted((left, right) => key(left.row) - key(right.row) || sign * (left.index - right.index))
    .map(({ index }) => `gb_${index}`)
}

async function readAll(db: DatabaseSync, query: ListGroupBuys): Promise<GroupBuyCard[]> {
  const env = { DB: readingD1(db), CURSOR_SECRET }
  const cards: GroupBuyCard[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < 200; pages++) {
    const page = await listGroupBuys(env, { ...query, cursor })
    if (!page.ok) throw new Error(page.refusal.code)
    expect(page.value.items.length).toBeLessThanOrEqual(query.limit)
    cards.push(...page.value.items)
    if (page.value.nextCursor === null) return cards
    cursor = page.value.nextCursor
  }
  throw new Error('the list never ends')
}

describe('a list of group buys read page by page', () => {
  it('shows each once and in order, under every sort, filter and query, ties and all', async () => {
    const db = databaseOf('group-buys')
    await fc.assert(
      fc.asyncProperty(fc.array(thing, { maxLength: 80 }), question, async (rows, query) => {
        fill(db, rows)
        const cards: string[] = (await readAll(db, query)).map(({ id }) => id)
        expect(cards).toEqual(expected(rows, query))
      }),
      { numRuns: 300 },
    )
  })

  it('goes on near a place past thousands of another category', async () => {
    const db = databaseOf('group-buys')
    const row = {
      isHosts: false,
      title: '귤',
      state: 'recruiting',
      filled: 0,
      deadline: 1,
      place: [0, 0, 1],
    } as const
    fill(
      db,
      Array.from({ length: 3_000 }, (_, index) => ({
        ...{ ...row, place: [0, 0, 1] as [number, number, number] },
        ...{ category: index % 1_000 === 0 ? 'books' : 'food', created: index },
      })),
    )
    const query = ListGroupBuysQuery.parse({ category: 'books', near: '37.556,126.902', limit: '2' })
    const found: string[] = (await readAll(db, query)).map(({ id }) => id)
    expect(found).toEqual(['gb_2000', 'gb_1000', 'gb_0'])
  })
})

describe('a list by distance', () => {
  it('finds every spot of a ring in one of its stretches, also over the date line and beside a pole', () => {
    const milli = (min: number, max: number) => fc.integer({ min, max })
    const centre = fc.oneof(
      fc.record({ latMilli: milli(-70_000, 70_000), lngMilli: milli(-180_000, 179_999) }),
      fc.record({
        latMilli: milli(-89_990, 89_990),
        lngMilli: fc.constantFrom(-180_000, -179_999, 179_990, 179_999),
      }),
    )
    const aside = fc.tuple(milli(-120, 120), milli(-400, 400))
    fc.assert(
      fc.property(centre, aside, fc.integer({ min: 0, max: 9_000_000 }), (from, [north, east], wide) => {
        const latMilli = Math.min(90_000, Math.max(-90_000, from.latMilli + north))
        const lngMilli = ((from.lngMilli + east + 540_000) % 360_000) - 180_000
        const metres = squareMetres(yardstickAt(from), { latMilli, lngMilli })
        const ring = { fromSquareMetres: Math.max(0, metres - wide), toSquareMetres: metres + wide }
        const halves = halvesOf(yardstickAt(from), ring)
        const holding = [...halves.east, ...halves.west].filter(
          ([lat, westEnd, eastEnd]) => lat === latMilli && westEnd <= lngMilli && lngMilli <= eastEnd,
        )
        expect(holding).toHaveLength(1)
      }),
      { numRuns: 500 },
    )
  })

  it('goes through a crowd at one spot page by page, one beside it first', async () => {
    const db = databaseOf('group-buys')
    const crowd = Array.from(
      { length: 3_000 },
      (_, index): Thing => ({
        ...{ isHosts: false, title: '귤', category: 'food', state: 'recruiting', filled: 0 },
        ...{ created: 1, deadline: 1, place: index === 1_500 ? [0, 1, 1] : [0, 2, 1] },
      }),
    )
    fill(db, crowd)
    const query = ListGroupBuysQuery.parse({ sort: 'distance', near: '37.556,126.902', limit: '50' })
    const shown: string[] = (await readAll(db, query)).map(({ id }) => id)
    const others = crowd.flatMap((_, index) => (index === 1_500 ? [] : [`gb_${index}`]))
    expect(shown).toEqual(['gb_1500', ...others])
  })
})

describe('every kind of list', () => {
  const db = databaseOf('group-buys')
  const kinds: [string, Record<string, string>][] = ['newest', 'ending', 'remaining', 'distance'].flatMap(
    (sort): [string, Record<string, string>][] => [
      ...(sort === 'distance'
        ? []
        : ([
            [sort, { sort }],
            [`${sort} of a category`, { sort, category: 'food' }],
            [`${sort} of a state`, { sort, state: 'settled' }],
          ] as [string, Record<string, string>][])),
      [`${sort} near`, { sort, near: '37.5,127', radiusKm: '2' }],
      [`${sort} around`, { sort, near: '37.5,127', radiusKm: '10', category: 'food' }],
      [`${sort} far around`, { sort, near: '37.5,127', radiusKm: '100', state: 'settled' }],
      [`${sort} of a host`, { sort, near: '37.5,127', hostId: HOST }],
      [`${sort} of a query`, { sort, near: '37.5,127', q: '귤' }],
    ],
  )

  it.each(kinds)('reads by an index and never the whole table: %s', (_name, raw) => {
    for (const after of [null, { key: 5, seq: 5 }])
      for (const statement of statementsOf(ListGroupBuysQuery.parse(raw), after)) {
        const steps = explain(db, statement)
        expect(steps.filter((step) => /^SCAN (g|t|f)\b/.test(step))).toEqual([])
      }
  })

  it.each(kinds.filter(([, raw]) => raw.sort !== 'distance' && !('hostId' in raw) && !('q' in raw)))(
    'goes on from a page’s end without walking what ties with it: %s',
    (_name, raw) => {
      for (const statement of statementsOf(ListGroupBuysQuery.parse(raw), { key: 5, seq: 5 }))
        expect(explain(db, statement).join('\n')).toMatch(
          /\((created_at_ms|deadline_ms|remaining_units),seq\)[<>]\(\?,\?\)/,
        )
    },
  )
})

function statementsOf(query: ListGroupBuys, after: { key: number; seq: number } | null): Statement[] {
  const plan = planOf(query, query.q === undefined ? null : matchOf(query.q))
  if (plan.few) return [sortedFew(plan, plan.few, after, 21)]
  if (!plan.around) return [wholeStretch(plan, after, 21)]
  if (plan.sort !== 'distance') return [sieved(plan, plan.around, after, 21, 40)]
  const { around } = plan
  const rings = ringsWithin(around.radiusKm, after?.key ?? 0)
  return [byDistance(plan, around, rings.slice(0, RINGS_A_STATEMENT), after, 21)]
}

const explain = (db: DatabaseSync, { sql, binds }: Statement): string[] =>
  db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...binds)
    .map((row) => String(row.detail))
