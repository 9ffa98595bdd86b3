import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Message, RoomFrame } from '#contracts/chat'
import { readFrame } from './frames.ts'
import {
  emptyRoom,
  hasGap,
  type RoomEvent,
  type RoomState,
  roomAfter,
  TYPING_SHOWN_MS,
  toSend,
  wholeUpTo,
} from './room-state.ts'

const ME = 'mem_01kaj5v0e8q6r1x3n7w2z9c4bt'
const PEER = 'mem_01kaj5v0e8q6r1x3n7w2z9c4bz'
const AT = '2026-11-21T07:00:00.000Z'

/** A frame as it comes over the socket: through the page's own reader. */
function frameOf(fields: Record<string, unknown>): RoomFrame {
  const frame = readFrame(JSON.stringify(fields))
  if (!frame) throw new Error(`no frame: ${JSON.stringify(fields)}`)
  return frame
}
const fieldsOf = (seq: number, senderId = PEER, clientId = `c-${senderId}-${seq}`) => ({
  seq,
  clientId,
  senderId,
  kind: 'text',
  text: `message ${seq}`,
  warnings: [],
  at: AT,
  editedAt: null,
  removed: null,
})
const message = (seq: number, senderId = PEER, clientId?: string): RoomEvent => ({
  kind: 'frame',
  frame: frameOf({ t: 'message', ...fieldsOf(seq, senderId, clientId) }),
  nowMs: 0,
})
const told = (fields: Record<string, unknown>, nowMs = 0): RoomEvent => ({
  kind: 'frame',
  frame: frameOf(fields),
  nowMs,
})
const enqueued = (clientId: string, atMs = 0): RoomEvent => ({
  kind: 'enqueued',
  unsent: { clientId, body: { clientId, kind: 'text', text: clientId }, image: null, atMs },
})
const roomWith = (...events: RoomEvent[]): RoomState => events.reduce(roomAfter, emptyRoom(ME, 'open'))
const seqs = ({ messages }: RoomState) => messages.map(({ seq }) => seq)

function messageOf(seq: number, text: string): Message {
  const frame = frameOf({ t: 'changed', revision: 1, message: { ...fieldsOf(seq), text } })
  if (frame.t !== 'changed') throw new Error('not a change')
  return frame.message
}
const page = (items: Message[], revision: number, side: 'latest' | 'older' | 'newer'): RoomEvent => ({
  kind: 'page',
  page: { items, hasOlder: false, hasNewer: false, reads: [], lastSeq: items.at(-1)?.seq ?? 0, revision },
  side,
})

describe('the messages of a room', () => {
  it('stand once and in order, whatever order their frames came in and however often', () => {
    const frames = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 80 })
    fc.assert(
      fc.property(frames, (order) => {
        const room = roomWith(...order.map((seq) => message(seq)))
        expect(seqs(room)).toEqual([...new Set(order)].sort((a, b) => a - b))
      }),
    )
  })

  it('are known to miss one while a hole stands, and no longer once it is filled', () => {
    const holed = roomWith(message(1), message(2), message(4))
    expect([hasGap(holed), wholeUpTo(holed)]).toEqual([true, 2])
    const filled = roomAfter(holed, message(3))
    expect([hasGap(filled), wholeUpTo(filled)]).toEqual([false, 4])
  })

  it('take a change, also of one that is read only afterwards', () => {
    const changed = told({ t: 'changed', revision: 7, message: { ...fieldsOf(2), text: 'new words' } })
    const late = roomWith(message(5), changed, page([messageOf(2, 'old words')], 6, 'older'))
    expect(late.messages[0]?.text).toBe('new words')
    expect(late.revision).toBe(7)
    expect(roomWith(message(2), changed).messages[0]?.text).toBe('new words')
  })

  it('are not set back by a part that was read before a change', () => {
    const changed = told({ t: 'changed', revision: 7, message: { ...fieldsOf(2), text: 'new words' } })
    const room = roomWith(message(1), message(2), changed, page([messageOf(2, 'old words')], 6, 'newer'))
    expect(room.messages[1]?.text).toBe('new words')
  })
})

describe('what I wrote', () => {
  it('gives way to the stored message, whichever of ack and message comes first', () => {
    const ack = told({ t: 'ack', clientId: 'c-mine-0001', seq: 1 })
    const stored = message(1, ME, 'c-mine-0001')
    for (const order of [
      [ack, stored],
      [stored, ack],
      [stored, stored, ack, ack],
    ]) {
      const room = roomWith(enqueued('c-mine-0001'), ...order)
      expect(room.pending).toEqual([])
      expect(seqs(room)).toEqual([1])
    }
  })

  it('goes again, in the order it was written, when the line went before an ack', () => {
    const room = roomWith(
      enqueued('c-mine-0002', 2),
      enqueued('c-mine-0001', 1),
      { kind: 'sending', clientId: 'c-mine-0001' },
      { kind: 'sending', clientId: 'c-mine-0002' },
      { kind: 'lost' },
    )
    expect(toSend(room).map(({ clientId }) => clientId)).toEqual(['c-mine-0001', 'c-mine-0002'])
  })

  it('is not queued a second time when the room has it already', () => {
    expect(roomWith(message(1, ME, 'c-mine-0001'), enqueued('c-mine-0001')).pending).toEqual([])
  })

  it('keeps its place and says why when the room refuses it', () => {
    const room = roomWith(
      enqueued('c-mine-0001'),
      told({ t: 'error', code: 'MEMBER_BLOCKED', clientId: 'c-mine-0001' }),
    )
    expect(room.pending[0]?.step).toEqual({ kind: 'failed', code: 'MEMBER_BLOCKED' })
    expect(toSend(room)).toEqual([])
  })

  it('stored but never seen here is a hole to be filled', () => {
    const room = roomWith(
      message(1),
      enqueued('c-mine-0001'),
      told({ t: 'ack', clientId: 'c-mine-0001', seq: 3 }),
    )
    expect(hasGap(room)).toBe(true)
  })
})

describe('the other one', () => {
  it('has read as far as the furthest mark, never less', () => {
    const room = roomWith(
      told({ t: 'read', memberId: PEER, seq: 5 }),
      told({ t: 'read', memberId: PEER, seq: 3 }),
    )
    expect(room.reads.get(PEER)).toBe(5)
  })

  it('types until they wrote, or stopped', () => {
    const typing = told({ t: 'typing', memberId: PEER }, 1_000)
    expect(roomWith(typing).typing.has(PEER)).toBe(true)
    expect(roomWith(typing, message(1)).typing.size).toBe(0)
    expect(roomWith(typing, { kind: 'tick', nowMs: 1_000 + TYPING_SHOWN_MS }).typing.size).toBe(0)
  })

  it('is not here once the line went', () => {
    const room = roomWith(told({ t: 'presence', members: [ME, PEER] }), { kind: 'lost' })
    expect(room.present.size).toBe(0)
  })
})

describe('frames', () => {
  it('that are broken or unknown are no frames', () => {
    const odd = ['', '{', '[]', '"x"', 'null', '{"t":"dance"}', '{"t":"ack"}', '{"t":"message","seq":"1"}', 7]
    expect(odd.map(readFrame)).toEqual(odd.map(() => null))
    expect(readFrame('{"t":"constructor"}')).toBe(null)
  })
})
