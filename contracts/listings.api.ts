import type { CallContext, Ticking } from './call.ts'
import type { Result } from './errors.ts'
import type { CommentId, ListingId, MemberId, TradeId } from './ids.ts'
import type { Comment, ListingCard, ListListings } from './listings.ts'
import type { Page } from './page.ts'

/** One look at a listing by one visitor; `visitor` is a member id or an opaque key of a browser, never an address. */
export type Sighting = { listingId: ListingId; visitor: string }

/** Which trade sold a listing, if one did, and when the listing was last changed or deleted. */
export type SaleFacts = { id: ListingId; soldByTrade: TradeId | null; changedAtMs: number }

/** RPC of the listings worker. */
export interface ListingsApi extends Rpc.WorkerEntrypointBranded, Ticking {
  /** The plain filtered list, as `GET /listings` gives it: what search falls back to. */
  list(ctx: CallContext, query: ListListings): Promise<Result<Page<ListingCard>>>
  /** A listing in whatever state it is, hidden too; a deleted or unknown one is NOT_FOUND. For other domains, not for the public. */
  card(ctx: CallContext, id: ListingId): Promise<Result<ListingCard>>
  /** A comment as it stands, with its words even when an operator hid it; a deleted one is NOT_FOUND. */
  comment(ctx: CallContext, id: CommentId): Promise<Result<Comment>>
  /**
   * Reserves a listing for this trade until `untilMs`, if it is on sale at `expectedPrice` and not `buyerId`'s own; afterwards it is
   * `reserved` and its seller can neither edit its price, sell, hide nor delete it. Refused: NOT_FOUND (absent, deleted), OWN_LISTING, LISTING_RESERVED,
   * LISTING_SOLD, LISTING_HIDDEN, PRICE_CHANGED. Repeating it with the same trade answers the same card; a later `untilMs` prolongs.
   * A reservation nobody ends is lifted by listings itself when its time is over.
   */
  reserve(
    ctx: CallContext,
    request: { id: ListingId; buyerId: MemberId; tradeId: TradeId; expectedPrice: number; untilMs: number },
  ): Promise<Result<ListingCard>>
  /** Ends this trade's reservation: on sale again. One this trade does not have stays as it is. */
  unreserve(ctx: CallContext, request: { id: ListingId; tradeId: TradeId }): Promise<Result<null>>
  /**
   * Marks a listing sold by this trade. Refused with NOT_FOUND when it is not `sellerId`'s, LISTING_SOLD when another trade sold it.
   * Repeating it with the same trade answers the same card.
   */
  markSold(
    ctx: CallContext,
    request: { id: ListingId; sellerId: MemberId; tradeId: TradeId },
  ): Promise<Result<ListingCard>>
  /** Puts a listing that this trade sold on sale again; one that was changed or deleted meanwhile stays as it is. */
  reopen(
    ctx: CallContext,
    request: { id: ListingId; sellerId: MemberId; tradeId: TradeId },
  ): Promise<Result<null>>
  /** Which trades sold up to 100 listings, for the audit of trades: deleted ones as well, unknown ones are left out. */
  salesOf(ctx: CallContext, ids: ListingId[]): Promise<Result<SaleFacts[]>>
  /** An operator's hiding of a listing or comment, which its owner cannot undo, or the end of it. Repeating changes nothing. */
  hideByOperator(
    ctx: CallContext,
    request: {
      target: { kind: 'listing'; id: ListingId } | { kind: 'comment'; id: CommentId }
      hidden: boolean
    },
  ): Promise<Result<null>>
  /** Looks gathered by the edge in front of its cache. Counted once a visitor a day; a lost batch costs only a few views. */
  seen(ctx: CallContext, sightings: Sighting[]): Promise<void>
}
