import type { CallContext, Ticking } from './call.ts'
import type { Result } from './errors.ts'
import type { ListingId } from './ids.ts'
import type { ListingCard, ListListings } from './listings.ts'
import type { Page } from './page.ts'

/** One look at a listing by one visitor; `visitor` is a member id or an opaque key of a browser, never an address. */
export type Sighting = { listingId: ListingId; visitor: string }

/** RPC of the listings worker. */
export interface ListingsApi extends Rpc.WorkerEntrypointBranded, Ticking {
  /** The plain filtered list, as `GET /listings` gives it: what search falls back to. */
  list(ctx: CallContext, query: ListListings): Promise<Result<Page<ListingCard>>>
  /** Looks gathered by the edge in front of its cache. Counted once a visitor a day; a lost batch costs only a few views. */
  seen(ctx: CallContext, sightings: Sighting[]): Promise<void>
}
