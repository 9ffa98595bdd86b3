import type { EventType } from './events.ts'

export type Domain = 'identity' | 'listings' | 'media' | 'search'

/**
 * Who hears what. A fact nobody hears yet stays in its outbox and is counted as sent; scripts/check-wiring holds this table
 * against every wrangler.toml (producers where the fact is written, one inbox queue and one dead-letter queue a hearer).
 */
export const SUBSCRIPTIONS = {
  'member.joined': [],
  'member.profile_changed': ['listings', 'search'],
  'member.withdrawn': ['listings', 'media'],
  'listing.posted': ['search'],
  'listing.changed': ['search'],
  'listing.deleted': ['search', 'media'],
  'listing.counted': ['search'],
  'listing.wished': [],
  'comment.posted': [],
} as const satisfies Record<EventType, readonly Domain[]>

/** Who writes which fact. */
export const PRODUCERS = {
  'member.joined': 'identity',
  'member.profile_changed': 'identity',
  'member.withdrawn': 'identity',
  'listing.posted': 'listings',
  'listing.changed': 'listings',
  'listing.deleted': 'listings',
  'listing.counted': 'listings',
  'listing.wished': 'listings',
  'comment.posted': 'listings',
} as const satisfies Record<EventType, Domain>

export const inboxQueueOf = (domain: Domain) => `madang-${domain}-inbox` as const
export const deadQueueOf = (domain: Domain) => `madang-${domain}-dead` as const
/** The binding's name of a hearer's inbox queue in every worker that writes to it: SEARCH_INBOX. */
export const inboxBindingOf = <Name extends Domain>(domain: Name) =>
  `${domain.toUpperCase()}_INBOX` as `${Uppercase<Name>}_INBOX`
