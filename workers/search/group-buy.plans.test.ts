import type { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { databaseOf } from '../../tests/support/sqlite-d1.ts'
import type { Exact } from './find.rules.ts'
import { countHits, findPage, type Way } from './find.store.ts'
import { freshenHosts, sweepOver } from './group-buy.projection.store.ts'
import { matchOf, wordsOf } from './query.rules.ts'
import { GROUP_BUYS } from './shelves.ts'
import { buyTagClausesOf } from './tags.rules.ts'

/** What every question to the shelf of group buys makes SQLite do: it goes by an index, and sorts rows only where the plan says so. */
type Sort = keyof typeof GROUP_BUYS.orders
type Statement = { sql: string; values: (string | number)[] }

/** A database that answers a statement with its text and what it binds. */
const AsD1 = z.custom<D1Database>((value) => typeof value === 'object')
const D1 = AsD1.parse({
  prepare: (sql: string) => ({ bind: (...values: (string | number)[]): Statement => ({ sql, values }) }),
})
const Written = z.object({ sql: z.string(), values: z.array(z.union([z.string(), z.number()])) })

function planOf(db: DatabaseSync, statement: D1PreparedStatement): string[] {
  const { sql, values } = Written.parse(statement)
  return db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...values)
    .map((row) => String(row.detail))
}

const near = { lat: 37.5, lng: 127 }
const match = matchOf(wordsOf('감귤'), buyTagClausesOf({ state: 'recruiting', category: 'food', near }))
const tiers = [
  { tier: 0, match: match.titled, beforeSeq: 9 },
  { tier: 1, match: match.onlyInBody ?? '', beforeSeq: null },
]
const after = { key: 5, seq: 5 }
const open: Exact = { openAfterMs: 5 }

describe('a page of group buys', () => {
  const db = databaseOf('search')
  const page = (way: Way<Sort>, exact: Exact) =>
    planOf(db, findPage(D1, GROUP_BUYS, way, exact, 21, { match: match.everywhere, exact, cap: 1_000 }))

  test.each<[string, Way<Sort>, Exact]>([
    ['by relevance', { kind: 'newest', tiers }, open],
    [
      'newest first, near a place',
      { kind: 'newest', tiers: tiers.slice(0, 1) },
      { ...open, near, radiusKm: 3 },
    ],
  ])('is read off the index, which stops after a page, and nothing is sorted: %s', (_, way, exact) => {
    const plan = page(way, exact)
    expect(plan.filter((step) => step.startsWith('SCAN g'))).not.toEqual([])
    for (const step of plan) {
      expect(step).not.toMatch(/^SCAN (d|buys)\b|TEMP B-TREE/)
      // 192: by rowid, descending. The count has no order.
      if (step.startsWith('SCAN g')) expect(step).toMatch(/VIRTUAL TABLE INDEX (192|0):M4/)
    }
  })

  test.each(['ending', 'remaining'] as const)(
    'of few hits sorts keys, of many walks the index: %s',
    (sort) => {
      const { everywhere } = match
      const few = page({ kind: 'sort_hits', sort, match: everywhere, after }, open)
      expect(few.filter((step) => /^SCAN (d|buys)\b/.test(step))).toEqual([])
      const many = page({ kind: 'walk_index', sort, match: everywhere, after }, open)
      expect(many.join('\n')).toMatch(
        new RegExp(`SEARCH d USING (COVERING )?INDEX ${GROUP_BUYS.orders[sort].index} \\(`),
      )
      expect(many.filter((step) => step.includes('TEMP B-TREE'))).toEqual([])
    },
  )

  test('by distance looks at the hits in the cells around, and at no other row', () => {
    const plan = page({ kind: 'nearest', match: match.everywhere, after }, { ...open, near, radiusKm: 3 })
    expect(plan.filter((step) => /^SCAN (d|buys)\b/.test(step))).toEqual([])
    expect(plan.join('\n')).toContain('SEARCH d USING INTEGER PRIMARY KEY (rowid=?)')
  })

  test('is counted by the index and the rows it names', () => {
    const plan = planOf(db, countHits(D1, GROUP_BUYS, [{ match: match.everywhere, exact: open, cap: 1_000 }]))
    expect(plan.filter((step) => /^SCAN (d|buys)\b/.test(step))).toEqual([])
  })
})

test('a host’s new face and what is over for long are found by an index', () => {
  const db = databaseOf('search')
  expect(planOf(db, freshenHosts(D1, 'host_id', 'mem_a'))[0]).toContain('USING INDEX buys_host (host_id=?)')
  expect(planOf(db, sweepOver(D1, 5)).join('\n')).toContain('known_buys_over (over_at_ms<?)')
})
