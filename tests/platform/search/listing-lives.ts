import fc from 'fast-check'
import type { ListingSnapshot, MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import { posted } from './alone.ts'

const LISTINGS_PER_HISTORY = process.env.MADANG_SCALE === 'nightly' ? 60 : 8
const WORDS = ['자전거', '거치대', '책상', 'iphone', '화분'] as const
const step = fc.record({
  kind: fc.constantFrom('edit', 'edit', 'bump', 'hide', 'show', 'count', 'delete', 'rename'),
  word: fc.constantFrom(...WORDS),
  number: fc.nat({ max: 9 }),
})
type Step = {
  kind: 'edit' | 'bump' | 'hide' | 'show' | 'count' | 'delete' | 'rename'
  word: string
  number: number
}

/** The facts a listing's life tells, in their true order. */
export function lifeOf(mark: string, sellerId: MemberId, steps: readonly Step[]): MadangEvent[] {
  const birth = posted({ title: `${mark} ${steps[0]?.word ?? '책상'}`, sellerId })
  const facts: MadangEvent[] = [birth]
  let now = { ...birth.data }
  const versions = { listing: 1, counts: 0, face: 0 }
  const tell = { actorId: null, requestId: 'test' }
  for (const { kind, word, number } of steps) {
    const atMs = birth.at + facts.length
    if (kind === 'count') {
      const counts = { ...now.counts, views: number, wishes: number % 3 }
      facts.push(
        eventOf(
          {
            ...tell,
            type: 'listing.counted',
            aggregateId: now.id,
            version: ++versions.counts,
            data: { id: now.id, counts },
          },
          atMs,
        ),
      )
    } else if (kind === 'rename') {
      const photoId = number % 2 === 0 ? newId('img', atMs) : null
      const data = { memberId: sellerId, nickname: `${word}지기`, photoId }
      facts.push(
        eventOf(
          { ...tell, type: 'member.profile_changed', aggregateId: sellerId, version: ++versions.face, data },
          atMs,
        ),
      )
    } else if (kind === 'delete') {
      const data = { id: now.id, sellerId }
      facts.push(
        eventOf(
          { ...tell, type: 'listing.deleted', aggregateId: now.id, version: ++versions.listing, data },
          atMs,
        ),
      )
      return facts
    } else {
      now = { ...now, ...changeOf(kind, mark, word, number, atMs) }
      const data = { ...now, changed: [kind] }
      facts.push(
        eventOf(
          { ...tell, type: 'listing.changed', aggregateId: now.id, version: ++versions.listing, data },
          atMs,
        ),
      )
    }
  }
  return facts
}

function changeOf(
  kind: 'edit' | 'bump' | 'hide' | 'show',
  mark: string,
  word: string,
  number: number,
  atMs: number,
): Partial<ListingSnapshot> {
  if (kind === 'edit') return { title: `${mark} ${word} ${number}호`, price: number * 1000 }
  // Some bumps fall on the same millisecond as another listing's.
  if (kind === 'bump') return { bumpedAtMs: Date.UTC(2026, 10, 1) + (atMs % 3) }
  return { status: kind === 'hide' ? 'hidden' : 'on_sale' }
}

/** The facts, each one to three times, in an order that a number decides. */
const delivered = (events: readonly MadangEvent[]) =>
  fc.shuffledSubarray(
    events.flatMap((event, index) => Array.from({ length: 1 + (index % 3) }, () => event)),
    { minLength: events.reduce((sum, _, index) => sum + 1 + (index % 3), 0) },
  )

let histories = 0
/** The lives of some listings: their facts as they happened, and as they are heard. `mark` is in every title. */
export const history = fc
  .array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: LISTINGS_PER_HISTORY })
  .map((lives) => {
    const mark = `마을${String.fromCodePoint(0xac00 + histories++)}`
    const sellers = [newId('mem', 1), newId('mem', 2)]
    const events = lives.flatMap((steps, index) =>
      lifeOf(mark, index === 0 ? (sellers[0] ?? newId('mem', 3)) : newId('mem', 4), steps),
    )
    return { mark, events }
  })
  .chain(({ mark, events }) => delivered(events).map((heard) => ({ mark, events, heard })))
