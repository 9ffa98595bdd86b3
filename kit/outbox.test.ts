import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MadangEvent } from '#contracts/events'
import { newId } from './id.ts'
import { eventOf, inBatches } from './outbox.ts'

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
