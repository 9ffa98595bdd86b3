import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { makeTables } from './tables.ts'

/** As rooms were made when all were of two. */
const OLDER = `CREATE TABLE facts (
  id INTEGER PRIMARY KEY CHECK (id = 1), room_id TEXT NOT NULL, listing_id TEXT NOT NULL, seller_id TEXT NOT NULL, buyer_id TEXT NOT NULL,
  opened_at_ms INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'open', purge_at_ms INTEGER, revision INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 1, marked_seq INTEGER NOT NULL DEFAULT 0, flushed_version INTEGER NOT NULL DEFAULT 0,
  flushed_seq INTEGER NOT NULL DEFAULT 0, flushed_revision INTEGER NOT NULL DEFAULT 0, sending_version INTEGER, flush_at_ms INTEGER,
  flush_failures INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE members (member_id TEXT PRIMARY KEY, last_read_seq INTEGER NOT NULL DEFAULT 0, read_version INTEGER NOT NULL DEFAULT 0,
  told_seq INTEGER NOT NULL DEFAULT 0, muted_until_ms INTEGER, left_at_ms INTEGER, blocks INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO facts (id, room_id, listing_id, seller_id, buyer_id, opened_at_ms, version, flushed_version) VALUES (1, 'r', 'l', 's', 'b', 5, 9, 7);
INSERT INTO members (member_id, last_read_seq) VALUES ('s', 3), ('b', 4);`

const AsSql = z.custom<SqlStorage>((value) => typeof value === 'object' && value !== null)
/** A room's storage over Node's SQLite: each statement runs when it is given. */
const sqlOver = (db: DatabaseSync): SqlStorage =>
  AsSql.parse({
    exec: (sql: string) => {
      const rows = db.prepare(sql).all()
      return { toArray: () => rows }
    },
  })

it('a room made before there were groups goes on as a room of two with all it knew, however often it wakes', () => {
  const db = new DatabaseSync(':memory:')
  db.exec(OLDER)
  for (let times = 0; times < 3; times++) makeTables(sqlOver(db))
  const facts = 'SELECT kind, room_id, listing_id, seller_id, buyer_id, version, flushed_version FROM facts'
  expect(
    db
      .prepare(facts)
      .all()
      .map((row) => ({ ...row })),
  ).toEqual([
    {
      ...{ kind: 'listing', room_id: 'r', listing_id: 'l', seller_id: 's', buyer_id: 'b' },
      ...{ version: 9, flushed_version: 7 },
    },
  ])
  const members = 'SELECT member_id, last_read_seq, told_at_ms FROM members ORDER BY member_id'
  expect(
    db
      .prepare(members)
      .all()
      .map((row) => ({ ...row })),
  ).toEqual([
    { member_id: 'b', last_read_seq: 4, told_at_ms: 0 },
    { member_id: 's', last_read_seq: 3, told_at_ms: 0 },
  ])
})

it('a room is about a listing or of a group buy, and of nothing else', () => {
  const db = new DatabaseSync(':memory:')
  makeTables(sqlOver(db))
  const open = (columns: string, values: string) =>
    db.exec(`INSERT INTO facts (id, room_id, opened_at_ms, ${columns}) VALUES (1, 'r', 1, ${values})`)
  expect(() => open('kind', "'group_buy'")).toThrow('CHECK')
  expect(() => open('kind, listing_id, seller_id', "'listing', 'l', 's'")).toThrow('CHECK')
  open('kind, group_buy_id, host_id', "'group_buy', 'g', 'h'")
})
