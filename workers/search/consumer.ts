import type { Handlers } from '#kit/consume'
import { dropMember, forgetMatches } from './alert.store.ts'
import { freshenHosts, putGroupBuy } from './group-buy.projection.store.ts'
import { matchAlerts, type Teller } from './match.service.ts'
import { dropListing, putCounts, putFace, putListing } from './projection.store.ts'

/** What search does with each fact it hears. A second delivery aborts on the inbox key; see projection.store.ts for order. */
export function handlersOf(env: Teller): Handlers {
  const db = env.DB
  return {
    'listing.posted': (event) => withAlerts(putListing(db, event), matchAlerts(env, event)),
    'listing.changed': (event) => withAlerts(putListing(db, event), matchAlerts(env, event)),
    'listing.deleted': (event) => ({
      statements: [...dropListing(db, event.data.id, event.at), forgetMatches(db, event.data.id)],
    }),
    'listing.counted': (event) => ({ statements: putCounts(db, event) }),
    'group_buy.opened': (event) => ({ statements: putGroupBuy(db, event) }),
    'group_buy.changed': (event) => ({ statements: putGroupBuy(db, event) }),
    'member.profile_changed': (event) => ({
      statements: [...putFace(db, event), freshenHosts(db, 'host_id', event.data.memberId)],
    }),
    'member.withdrawn': (event) => ({ statements: dropMember(db, event.data.memberId, event.at) }),
  }
}

/** Alerts stand behind the listing in the batch: they ask whether this fact was the newest. */
async function withAlerts(listing: D1PreparedStatement[], alerts: ReturnType<typeof matchAlerts>) {
  const { statements, afterCommit } = await alerts
  const effect = { statements: [...listing, ...statements] }
  return afterCommit === undefined ? effect : { ...effect, afterCommit }
}
