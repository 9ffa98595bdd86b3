import type { Handlers } from '#kit/consume'
import { dropListing, putCounts, putFace, putListing } from './projection.store.ts'

/** What search does with each fact it hears. A second delivery aborts on the inbox key; see projection.store.ts for order. */
export const handlersOf = (db: D1Database): Handlers => ({
  'listing.posted': (event) => ({ statements: putListing(db, event) }),
  'listing.changed': (event) => ({ statements: putListing(db, event) }),
  'listing.deleted': (event) => ({ statements: dropListing(db, event.data.id, event.at) }),
  'listing.counted': (event) => ({ statements: putCounts(db, event) }),
  'member.profile_changed': (event) => ({ statements: putFace(db, event) }),
})
