import { z } from '@hono/zod-openapi'
import { GROUP_BUY_SORTS, GroupBuyCard, type GroupBuyState } from './group-buys.ts'
import { AlertId } from './ids.ts'
import { Category, LISTING_SORTS, ListingCard, ListingFilters, Price } from './listings.ts'
import { PageQuery } from './page.ts'
import { NearQuery, Position, RADIUS_KM_MAX, RadiusKmQuery } from './place.ts'
import { text } from './text.ts'

export const SEARCH_QUERY_LENGTH_MAX = 60

export const SEARCH_SORTS = ['relevance', ...LISTING_SORTS] as const
export const SearchSort = z.enum(SEARCH_SORTS)
export type SearchSort = z.infer<typeof SearchSort>

export const SearchQuery = ListingFilters.extend(PageQuery.shape).extend({
  q: text(1, SEARCH_QUERY_LENGTH_MAX),
  sort: SearchSort.default('relevance'),
})
export type SearchRequest = z.infer<typeof SearchQuery>

/** Where in a title the words were found: [start, end) in UTF-16 units of the title as given. */
const Highlights = z.array(z.tuple([z.int(), z.int()]))
/** A card and where in its title the words were found. */
export const SearchHit = ListingCard.extend({ highlights: Highlights }).openapi('SearchHit')
export type SearchHit = z.infer<typeof SearchHit>

export const SearchReply = z
  .object({
    items: z.array(SearchHit),
    nextCursor: z.string().nullable(),
    total: z.int(),
    totalIsCapped: z.boolean().openapi({ description: 'the real total is at least `total`' }),
    correctedQuery: z.string().nullable().openapi({ description: 'set when a keyboard slip was undone' }),
    degraded: z.boolean().openapi({ description: 'the index was out of reach; this is the plain list' }),
  })
  .openapi('SearchReply')
export type SearchReply = z.infer<typeof SearchReply>

/** States in which a group buy is found; one that is over is not. */
export const GROUP_BUY_SEARCH_STATES = [
  'recruiting',
  'filled',
  'purchasing',
  'arrived',
  'handing_over',
] as const satisfies readonly GroupBuyState[]
export const GROUP_BUY_SEARCH_SORTS = ['relevance', ...GROUP_BUY_SORTS] as const

export const SearchGroupBuysQuery = PageQuery.extend({
  q: text(1, SEARCH_QUERY_LENGTH_MAX),
  category: Category.optional(),
  state: z.enum(GROUP_BUY_SEARCH_STATES).default('recruiting'),
  near: NearQuery.optional(),
  radiusKm: RadiusKmQuery.optional(),
  sort: z.enum(GROUP_BUY_SEARCH_SORTS).default('relevance'),
})
export type GroupBuySearchRequest = z.infer<typeof SearchGroupBuysQuery>

/** A group buy's card and where in its title the words were found. */
export const GroupBuyHit = GroupBuyCard.extend({ highlights: Highlights }).openapi('GroupBuyHit')
export type GroupBuyHit = z.infer<typeof GroupBuyHit>

/** `total` and `correctedQuery` as a search for listings has them; the numbers of a card follow joins within seconds. */
export const GroupBuySearchReply = z
  .object({
    items: z.array(GroupBuyHit),
    nextCursor: z.string().nullable(),
    total: z.int(),
    totalIsCapped: z.boolean(),
    correctedQuery: z.string().nullable(),
  })
  .openapi('GroupBuySearchReply')
export type GroupBuySearchReply = z.infer<typeof GroupBuySearchReply>

export const SuggestQuery = z.object({ q: text(1, SEARCH_QUERY_LENGTH_MAX) })
export const Suggestions = z
  .object({ items: z.array(z.object({ text: z.string(), kind: z.enum(['title', 'query', 'slip']) })) })
  .openapi('Suggestions')
export type Suggestions = z.infer<typeof Suggestions>

export const PopularTerms = z
  .object({ items: z.array(z.object({ text: z.string(), rank: z.int() })), asOf: z.iso.datetime() })
  .openapi('PopularTerms')
export type PopularTerms = z.infer<typeof PopularTerms>

export const ALERTS_PER_MEMBER_MAX = 20
/** A saved search: what appears and fits is told to its member. Words match as a search does. */
export const SaveAlertRequest = z
  .strictObject({
    q: text(2, SEARCH_QUERY_LENGTH_MAX),
    category: Category.optional(),
    minPrice: Price.optional(),
    maxPrice: Price.optional(),
    near: Position.optional(),
    radiusKm: z.number().min(0.5).max(RADIUS_KM_MAX).optional(),
  })
  .refine(({ near, radiusKm }) => (near === undefined) === (radiusKm === undefined), {
    error: 'near and radiusKm belong together',
    path: ['radiusKm'],
  })
  .refine(
    ({ minPrice, maxPrice }) => minPrice === undefined || maxPrice === undefined || minPrice <= maxPrice,
    {
      error: 'minPrice is above maxPrice',
      path: ['minPrice'],
    },
  )
  .openapi('SaveAlertRequest')
export type SaveAlert = z.infer<typeof SaveAlertRequest>

/** The position itself is not given out again, only that there is one. */
export const Alert = z
  .object({
    id: AlertId,
    q: z.string(),
    category: z.union([Category, z.null()]),
    minPrice: z.int().nullable(),
    maxPrice: z.int().nullable(),
    radiusKm: z.number().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('Alert')
export type Alert = z.infer<typeof Alert>
