import type { Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { ListingId, MemberId } from '#contracts/ids'
import type { ListingCard } from '#contracts/listings'
import type { Page, PageQuery } from '#contracts/page'
import { nowMs } from '#kit/clock'
import { assertChangedOne, runBatch } from '#kit/d1'
import { eventOf, outboxPut } from '#kit/outbox'
import { openPage, pageFrom } from '#kit/page'
import { ok, refuse } from '#kit/result'
import { cardOf } from './card.rules.ts'
import type { ListingsEnv } from './env.ts'
import type { Asker, Written } from './listing.service.ts'
import { addWish, dropWish, readWishes, standingOf, wishedAmong } from './wish.store.ts'

/** Keeps an eye on a neighbour's thing. A second time changes nothing; the counter moves with the row, by trigger. */
export async function wish(env: ListingsEnv, asker: Asker, listingId: ListingId): Promise<Written<null>> {
  const standing = await standingOf(env.DB, asker.memberId, listingId)
  if (!standing) return refuse('NOT_FOUND')
  if (standing.sellerId === asker.memberId) return refuse('OWN_LISTING')
  if (standing.wished) return ok({ value: null, events: [] })
  const atMs = nowMs()
  const event = eventOf(
    {
      type: 'listing.wished',
      // A wish can come and go: each coming is an aggregate's newer version.
      aggregateId: `${listingId}:${asker.memberId}`,
      version: atMs,
      actorId: asker.memberId,
      requestId: asker.requestId,
      data: {
        listingId,
        listingTitle: standing.title,
        sellerId: standing.sellerId,
        memberId: asker.memberId,
      },
    },
    atMs,
  )
  const outcome = await runBatch(env.DB, [
    ...addWish(env.DB, asker.memberId, listingId, atMs),
    outboxPut(env.DB, event),
  ])
  if (outcome.kind === 'done') return ok({ value: null, events: [event] })
  // Two taps at once: the other one made it. Or the thing went away between the look and the wish.
  const isThere = await standingOf(env.DB, asker.memberId, listingId)
  return isThere?.wished ? ok({ value: null, events: [] }) : refuse('NOT_FOUND')
}

/** Looks away again; what was never wished is no error, and neither is a thing that is gone. */
export async function unwish(env: ListingsEnv, asker: Asker, listingId: ListingId): Promise<MadangEvent[]> {
  const { memberId, requestId } = asker
  const atMs = nowMs()
  const event = eventOf(
    {
      type: 'listing.unwished',
      aggregateId: `${listingId}:${memberId}`,
      version: atMs,
      actorId: memberId,
      requestId,
      data: { listingId, memberId },
    },
    atMs,
  )
  const outcome = await runBatch(env.DB, [
    dropWish(env.DB, memberId, listingId),
    assertChangedOne(env.DB),
    outboxPut(env.DB, event),
  ])
  return outcome.kind === 'done' ? [event] : []
}

/** What a member keeps an eye on, the latest wish first. Hidden and deleted things are left out. */
export async function listWishes(
  env: Pick<ListingsEnv, 'DB' | 'CURSOR_SECRET'>,
  memberId: MemberId,
  query: PageQuery,
): Promise<Result<Page<ListingCard>>> {
  const list = `wishes ${memberId}`
  const opened = openPage(env.CURSOR_SECRET, list, query.cursor)
  if (!opened.ok) return opened
  const rows = await readWishes(env.DB, memberId, opened.value, query.limit + 1)
  const page = pageFrom(env.CURSOR_SECRET, list, rows, query.limit, (row) => [row.wishedAtMs, row.id])
  return ok({ ...page, items: page.items.map(cardOf) })
}

/** Which of these a member has wished. */
export const wishesAmong = (db: D1Database, memberId: MemberId, ids: ListingId[]) =>
  wishedAmong(db, memberId, ids)
