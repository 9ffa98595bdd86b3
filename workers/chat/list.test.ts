import type { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, it } from 'vitest'
import { ListingId, MemberId } from '#contracts/ids'
import { databaseOf, readingD1 } from '../../tests/support/sqlite-d1.ts'
import { listRooms, unreadOf } from './room.service.ts'
import { listQuery } from './room.store.ts'
import { findMessages } from './search.store.ts'

const CURSOR_SECRET = 'a-cursor-key-of-the-unit-tests-of-rooms'
const ROOMS = 500
const id = (prefix: string, index: number) => `${prefix}_${String(index).padStart(26, '0')}`
const me = MemberId.parse(id('mem', 0))

let db: DatabaseSync
beforeAll(() => {
  db = databaseOf('chat')
  const room = db.prepare(
    `INSERT INTO rooms (id, listing_id, seller_id, buyer_id, listing, listing_version, state, last_seq, opened_at_ms)
VALUES (?, ?, ?, ?, ?, 1, 'open', 3, ?)`,
  )
  const membership = db.prepare(
    `INSERT INTO memberships (member_id, room_id, peer_id, listing_id, last_at_ms, last_seq, last_read_seq)
VALUES (?, ?, ?, ?, ?, 3, ?)`,
  )
  const face = db.prepare('INSERT INTO faces (member_id, nickname, version) VALUES (?, ?, 1)')
  for (let index = 1; index <= ROOMS; index++) {
    const [roomId, peer, listingId] = [id('room', index), id('mem', index), id('lst', index)]
    const card = { id: listingId, title: '책상', price: 1, currency: 'KRW', status: 'on_sale', image: null }
    room.run(roomId, listingId, peer, me, JSON.stringify(card), index)
    // Few times, so that many rooms share one.
    const lastAtMs = Math.floor(index / 7)
    membership.run(me, roomId, peer, listingId, lastAtMs, index % 2 === 0 ? 3 : 1)
    membership.run(peer, roomId, me, listingId, lastAtMs, 3)
    face.run(peer, `이웃${index}`)
  }
})

/** A database that writes down what it is asked; nothing else is at hand, so no object can be called. */
function recording(): { env: { DB: D1Database; CURSOR_SECRET: string }; asked: string[] } {
  const asked: string[] = []
  const real = readingD1(db)
  const DB = new Proxy(real, {
    get: (target, name) => {
      if (name !== 'prepare') throw new Error(`the list asked for ${String(name)}`)
      return (sql: string) => {
        asked.push(sql)
        return target.prepare(sql)
      }
    },
  })
  return { env: { DB, CURSOR_SECRET }, asked }
}

const planOf = (sql: string, binds: (string | number)[]): string[] =>
  db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...binds)
    .map(({ detail }) => String(detail))

describe('the list of a member with 500 rooms', () => {
  it('asks the database once a page and no object, and shows each room once, the latest first', async () => {
    const seen: [lastAt: number, id: string][] = []
    for (let cursor: string | undefined, pages = 0; pages < 11; pages++) {
      const { env, asked } = recording()
      const page = await listRooms(env, me, { limit: 50, ...(cursor === undefined ? {} : { cursor }) })
      if (!page.ok) throw new Error(page.refusal.code)
      expect(asked).toHaveLength(1)
      seen.push(...page.value.items.map((room): [number, string] => [Date.parse(room.lastAt), room.id]))
      if (page.value.nextCursor === null) break
      cursor = page.value.nextCursor
    }
    expect(seen).toHaveLength(ROOMS)
    expect(new Set(seen.map(([, roomId]) => roomId)).size).toBe(ROOMS)
    const latestFirst = seen.toSorted(([a, x], [b, y]) => b - a || (x < y ? 1 : -1))
    expect(seen).toEqual(latestFirst)
  })

  it('walks an index and sorts nothing', () => {
    const listingId = ListingId.parse(id('lst', 1))
    for (const about of [null, listingId]) {
      for (const after of [null, [3, id('room', 9)]]) {
        const { sql, binds } = listQuery({ memberId: me, listingId: about, after, limit: 21 })
        const plan = planOf(sql, binds)
        expect(plan[0]).toMatch(
          about === null
            ? /^SEARCH m USING INDEX memberships_list \(member_id=\?/
            : /^SEARCH m USING INDEX memberships_listing \(member_id=\? AND listing_id=\?/,
        )
        expect(plan.filter((step) => /^SCAN|TEMP B-TREE/.test(step))).toEqual([])
      }
    }
  })

  it('counts what is unread in one covering index', async () => {
    const { env, asked } = recording()
    expect(await unreadOf(env.DB, me)).toEqual({ rooms: ROOMS / 2, messages: ROOMS })
    expect(asked).toHaveLength(1)
    const plan = planOf(asked[0] ?? '', [me])
    expect(plan).toEqual(['SEARCH memberships USING COVERING INDEX memberships_unread (member_id=?)'])
  })
})

describe('search in my messages', () => {
  it('reads the index from the newest on and the rows by key', async () => {
    const { env, asked } = recording()
    expect(await findMessages(env.DB, me, `(text : ("한강")) AND (tags : ("${me}"))`, 7, 20)).toEqual([])
    const plan = planOf(asked[0] ?? '', [])
    expect(plan.filter((step) => /^SCAN/.test(step) && !/^SCAN (g VIRTUAL TABLE|hit)/.test(step))).toEqual([])
  })
})
