import type { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Message } from '#contracts/chat'
import { ListingId, MemberId, RoomId } from '#contracts/ids'
import type { RoomFlush } from '#do/chat-room/room.api'
import { databaseOf, writingD1 } from '../../tests/support/sqlite-d1.ts'
import type { ChatEnv } from './env.ts'
import { flushRoom } from './flush.service.ts'

const id = (prefix: string, index: number) => `${prefix}_${String(index).padStart(26, '0')}`
const [seller, buyer] = [MemberId.parse(id('mem', 1)), MemberId.parse(id('mem', 2))]
const [roomId, listingId] = [RoomId.parse(id('room', 1)), ListingId.parse(id('lst', 1))]

let db: DatabaseSync
let env: ChatEnv
/** The ids of the facts as the queues got them, each time they did. */
let sent: string[]

beforeEach(() => {
  db = databaseOf('chat')
  sent = []
  const queue = {
    sendBatch: async (messages: { body: { id: string } }[]) => {
      sent.push(...messages.map(({ body }) => body.id))
    },
  }
  env = AsEnv.parse({ DB: writingD1(db), LISTINGS_INBOX: queue, NOTIFICATIONS_INBOX: queue })
  const card = { id: listingId, title: '책상', price: 1, currency: 'KRW', status: 'on_sale', image: null }
  db.prepare(
    `INSERT INTO rooms (id, listing_id, seller_id, buyer_id, listing, listing_version, state, opened_at_ms)
VALUES (?, ?, ?, ?, ?, 1, 'open', 1)`,
  ).run(roomId, listingId, seller, buyer, JSON.stringify(card))
  for (const [me, peer] of [
    [seller, buyer],
    [buyer, seller],
  ] as const)
    db.prepare(
      'INSERT INTO memberships (member_id, room_id, peer_id, listing_id, last_at_ms) VALUES (?, ?, ?, ?, 1)',
    ).run(me, roomId, peer, listingId)
})

const AsEnv = z.custom<ChatEnv>((value) => typeof value === 'object' && value !== null)

const saying = (seq: number, text: string): Message => ({
  ...{ seq, clientId: `client-${seq}`, senderId: buyer, kind: 'text', text, warnings: [] },
  ...{ at: new Date(seq * 1_000).toISOString(), editedAt: null, removed: null },
})

/** Everything up to `seq`, of which the last is new and unread by the seller. */
const flushOf = (version: number, seq: number, text: string): RoomFlush => ({
  ...{ roomId, version, lastSeq: seq, lastMessage: saying(seq, text), blockedBy: [], state: 'open' },
  purgeAtMs: null,
  members: [seller, buyer].map((memberId) => ({
    ...{ memberId, lastReadSeq: memberId === buyer ? seq : 0, mutedUntilMs: null, leftAtMs: null },
  })),
  messages: [saying(seq, text)],
  tellings: [{ seq, recipientIds: [seller] }],
  reads: [{ memberId: buyer, seq }],
})

const TABLES = ['rooms', 'memberships', 'messages', 'grams_docsize']
const projected = () => TABLES.map((table) => db.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all())
const facts = () => db.prepare('SELECT id FROM outbox ORDER BY rowid').all()

describe('what a room has new', () => {
  it('is written and told once, though the very same comes again', async () => {
    const flush = flushOf(3, 1, '아직 있나요')
    await flushRoom(env, flush)
    const [first, told] = [projected(), facts()]
    expect(told).toHaveLength(2)
    await flushRoom(env, structuredClone(flush))
    await flushRoom(env, structuredClone(flush))
    expect([projected(), facts()]).toEqual([first, told])
    // What goes to the queues again goes under the ids that their hearers know.
    expect(new Set(sent).size).toBe(2)
  })

  it('is not undone by what was on its way for longer', async () => {
    await flushRoom(env, flushOf(3, 1, '하나'))
    await flushRoom(env, flushOf(5, 2, '둘'))
    const latest = projected()
    await flushRoom(env, flushOf(3, 1, '하나'))
    await flushRoom(env, flushOf(4, 1, '하나, 고침'))
    expect(projected()).toEqual(latest)
  })

  it('comes whole or not at all, and whole when it is tried again', async () => {
    const before = projected()
    db.exec("CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    await expect(flushRoom(env, flushOf(3, 1, '하나'))).rejects.toThrow('disk full')
    expect([projected(), facts(), sent]).toEqual([before, [], []])
    db.exec('DROP TRIGGER full')
    await flushRoom(env, flushOf(3, 1, '하나'))
    expect(facts()).toHaveLength(2)
  })

  it('of a room that is purged meanwhile concerns nobody', async () => {
    db.exec('DELETE FROM rooms')
    await flushRoom(env, flushOf(3, 1, '하나'))
    expect([facts(), sent]).toEqual([[], []])
  })
})

describe('what a group’s room has new', () => {
  const groupId = RoomId.parse(id('room', 2))
  const crowd = Array.from({ length: 501 }, (_, index) => MemberId.parse(id('mem', index)))
  const groupFlush = (version: number, seq: number): RoomFlush => ({
    ...flushOf(version, seq, '도착했어요'),
    roomId: groupId,
    members: crowd.map((memberId) => ({
      ...{ memberId, lastReadSeq: memberId === buyer ? seq : 0, mutedUntilMs: null, leftAtMs: null },
    })),
    tellings: [{ seq, recipientIds: crowd.filter((memberId) => memberId !== buyer) }],
  })

  beforeEach(() => {
    const card = { id: id('gb', 1), title: '제주 귤', state: 'recruiting', image: null }
    db.prepare(
      `INSERT INTO rooms (id, kind, group_buy_id, host_id, group_buy, state, opened_at_ms) VALUES (?, 'group_buy', ?, ?, ?, 'open', 1)`,
    ).run(groupId, id('gb', 1), seller, JSON.stringify(card))
    db.prepare(
      'INSERT INTO memberships (member_id, room_id, last_at_ms) SELECT value, ?, 1 FROM json_each(?)',
    ).run(groupId, JSON.stringify(crowd))
  })

  it('is written for all of them in as many statements as for two, and told in one fact', async () => {
    const asked: string[] = []
    const real = writingD1(db)
    const counting = new Proxy(real, {
      get: (target, name) => {
        if (name !== 'prepare') return Reflect.get(target, name)
        return (sql: string) => {
          asked.push(sql)
          return target.prepare(sql)
        }
      },
    })
    const statementsOf = async (flush: RoomFlush) => {
      asked.length = 0
      await flushRoom({ ...env, DB: counting }, flush)
      return asked.length
    }
    expect(await statementsOf(groupFlush(3, 1))).toBe(await statementsOf(flushOf(3, 1, '도착했어요')))
    const unread = db
      .prepare('SELECT count(*) AS unread FROM memberships WHERE room_id = ? AND last_read_seq < last_seq')
      .get(groupId)
    expect(unread?.unread).toBe(500)
    const told = db
      .prepare(
        "SELECT event ->> '$.data.groupBuyId' AS of, length(event) AS bytes FROM outbox WHERE type = 'chat.message_sent' AND event ->> '$.data.roomId' = ?",
      )
      .all(groupId)
    expect(told).toHaveLength(1)
    expect(told[0]?.of).toBe(id('gb', 1))
    // A queue takes 128 KB.
    expect(Number(told[0]?.bytes)).toBeLessThan(20_000)
  })

  it('is no row for who went meanwhile', async () => {
    db.prepare('DELETE FROM memberships WHERE room_id = ? AND member_id = ?').run(groupId, buyer)
    await flushRoom(env, groupFlush(3, 1))
    const rows = db
      .prepare('SELECT 1 FROM memberships WHERE room_id = ? AND member_id = ?')
      .all(groupId, buyer)
    expect(rows).toEqual([])
  })
})
