import type { DatabaseSync } from 'node:sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ImageId, ListingId, MemberId, RoomId } from '#contracts/ids'
import { MINUTE_MS, SECOND_MS } from '#kit/clock'
import { databaseOf, writingD1 } from '../../tests/support/sqlite-d1.ts'
import type { ChatEnv } from './env.ts'
import { runErrands } from './errand.service.ts'
import { putErrand } from './errand.store.ts'
import { removeMessage } from './message.service.ts'

const id = (prefix: string, index: number) => `${prefix}_${String(index).padStart(26, '0')}`
const [seller, buyer] = [MemberId.parse(id('mem', 1)), MemberId.parse(id('mem', 2))]
const [roomId, otherRoomId] = [RoomId.parse(id('room', 1)), RoomId.parse(id('room', 2))]
const imageId = ImageId.parse(id('img', 1))
const line = (kind: 'sold_here' | 'sale_undone') => ({ kind: 'line', line: { kind } }) as const

let db: DatabaseSync
let env: ChatEnv
/** What rooms and media were told, and which of them give no answer now. */
let told: string[]
let down: Set<string>

beforeEach(() => {
  db = databaseOf('chat')
  told = []
  down = new Set()
  for (const [index, room] of [roomId, otherRoomId].entries()) {
    const card = {
      id: id('lst', 1),
      title: '책상',
      price: 1,
      currency: 'KRW',
      status: 'on_sale',
      image: null,
    }
    db.prepare(
      `INSERT INTO rooms (id, listing_id, seller_id, buyer_id, listing, listing_version, state, last_seq, opened_at_ms)
VALUES (?, ?, ?, ?, ?, 1, 'open', 1, 1)`,
    ).run(room, ListingId.parse(id('lst', index + 1)), seller, buyer, JSON.stringify(card))
    for (const [me, peer] of [
      [seller, buyer],
      [buyer, seller],
    ] as const)
      db.prepare(
        'INSERT INTO memberships (member_id, room_id, peer_id, listing_id, last_at_ms) VALUES (?, ?, ?, ?, 1)',
      ).run(me, room, peer, id('lst', index + 1))
  }
  const answering = (name: string, what: string) => {
    if (down.has(name)) throw new Error(`${name} is down`)
    told.push(`${name} ${what}`)
  }
  const roomObject = (name: string) => ({
    note: async (source: string) => answering(name, source),
    remove: async () => ({ ok: true, value: { message: { seq: 1 }, imageId } }),
  })
  env = AsEnv.parse({
    DB: writingD1(db),
    CHAT_ROOM: { idFromName: (name: string) => name, get: roomObject },
    MEDIA: {
      purge: async () => {
        answering('media', 'purge')
        return { ok: true, value: null }
      },
    },
  })
})

const AsEnv = z.custom<ChatEnv>((value) => typeof value === 'object' && value !== null)
const put = (room: RoomId, source: string, errand: Parameters<typeof putErrand>[3]) =>
  putErrand(env.DB, room, source, errand, 0).run()
const waiting = () => db.prepare('SELECT source FROM errands ORDER BY id').all()

describe('what a room is still to be told', () => {
  it('is told in order, once, and keeps no other room waiting when its own does not answer', async () => {
    down.add(roomId)
    await put(roomId, 'first', line('sold_here'))
    await put(roomId, 'first', line('sold_here'))
    await put(roomId, 'second', line('sale_undone'))
    await put(otherRoomId, 'first', line('sold_here'))
    expect(await runErrands(env, 0)).toBe(1)
    expect(told).toEqual([`${otherRoomId} first`])
    down.clear()
    expect(await runErrands(env, MINUTE_MS)).toBe(2)
    expect(told.slice(1)).toEqual([`${roomId} first`, `${roomId} second`])
    expect(waiting()).toEqual([])
    expect(await runErrands(env, 2 * MINUTE_MS)).toBe(0)
  })

  it('is tried again twice as late each time, up to ten minutes, and what comes behind waits with it', async () => {
    down.add(roomId)
    await put(roomId, 'first', line('sold_here'))
    await put(roomId, 'second', line('sale_undone'))
    const dueAt = () => db.prepare('SELECT max(due_at_ms) AS due FROM errands').get()?.due
    let atMs = 0
    for (const seconds of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]) {
      await runErrands(env, atMs)
      expect(dueAt()).toBe(atMs + seconds * SECOND_MS)
      // Before its time nobody is asked.
      expect(await runErrands(env, atMs + seconds * SECOND_MS - 1)).toBe(0)
      atMs += seconds * SECOND_MS
    }
    expect(told).toEqual([])
    down.clear()
    expect(await runErrands(env, atMs)).toBe(2)
    expect(told).toEqual([`${roomId} first`, `${roomId} second`])
  })
})

describe('the photo of a message that is taken back', () => {
  it('goes at once', async () => {
    expect((await removeMessage(env, buyer, roomId, 1)).ok).toBe(true)
    expect([told, waiting()]).toEqual([['media purge'], []])
  })

  it('goes once media is back, when it was away: the message is taken back all the same', async () => {
    down.add('media')
    expect((await removeMessage(env, buyer, roomId, 1)).ok).toBe(true)
    expect((await removeMessage(env, buyer, roomId, 1)).ok).toBe(true)
    expect(waiting()).toEqual([{ source: `purge:${imageId}` }])
    const nowMs = Date.now()
    expect(await runErrands(env, nowMs)).toBe(0)
    expect(waiting()).toHaveLength(1)
    down.clear()
    expect(await runErrands(env, nowMs + MINUTE_MS)).toBe(1)
    expect([told, waiting()]).toEqual([['media purge'], []])
  })
})
