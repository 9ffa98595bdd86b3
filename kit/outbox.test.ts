import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MadangEvent } from '#contracts/events'
import { databaseOf, writingD1 } from '../tests/support/sqlite-d1.ts'
import { newId } from './id.ts'
import { eventOf, inBatches, outboxPut, relayWaiting } from './outbox.ts'

/** What a queue takes at once, in kilobytes of 1,000 bytes. */
const QUEUE_TAKES_BYTES = 256_000
const QUEUE_TAKES_MESSAGES = 100
const sizeOf = (events: MadangEvent[]): number => new TextEncoder().encode(JSON.stringify(events)).byteLength

/** A fact with this many syllables of a person's words in it. */
const wordy = (syllables: number): MadangEvent =>
  eventOf<'comment.posted'>(
    {
      type: 'comment.posted',
      aggregateId: 'cmt_1',
      version: 1,
      actorId: null,
      requestId: 'r',
      data: {
        id: newId('cmt', 1),
        listingId: newId('lst', 1),
        sellerId: newId('mem', 1),
        authorId: newId('mem', 2),
        parentAuthorId: null,
        text: '가'.repeat(syllables),
      },
    },
    1,
  )

describe('facts on their way to a queue', () => {
  it('go in their order, none lost, in batches that the queue takes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 40 }),
          fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 90, maxLength: 250 }),
        ),
        (lengths) => {
          const events = lengths.map(wordy)
          const batches = inBatches(events)
          expect(batches.flat()).toEqual(events)
          for (const batch of batches) {
            expect(sizeOf(batch)).toBeLessThan(QUEUE_TAKES_BYTES)
            expect(batch.length).toBeLessThanOrEqual(QUEUE_TAKES_MESSAGES)
          }
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('after a start of a runtime whose queues forget', () => {
  it('all that was sent in the last minutes goes out again, once and in order, however much it was, and nothing older or newer', async () => {
    const [since, until] = [1_000, 2_000]
    const sqlite = databaseOf('listings')
    const db = writingD1(sqlite)
    const facts = Array.from({ length: 1_234 }, () => wordy(1))
    await db.batch(facts.map((fact) => outboxPut(db, fact)))
    // Many of one moment, as a relay marks them; the first and the last lie outside of the time.
    const sentAtMs = facts.map((_, index) =>
      index === 0 ? since - 1 : index === facts.length - 1 ? until + 1 : since + Math.floor(index / 150),
    )
    const mark = sqlite.prepare('UPDATE outbox SET sent_at_ms = ? WHERE id = ?')
    for (const [index, { id }] of facts.entries()) mark.run(sentAtMs[index] ?? 0, id)

    const sent: string[] = []
    const queue = {
      sendBatch: async (batch: { body: MadangEvent }[]) =>
        void sent.push(...batch.map(({ body }) => body.id)),
    } as unknown as Queue
    const queues = { NOTIFICATIONS_INBOX: queue }
    expect(await relayWaiting(db, queues, { atMs: until, resendSentSinceMs: since })).toBe(facts.length - 2)
    const whenOf = new Map(facts.map(({ id }, index) => [id, sentAtMs[index] ?? 0]))
    expect(new Set(sent)).toEqual(new Set(facts.slice(1, -1).map(({ id }) => id)))
    expect(sent).toHaveLength(facts.length - 2)
    const times = sent.map((id) => whenOf.get(id) ?? 0)
    expect(times).toEqual(times.toSorted((one, other) => one - other))
  })
})
