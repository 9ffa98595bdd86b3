import { z } from 'zod'
import { type MemberId, ReviewId } from '#contracts/ids'
import type { Seller } from '#contracts/listings'
import { Image } from '#contracts/media'
import { type Review, ReviewTag, type Trade } from '#contracts/trades'
import { toIso } from '#kit/clock'
import { escrowIn } from './escrow.rules.ts'
import { escrowView } from './escrow.view.rules.ts'
import { isShown, memberOfSide, otherSide, reviewsEndMs, type Side, undoUntilMs } from './trade.rules.ts'
import type { TradeRow } from './trade.store.ts'

const KeptReview = z.object({
  id: ReviewId,
  role: z.enum(['seller', 'buyer']),
  score: z.int(),
  tags: z.array(ReviewTag),
  text: z.string().nullable(),
  atMs: z.int(),
  showsAtMs: z.int(),
})
export type KeptReview = z.infer<typeof KeptReview>

export const reviewsOf = (row: Pick<TradeRow, 'reviews'>): KeptReview[] =>
  z.array(KeptReview).parse(JSON.parse(row.reviews))

/** The first photo there was. */
export const imageOf = (row: TradeRow) => (row.image === null ? null : Image.parse(JSON.parse(row.image)))
const isoOrNull = (atMs: number | null) => (atMs === null ? null : toIso(atMs))

/** A review as a reader sees it. */
export const reviewOf = (
  row: Pick<TradeRow, 'id' | 'title'>,
  review: KeptReview,
  author: Seller,
): Review => ({
  id: review.id,
  tradeId: row.id,
  author,
  role: review.role,
  score: review.score,
  tags: review.tags,
  text: review.text,
  listingTitle: row.title,
  at: toIso(review.atMs),
})

/** A trade as one of its sides sees it now; the other's review only once it is shown. */
export function tradeOf(row: TradeRow, side: Side, faces: (id: MemberId) => Seller, nowMs: number): Trade {
  const reviews = reviewsOf(row)
  const written = (role: Side) => reviews.find((review) => review.role === role)
  const mine = written(side)
  const theirs = written(otherSide(side))
  const peer = faces(memberOfSide(row, otherSide(side)))
  const endMs = reviewsEndMs(row)
  const isOpen = endMs !== null && nowMs < endMs
  const escrow = escrowIn(row)
  return {
    id: row.id,
    state: row.state,
    listing: { id: row.listingId, title: row.title, image: imageOf(row) },
    price: row.price,
    currency: 'KRW',
    role: side,
    peer,
    roomId: row.roomId,
    completedAt: isoOrNull(row.completedAtMs),
    undoUntil: side === 'seller' ? isoOrNull(undoUntilMs(row, nowMs)) : null,
    escrow: escrow && escrowView({ state: row.state, escrow }, side),
    failure: escrow?.failure ?? null,
    review: {
      mine: mine ? reviewOf(row, mine, faces(memberOfSide(row, side))) : null,
      theirs: theirs && isShown(theirs, nowMs) ? reviewOf(row, theirs, peer) : null,
      canWriteUntil: isOpen && !mine ? toIso(endMs) : null,
      showsAt: isOpen && !(mine && theirs) ? toIso(endMs) : null,
    },
    createdAt: toIso(row.createdAtMs),
  }
}

/** What is told of a trade. */
export const factsOf = (row: TradeRow) => ({
  tradeId: row.id,
  listingId: row.listingId,
  listingTitle: row.title,
  sellerId: row.sellerId,
  buyerId: row.buyerId,
  price: row.price,
})
