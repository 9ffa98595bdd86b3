import { z } from '@hono/zod-openapi'
import { CommentId, ImageId, ListingId, MemberId } from './ids.ts'
import { IMAGES_PER_LISTING_MAX, Image, ImageUrls } from './media.ts'
import { PageQuery } from './page.ts'
import { NearQuery, Position, RadiusKmQuery, Region } from './place.ts'
import { longText, text } from './text.ts'

/** The union of the categories of the markets Madang replaces. The pages carry their names in both languages. */
export const CATEGORIES = [
  'digital',
  'appliances',
  'furniture',
  'living',
  'kids',
  'fashion_women',
  'fashion_men',
  'beauty',
  'sports',
  'hobby',
  'books',
  'tickets',
  'food',
  'pet',
  'plants',
  'car',
  'handmade',
  'other',
] as const
export const Category = z.enum(CATEGORIES).openapi('Category')
export type Category = z.infer<typeof Category>

export const LISTING_STATUSES = ['on_sale', 'reserved', 'sold', 'hidden'] as const
export const ListingStatus = z.enum(LISTING_STATUSES).openapi('ListingStatus')
export type ListingStatus = z.infer<typeof ListingStatus>

export const PRICE_MAX = 999_999_999
/** Integer minor units (KRW has none, so won). 0 is a giveaway. */
export const Price = z.int().min(0).max(PRICE_MAX)

export const TITLE_LENGTH_MAX = 60
export const DESCRIPTION_LENGTH_MAX = 4000

export const PostListingRequest = z
  .strictObject({
    title: text(2, TITLE_LENGTH_MAX),
    description: longText(1, DESCRIPTION_LENGTH_MAX),
    category: Category,
    price: Price,
    imageIds: z
      .array(ImageId)
      .max(IMAGES_PER_LISTING_MAX)
      .refine((ids) => new Set(ids).size === ids.length, { error: 'an image may appear once' })
      .default([]),
    location: Position.optional(),
    region: Region.optional(),
  })
  .openapi('PostListingRequest')
export type PostListing = z.infer<typeof PostListingRequest>

export const EditListingRequest = z
  .strictObject({
    title: text(2, TITLE_LENGTH_MAX).optional(),
    description: longText(1, DESCRIPTION_LENGTH_MAX).optional(),
    category: Category.optional(),
    price: Price.optional(),
    imageIds: z
      .array(ImageId)
      .max(IMAGES_PER_LISTING_MAX)
      .refine((ids) => new Set(ids).size === ids.length, { error: 'an image may appear once' })
      .optional(),
    location: Position.optional(),
    region: Region.optional(),
    status: ListingStatus.optional(),
  })
  .openapi('EditListingRequest')
export type EditListing = z.infer<typeof EditListingRequest>

export const Seller = z
  .object({ id: MemberId, nickname: z.string(), photo: z.union([ImageUrls, z.null()]) })
  .openapi('Seller')
export type Seller = z.infer<typeof Seller>

export const Counts = z
  .object({ views: z.int(), wishes: z.int(), comments: z.int(), chats: z.int() })
  .openapi('Counts')
export type Counts = z.infer<typeof Counts>

/** A listing as a card in a list. `distanceKm` is there when the question said `near`. */
export const ListingCard = z
  .object({
    id: ListingId,
    title: z.string(),
    category: Category,
    price: z.int(),
    currency: z.literal('KRW'),
    status: ListingStatus,
    images: z.array(Image).openapi({ description: 'in a list the first one only' }),
    imageCount: z.int(),
    seller: Seller,
    region: z.string().nullable(),
    distanceKm: z.number().optional(),
    counts: Counts,
    createdAt: z.iso.datetime(),
    bumpedAt: z.iso.datetime(),
  })
  .openapi('ListingCard')
export type ListingCard = z.infer<typeof ListingCard>

/** A listing whole: the card with all its images and its story. */
export const Listing = ListingCard.extend({
  description: z.string(),
  images: z.array(Image),
  updatedAt: z.iso.datetime(),
}).openapi('Listing')
export type Listing = z.infer<typeof Listing>

export const LISTING_SORTS = ['newest', 'price_asc', 'price_desc', 'views', 'wishes', 'distance'] as const
export const ListingSort = z.enum(LISTING_SORTS)
export type ListingSort = z.infer<typeof ListingSort>

/** `near` asks how far the listing is from there; the reply says it in `distanceKm`, coarsely. */
export const ReadListingQuery = z.object({ near: NearQuery.optional() })

const flag = z.enum(['true', 'false']).transform((value) => value === 'true')

/** Filters shared by the list and the search. Without `status`, everything but hidden is shown. */
export const ListingFilters = z.object({
  category: Category.optional(),
  status: z.enum(['on_sale', 'reserved', 'sold']).optional(),
  /** Giveaways only (나눔). */
  free: flag.optional(),
  minPrice: z.coerce.number().int().min(0).max(PRICE_MAX).optional(),
  maxPrice: z.coerce.number().int().min(0).max(PRICE_MAX).optional(),
  near: NearQuery.optional(),
  radiusKm: RadiusKmQuery.optional(),
  sellerId: MemberId.optional(),
})
export type ListingFilters = z.infer<typeof ListingFilters>

export const ListListingsQuery = ListingFilters.extend(PageQuery.shape).extend({
  sort: ListingSort.default('newest'),
})
export type ListListings = z.infer<typeof ListListingsQuery>

export const ListMineQuery = PageQuery.extend({ status: ListingStatus.optional() })

export const Comment = z
  .object({
    id: CommentId,
    listingId: ListingId,
    parentId: CommentId.nullable(),
    author: z.union([Seller, z.null()]).openapi({ description: 'null once deleted' }),
    text: z.string(),
    deleted: z.boolean(),
    createdAt: z.iso.datetime(),
    editedAt: z.iso.datetime().nullable(),
  })
  .openapi('Comment')
export type Comment = z.infer<typeof Comment>

export const COMMENT_LENGTH_MAX = 500
export const PostCommentRequest = z.strictObject({
  text: longText(1, COMMENT_LENGTH_MAX),
  parentId: CommentId.optional(),
})
export const EditCommentRequest = z.strictObject({ text: longText(1, COMMENT_LENGTH_MAX) })

/** Which of these listings the caller has wished: `GET /me/wishes/among?ids=`, so that public lists stay the same for all. */
export const WishedAmongQuery = z.object({
  ids: z
    .string()
    .max(2000)
    .transform((value) => value.split(','))
    .pipe(z.array(ListingId).max(50)),
})
export const WishedAmong = z.object({ ids: z.array(ListingId) }).openapi('WishedAmong')

export const Bumped = z.object({ bumpedAt: z.iso.datetime(), nextBumpAt: z.iso.datetime() }).openapi('Bumped')
