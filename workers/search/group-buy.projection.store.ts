import { createHash } from 'node:crypto'
import type { EventOf, GroupBuySnapshot } from '#contracts/events'
import { BUY_FIELD_AT, storedBuyCardOf } from './group-buy-card.rules.ts'
import { buyEntryOf, type IndexEntry, isOver, seqOf, suggestionsOf } from './projection.rules.ts'
import { heardOr } from './projection.store.ts'

/**
 * As projection.store.ts, for group buys: no handler reads first, each statement asks in SQL whether its event is the newest of its group
 * buy. Most facts only tell that somebody joined: their words stay in the index as they are.
 */
type GroupBuyEvent = EventOf<'group_buy.opened' | 'group_buy.changed'>

const NEWEST = 'EXISTS (SELECT 1 FROM known_buys WHERE id = ?1 AND heard_id = ?2)'
/** In front of the card's statement: the index has other words than these. Behind it: the index has none. */
const OTHER_WORDS = `id = ?1 AND digest <> ?3`
const NO_WORDS = `id = ?1 AND digest = ''`

/** The group buy as it is now, unless something newer is known; one that is over goes. */
export function putGroupBuy(db: D1Database, event: GroupBuyEvent): D1PreparedStatement[] {
  const buy = event.data
  const overAtMs = isOver(buy) ? event.at : null
  const claim = db
    .prepare(
      `INSERT INTO known_buys (id, heard_id, version, over_at_ms) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (id) DO UPDATE SET heard_id = excluded.heard_id, version = excluded.version, over_at_ms = excluded.over_at_ms
       WHERE known_buys.version < excluded.version`,
    )
    .bind(buy.id, event.id, event.version, overAtMs)
  return overAtMs === null
    ? [claim, ...bringIn(db, buy, event.id)]
    : [claim, ...takeOut(db, buy.id, event.id)]
}

function takeOut(db: D1Database, id: string, eventId: string): D1PreparedStatement[] {
  // No digest is the empty one, so whatever words there are go.
  const gone = db.prepare(`DELETE FROM buys WHERE id = ?1 AND ${NEWEST}`).bind(id, eventId)
  return [...takeWordsOut(db, id, eventId, ''), gone]
}

function takeWordsOut(db: D1Database, id: string, eventId: string, digest: string): D1PreparedStatement[] {
  const words = `SELECT value FROM buys, json_each(buys.words) WHERE buys.${OTHER_WORDS}`
  return [
    `UPDATE suggestions SET weight = max(weight - 1, 0) WHERE kind = 'title' AND text IN (${words}) AND ${NEWEST}`,
    `DELETE FROM suggestions WHERE kind = 'title' AND text IN (${words}) AND weight = 0 AND ${NEWEST}`,
    `DELETE FROM buy_grams WHERE rowid = (SELECT seq FROM buys WHERE ${OTHER_WORDS}) AND ${NEWEST}`,
  ].map((text) => db.prepare(text).bind(id, eventId, digest))
}

function bringIn(db: D1Database, buy: GroupBuySnapshot, eventId: string): D1PreparedStatement[] {
  const entry = buyEntryOf(buy)
  const digest = createHash('sha256').update(JSON.stringify(entry)).digest('base64')
  return [
    ...takeWordsOut(db, buy.id, eventId, digest),
    putCard(db, buy, eventId, digest),
    freshenHosts(db, 'id', buy.id),
    ...bringWordsIn(db, buy, eventId, entry),
    db.prepare(`UPDATE buys SET digest = ?3 WHERE ${NO_WORDS} AND ${NEWEST}`).bind(buy.id, eventId, digest),
  ]
}

/** A new one's `seq` is its own moment's, or the next free place; it keeps it. Other words than the index has leave the digest empty. */
function putCard(
  db: D1Database,
  buy: GroupBuySnapshot,
  eventId: string,
  digest: string,
): D1PreparedStatement {
  const words = suggestionsOf(buy.title).map(({ text }) => text)
  return db
    .prepare(
      `INSERT INTO buys (id, seq, digest, host_id, deadline_ms, remaining, lat, lng, words, card)
       SELECT ?1, CASE WHEN EXISTS (SELECT 1 FROM buys WHERE seq = ?4) THEN
           (SELECT taken.seq + 1 FROM buys AS taken WHERE taken.seq >= ?4
              AND NOT EXISTS (SELECT 1 FROM buys AS next WHERE next.seq = taken.seq + 1) ORDER BY taken.seq LIMIT 1)
         ELSE CAST(?4 AS INTEGER) END, '', ?5, ?6, ?7, ?8, ?9, ?10, ?11
       WHERE ${NEWEST}
       ON CONFLICT (id) DO UPDATE SET digest = iif(buys.digest = ?3, ?3, ''), host_id = excluded.host_id,
         deadline_ms = excluded.deadline_ms, remaining = excluded.remaining, lat = excluded.lat, lng = excluded.lng,
         words = excluded.words, card = excluded.card`,
    )
    .bind(
      ...[buy.id, eventId, digest, seqOf(buy.createdAtMs), buy.host.memberId, buy.deadlineMs],
      ...[buy.totalUnits - buy.filledUnits, buy.location?.lat ?? null, buy.location?.lng ?? null],
      ...[JSON.stringify(words), JSON.stringify(storedBuyCardOf(buy))],
    )
}

function bringWordsIn(
  db: D1Database,
  buy: GroupBuySnapshot,
  eventId: string,
  entry: IndexEntry,
): D1PreparedStatement[] {
  return [
    db
      .prepare(
        `INSERT INTO buy_grams (rowid, title, body, initials, tags)
         SELECT seq, ?3, ?4, ?5, ?6 FROM buys WHERE ${NO_WORDS} AND ${NEWEST}`,
      )
      .bind(buy.id, eventId, entry.title, entry.body, entry.initials, entry.tags),
    db
      .prepare(
        `INSERT INTO suggestions (kind, text, jamo, initials, weight)
         SELECT 'title', value ->> 'text', value ->> 'jamo', value ->> 'initials', 1 FROM json_each(?3)
         WHERE EXISTS (SELECT 1 FROM buys WHERE ${NO_WORDS}) AND ${NEWEST}
         ON CONFLICT (kind, text) DO UPDATE SET weight = weight + 1`,
      )
      .bind(buy.id, eventId, JSON.stringify(suggestionsOf(buy.title))),
  ]
}

/** Brings the host's newest face into cards; writing it again changes nothing. */
export const freshenHosts = (db: D1Database, column: 'id' | 'host_id', value: string): D1PreparedStatement =>
  db
    .prepare(
      `UPDATE buys SET card = json_set(card, '$[${BUY_FIELD_AT.nickname}]', ${heardOr('host_id', 0, BUY_FIELD_AT.nickname)},
         '$[${BUY_FIELD_AT.photo}]', ${heardOr('host_id', 1, BUY_FIELD_AT.photo)}) WHERE ${column} = ?1`,
    )
    .bind(value)

/** Forgets what was over before `beforeMs`: by then nothing old can arrive any more. */
export const sweepOver = (db: D1Database, beforeMs: number): D1PreparedStatement =>
  db.prepare('DELETE FROM known_buys WHERE over_at_ms < ?').bind(beforeMs)
