import { z } from '@hono/zod-openapi'
import { CommentId, EventId, ImageId, ListingId, MemberId } from './ids.ts'
import { Category, Counts, ListingStatus, Seller } from './listings.ts'
import { Image } from './media.ts'

const envelope = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({
    id: EventId,
    type: z.literal(type),
    v: z.literal(1),
    /** When it happened, ms since 1970. */
    at: z.int(),
    aggregateId: z.string(),
    /** Grows by one with each change of the aggregate; hearers ignore what is older than they have. */
    version: z.int().min(1),
    actorId: MemberId.nullable(),
    requestId: z.string(),
    data,
  })

/** A listing whole, as other domains project it. The position is already rounded to 0.001°. */
export const ListingSnapshot = z.object({
  id: ListingId,
  seller: Seller,
  title: z.string(),
  description: z.string(),
  category: Category,
  price: z.int(),
  status: ListingStatus,
  images: z.array(Image),
  region: z.string().nullable(),
  location: z.object({ lat: z.number(), lng: z.number() }).nullable(),
  counts: Counts,
  createdAtMs: z.int(),
  bumpedAtMs: z.int(),
})
export type ListingSnapshot = z.infer<typeof ListingSnapshot>

const MemberFace = z.object({ memberId: MemberId, nickname: z.string(), photoId: ImageId.nullable() })

export const MemberJoined = envelope('member.joined', MemberFace)
export const MemberProfileChanged = envelope('member.profile_changed', MemberFace)
export const MemberWithdrawn = envelope('member.withdrawn', z.object({ memberId: MemberId }))
export const ListingPosted = envelope('listing.posted', ListingSnapshot)
/** Any change a hearer may show: text, price, status, photos, bump. `changed` names the fields. */
export const ListingChanged = envelope(
  'listing.changed',
  ListingSnapshot.extend({ changed: z.array(z.string()) }),
)
export const ListingDeleted = envelope('listing.deleted', z.object({ id: ListingId, sellerId: MemberId }))
/** Counters as they stand; written at most every few seconds a listing, by the sweep. Versioned on its own. */
export const ListingCounted = envelope('listing.counted', z.object({ id: ListingId, counts: Counts }))
export const ListingWished = envelope(
  'listing.wished',
  z.object({ listingId: ListingId, sellerId: MemberId, memberId: MemberId }),
)
export const CommentPosted = envelope(
  'comment.posted',
  z.object({
    id: CommentId,
    listingId: ListingId,
    sellerId: MemberId,
    authorId: MemberId,
    parentAuthorId: MemberId.nullable(),
    text: z.string(),
  }),
)

export const MadangEvent = z.discriminatedUnion('type', [
  MemberJoined,
  MemberProfileChanged,
  MemberWithdrawn,
  ListingPosted,
  ListingChanged,
  ListingDeleted,
  ListingCounted,
  ListingWished,
  CommentPosted,
])
export type MadangEvent = z.infer<typeof MadangEvent>
export type EventType = MadangEvent['type']
export type EventOf<Type extends EventType> = Extract<MadangEvent, { type: Type }>
