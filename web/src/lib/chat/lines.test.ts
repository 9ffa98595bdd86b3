import { describe, expect, it } from 'vitest'
import type { Message } from '#contracts/chat'
import { readFrame } from './frames.ts'
import { linesOf } from './lines.ts'

const ME = 'mem_01kaj5v0e8q6r1x3n7w2z9c4bt'
const PEER = 'mem_01kaj5v0e8q6r1x3n7w2z9c4bz'
const clock = { dayOf: (at: string) => at.slice(0, 10), minuteOf: (at: string) => at.slice(0, 16) }

function said(seq: number, senderId: string | null, at: string): Message {
  const system = { kind: 'listing_deleted' }
  const message = {
    seq,
    senderId,
    clientId: senderId ? `c-${seq}` : null,
    ...(senderId ? { kind: 'text', text: `${seq}` } : { kind: 'system', system }),
    warnings: [],
    at,
    editedAt: null,
    removed: null,
  }
  const frame = readFrame(JSON.stringify({ t: 'changed', revision: 1, message }))
  if (frame?.t !== 'changed') throw new Error('not a message')
  return frame.message
}
const kinds = (messages: Message[], unreadAfter: number | null = null) =>
  linesOf(messages, [], { me: ME, unreadAfter, clock }).map((line) =>
    line.kind === 'said'
      ? `${line.isMine ? 'mine' : 'theirs'} ${line.isFirst ? 'first' : ''}${line.isLast ? 'last' : ''}`.trim()
      : line.kind,
  )

describe('the log of a room', () => {
  it('parts the days', () => {
    expect(kinds([said(1, ME, '2026-11-20T09:00:00Z'), said(2, ME, '2026-11-21T09:00:00Z')])).toEqual([
      'day',
      'mine firstlast',
      'day',
      'mine firstlast',
    ])
  })

  it('groups what one person said within a minute', () => {
    const at = '2026-11-21T09:00:00Z'
    const log = [
      said(1, ME, at),
      said(2, ME, at),
      said(3, PEER, at),
      said(4, null, at),
      said(5, PEER, at),
      said(6, PEER, '2026-11-21T09:01:00Z'),
    ]
    expect(kinds(log)).toEqual([
      'day',
      'mine first',
      'mine last',
      'theirs firstlast',
      'system',
      'theirs firstlast',
      'theirs firstlast',
    ])
  })

  it('marks once where the unread begins, and never before my own words', () => {
    const at = '2026-11-21T09:00:00Z'
    const log = [said(1, PEER, at), said(2, ME, at), said(3, PEER, at), said(4, PEER, at)]
    expect(kinds(log, 1)).toEqual([
      'day',
      'theirs firstlast',
      'mine firstlast',
      'unread',
      'theirs first',
      'theirs last',
    ])
  })
})
