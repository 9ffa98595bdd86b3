import type { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { CATEGORIES, type ListingCard, type ListListings, ListListingsQuery } from '#contracts/listings'
import type { Statement } from '#kit/page'
import { CELL_LEVELS, cellOf, shownKm, squareMetres, yardstickAt } from '#kit/place'
import { databaseOf, readingD1 } from '../../tests/support/sqlite-d1.ts'
import { planOf, ringsWithin } from './list.plan.rules.ts'
import { listListings } from './list.service.ts'
import { ring, shortByDistance, sieved, wholeStretch } from './list.store.ts'

const CURSOR_SECRET = 'a-cursor-key-of-the-unit-tests-of-lists'
const SELLERS = ['mem_a', 'mem_b', 'mem_c']
const MANGWON = { lat: 37.556, lng: 126.902 }

type Thing = {
  id: string
  seller: string
  category: string
  price: number
  status: string
  views: number
  wishes: number
  bumped: number
  latMilli: number | null
  lngMilli: number | null
}

/** Few values, so that ties are everywhere; most things near Mangwon, some far, some nowhere. */
const thing = fc.record({
  seller: fc.constantFrom(...SELLERS),
  category: fc.constantFrom('plants', 'books'),
  price: fc.constantFrom(0, 0, 1_000, 2_000, 3_000),
  status: fc.constantFrom('on_sale', 'on_sale', 'reserved', 'sold', 'hidden'),
  views: fc.nat(2),
  wishes: fc.nat(2),
  bumped: fc.nat(5),
  place: fc.option(
    fc.tuple(
      fc.integer({ min: -60, max: 60 }),
      fc.integer({ min: -60, max: 60 }),
      fc.constantFrom(1, 1, 4, 16),
    ),
    { freq: 8 },
  ),
})
const things = fc.array(thing, { minLength: 0, maxLength: 120 }).map((rows) =>
  rows.map(
    ({ place, ...row }, index): Thing => ({
      ...row,
      id: `lst_${index}`,
      latMilli: place ? 37_556 + place[0] * place[2] : null,
      lngMilli: place ? 126_902 + place[1] * place[2] : null,
    }),
  ),
)

const question = fc
  .record(
    {
      sort: fc.constantFrom('newest', 'price_asc', 'price_desc', 'views', 'wishes', 'distance'),
      category: fc.constantFrom('plants', 'books'),
      status: fc.constantFrom('on_sale', 'reserved', 'sold'),
      free: fc.constantFrom('true', 'false'),
      minPrice: fc.constantFrom(1, 1_000),
      maxPrice: fc.constantFrom(0, 2_000),
      near: fc.constant(`${MANGWON.lat},${MANGWON.lng}`),
      radiusKm: fc.constantFrom(0.5, 2, 5, 20, 100),
      sellerId: fc.constantFrom('mem_0123456789abcdefghjkmnpqrs'),
      limit: fc.integer({ min: 1, max: 7 }),
    },
    { requiredKeys: ['sort', 'limit'] },
  )
  .filter(({ sort, near }) => sort !== 'distance' || near !== undefined)
  .map((raw): ListListings => ({ ...ListListingsQuery.parse(raw) }))

function fill(db: DatabaseSync, rows: Thing[], seller = 'mem_0123456789abcdefghjkmnpqrs'): void {
  db.exec('DELETE FROM listings; DELETE FROM sellers')
  for (const id of [...SELLERS, seller])
    db.prepare('INSERT INTO sellers (member_id, nickname, version) VALUES (?, ?, 1)').run(id, id)
  const insert = db.prepare(
    `INSERT INTO listings (id, seq, seller_id, title, category, price, status, listed, image_count, lat_milli, lng_milli, cell_near,
  cell_mid, cell_far, views, wishes, version, created_at_ms, bumped_at_ms, updated_at_ms, images, description)
VALUES (?, ?, ?, 'x', ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, 1, 1, ?, 1, '[]', '')`,
  )
  for (const [index, row] of rows.entries()) {
    const cells = CELL_LEVELS.map((level) =>
      row.latMilli === null || row.lngMilli === null
        ? null
        : cellOf(level, { latMilli: row.latMilli, lngMilli: row.lngMilli }),
    )
    insert.run(
      row.id,
      index,
      row.seller === 'mem_a' ? seller : row.seller,
      row.category,
      row.price,
      row.status,
      row.status === 'hidden' ? 0 : 1,
      row.latMilli,
      row.lngMilli,
      ...cells,
      row.views,
      row.wishes,
      row.bumped,
    )
  }
}

const metresOf = (row: Thing) =>
  row.latMilli === null || row.lngMilli === null
    ? null
    : squareMetres(yardstickAt({ latMilli: 37_556, lngMilli: 126_902 }), {
        latMilli: row.latMilli,
        lngMilli: row.lngMilli,
      })

/** What a list must hold, found by looking at everything. */
function expected(rows: Thing[], query: ListListings): Thing[] {
  const radius = ((query.radiusKm ?? 5) * 1000) ** 2
  const key = (row: Thing): number => {
    if (query.sort === 'newest') return -row.bumped
    if (query.sort === 'price_asc') return row.price
    if (query.sort === 'price_desc') return -row.price
    if (query.sort === 'distance') return metresOf(row) ?? Number.NaN
    return -row[query.sort]
  }
  const sign = query.sort === 'price_asc' || query.sort === 'distance' ? 1 : -1
  return rows
    .map((row, index) => ({ row, index }))
    .filter(({ row }) => row.status !== 'hidden')
    .filter(({ row }) => query.category === undefined || row.category === query.category)
    .filter(({ row }) => query.status === undefined || row.status === query.status)
    .filter(({ row }) => !query.free || row.price === 0)
    .filter(({ row }) => query.free || row.price >= (query.minPrice ?? 0))
    .filter(({ row }) => query.free || row.price <= (query.maxPrice ?? Number.POSITIVE_INFINITY))
    .filter(({ row }) => query.sellerId === undefined || row.seller === 'mem_a')
    .filter(({ row }) => !query.near || (metresOf(row) ?? Number.POSITIVE_INFINITY) <= radius)
    .toSorted((left, right) => key(left.row) - key(right.row) || sign * (left.index - right.index))
    .map(({ row }) => row)
}

/** Windows so small that a few things already lie in several. */
const NARROW = { along: [2, 3, 5], inCells: [1, 2, 4] }

async function readAll(
  db: DatabaseSync,
  query: ListListings,
  windows?: typeof NARROW,
): Promise<ListingCard[]> {
  const env = { DB: readingD1(db), CURSOR_SECRET }
  const cards: ListingCard[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < 200; pages++) {
    const page = await listListings(env, { ...query, cursor }, windows)
    if (!page.ok) throw new Error(page.refusal.code)
    expect(page.value.items.length).toBeLessThanOrEqual(query.limit)
    cards.push(...page.value.items)
    if (page.value.nextCursor === null) return cards
    cursor = page.value.nextCursor
  }
  throw new Error('the list never ends')
}

describe('a list read page by page', () => {
  it('shows each thing once and in order, under every sort and filter, ties and all', async () => {
    const db = databaseOf('listings')
    await fc.assert(
      fc.asyncProperty(things, question, fc.boolean(), async (rows, query, isNarrow) => {
        fill(db, rows)
        const cards = await readAll(db, query, isNarrow ? NARROW : undefined)
        const wanted = expected(rows, query)
        expect(cards.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id))
        if (query.near)
          expect(cards.map(({ distanceKm }) => distanceKm)).toEqual(
            wanted.map((row) => shownKm(metresOf(row) ?? Number.NaN)),
          )
      }),
      { numRuns: 400 },
    )
  })

  it('goes on past a long stretch that fits no filter', async () => {
    const db = databaseOf('listings')
    const row = {
      ...{
        seller: 'mem_b',
        category: 'books',
        price: 5,
        views: 0,
        wishes: 0,
        latMilli: 37_556,
        lngMilli: 126_902,
      },
    }
    const many = Array.from({ length: 3_000 }, (_, index) => ({
      ...row,
      id: `lst_${index}`,
      status: index % 1_000 === 0 ? 'reserved' : 'on_sale',
      bumped: index,
    }))
    fill(db, many)
    const query = ListListingsQuery.parse({ status: 'reserved', limit: '2' })
    expect((await readAll(db, query)).map(({ id }) => id)).toEqual(['lst_2000', 'lst_1000', 'lst_0'])
    const near = ListListingsQuery.parse({ status: 'reserved', near: '37.556,126.902', limit: '2' })
    expect((await readAll(db, near)).map(({ id }) => id)).toEqual(['lst_2000', 'lst_1000', 'lst_0'])
  })
})

describe('every kind of list', () => {
  let db: DatabaseSync
  beforeAll(() => {
    db = databaseOf('listings')
  })

  const kinds: [string, Record<string, string>][] = [
    ...['newest', 'price_asc', 'price_desc', 'views', 'wishes'].flatMap(
      (sort): [string, Record<string, string>][] => [
        [sort, { sort }],
        [`${sort} of a category`, { sort, category: CATEGORIES[0] }],
        [`${sort} on sale`, { sort, status: 'on_sale' }],
        [
          `${sort} of a category, on sale, in a price range`,
          {
            ...{ sort, category: CATEGORIES[0], status: 'on_sale', minPrice: '1', maxPrice: '9' },
          },
        ],
        [`${sort} near`, { sort, near: '37.5,127', radiusKm: '2' }],
        [`${sort} around`, { sort, near: '37.5,127', radiusKm: '10', category: CATEGORIES[0] }],
        [`${sort} far around`, { sort, near: '37.5,127', radiusKm: '100', status: 'sold' }],
        [`${sort} of a seller`, { sort, sellerId: 'mem_0123456789abcdefghjkmnpqrs' }],
      ],
    ),
    ['giveaways', { free: 'true' }],
    ['giveaways of a category', { free: 'true', category: CATEGORIES[0] }],
    ['by distance', { sort: 'distance', near: '37.5,127' }],
    [
      'by distance of a seller',
      { sort: 'distance', near: '37.5,127', sellerId: 'mem_0123456789abcdefghjkmnpqrs' },
    ],
  ]

  it.each(kinds)('reads by an index and never the whole table: %s', (_name, raw) => {
    for (const after of [null, { key: 5, seq: 5 }]) {
      for (const statement of statementsOf(ListListingsQuery.parse(raw), after)) {
        const steps = explain(db, statement)
        expect(steps.filter((step) => /^SCAN (l|x|s|w)\b/.test(step) && !/USING .*INDEX/.test(step))).toEqual(
          [],
        )
      }
    }
  })

  it.each(kinds.filter(([, raw]) => !('sellerId' in raw) && raw.sort !== 'distance'))(
    'goes on from a page’s end without walking what ties with it, and sorts nothing it need not: %s',
    (_name, raw) => {
      const query = ListListingsQuery.parse(raw)
      for (const statement of statementsOf(query, { key: 5, seq: 5 })) {
        const steps = explain(db, statement)
        expect(
          steps.some((step) => /\((bumped_at_ms|price|views|wishes),seq\)[<>]\(\?,\?\)/.test(step)),
        ).toBe(true)
        const isWhole = planOf(query).sieve.length === 0
        if (isWhole) expect(steps.filter((step) => step.includes('TEMP B-TREE'))).toEqual([])
      }
    },
  )

  function statementsOf(query: ListListings, after: { key: number; seq: number } | null): Statement[] {
    const plan = planOf(query)
    if (plan.sort === 'distance' && plan.around) {
      if (plan.isShort) return [shortByDistance(plan, plan.around, after, 21)]
      return ringsWithin(plan.around).map(({ around, overSquareMetres }) =>
        ring(plan, around, overSquareMetres, after, 21),
      )
    }
    return plan.isShort || plan.sieve.length === 0
      ? [wholeStretch(plan, after, 21)]
      : [sieved(plan, after, 21, 300)]
  }
})

function explain(db: DatabaseSync, { sql, binds }: Statement): string[] {
  return db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...binds)
    .map((row) => String(row.detail))
}
