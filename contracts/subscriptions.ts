import type { EventType } from './events.ts'

export type Domain =
  | 'identity'
  | 'listings'
  | 'media'
  | 'search'
  | 'chat'
  | 'notifications'
  | 'trades'
  | 'payments'
  | 'coupons'
  | 'group-buys'
  | 'moderation'

/**
 * Who hears what. A fact nobody hears yet stays in its outbox and is counted as sent; scripts/check-wiring holds this table
 * against every wrangler.toml (producers where the fact is written, one inbox queue and one dead-letter queue a hearer).
 */
export const SUBSCRIPTIONS = {
  'member.joined': ['chat'],
  'member.profile_changed': ['listings', 'search', 'chat', 'group-buys'],
  'member.withdrawn': [
    'listings',
    'media',
    'chat',
    'notifications',
    'search',
    'trades',
    'payments',
    'coupons',
    'group-buys',
  ],
  'listing.posted': ['search'],
  'listing.changed': ['search', 'chat', 'notifications'],
  'listing.deleted': ['search', 'media', 'chat', 'notifications'],
  'listing.counted': ['search'],
  'listing.wished': ['notifications'],
  'listing.unwished': ['notifications'],
  'comment.posted': ['notifications'],
  'chat.room_opened': ['listings', 'notifications'],
  'chat.message_sent': ['notifications'],
  'chat.room_read': ['notifications'],
  'trade.completed': ['chat', 'notifications'],
  'trade.paid': ['chat', 'notifications'],
  'trade.cancelled': ['chat', 'notifications'],
  'trade.disputed': ['chat', 'notifications'],
  'trade.decided': ['chat', 'notifications'],
  'trade.refunded': ['notifications'],
  'trade.release_due': ['notifications'],
  'trade.undone': ['chat', 'notifications'],
  'trade.reviewed': ['notifications'],
  'appointment.set': ['chat', 'notifications'],
  'appointment.cancelled': ['chat', 'notifications'],
  'appointment.due': ['chat', 'notifications'],
  'alert.matched': ['notifications'],
  'wallet.charged': ['notifications'],
  'wallet.transferred': ['notifications'],
  'wallet.paid_out': ['notifications'],
  'wallet.payout_failed': ['notifications'],
  'coupon.expiring': ['notifications'],
  'group_buy.opened': ['search'],
  'group_buy.changed': ['search'],
  'group_buy.joined': ['chat', 'notifications'],
  'group_buy.left': ['chat', 'notifications'],
  'group_buy.promoted': ['chat', 'notifications'],
  'group_buy.passed_over': ['notifications'],
  'group_buy.closing': ['notifications'],
  'group_buy.filled': ['chat', 'notifications'],
  'group_buy.failed': ['chat', 'notifications'],
  'group_buy.cancelled': ['chat', 'notifications'],
  'group_buy.purchasing': ['chat', 'notifications'],
  'group_buy.vote_opened': ['notifications'],
  'group_buy.arrived': ['chat', 'notifications'],
  'group_buy.host_due': ['notifications'],
  'group_buy.settled': ['chat', 'notifications'],
  'member.blocked': ['chat'],
  'member.unblocked': ['chat'],
  'moderation.decided': ['notifications'],
  'moderation.report_closed': ['notifications'],
  'moderation.appeal_decided': ['notifications'],
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
  'listing.unwished': 'listings',
  'chat.room_opened': 'chat',
  'chat.message_sent': 'chat',
  'chat.room_read': 'chat',
  'trade.completed': 'trades',
  'trade.paid': 'trades',
  'trade.cancelled': 'trades',
  'trade.disputed': 'trades',
  'trade.decided': 'trades',
  'trade.refunded': 'trades',
  'trade.release_due': 'trades',
  'trade.undone': 'trades',
  'trade.reviewed': 'trades',
  'appointment.set': 'trades',
  'appointment.cancelled': 'trades',
  'appointment.due': 'trades',
  'alert.matched': 'search',
  'wallet.charged': 'payments',
  'wallet.transferred': 'payments',
  'wallet.paid_out': 'payments',
  'wallet.payout_failed': 'payments',
  'coupon.expiring': 'coupons',
  'group_buy.opened': 'group-buys',
  'group_buy.changed': 'group-buys',
  'group_buy.joined': 'group-buys',
  'group_buy.left': 'group-buys',
  'group_buy.promoted': 'group-buys',
  'group_buy.passed_over': 'group-buys',
  'group_buy.closing': 'group-buys',
  'group_buy.filled': 'group-buys',
  'group_buy.failed': 'group-buys',
  'group_buy.cancelled': 'group-buys',
  'group_buy.purchasing': 'group-buys',
  'group_buy.vote_opened': 'group-buys',
  'group_buy.arrived': 'group-buys',
  'group_buy.host_due': 'group-buys',
  'group_buy.settled': 'group-buys',
  'member.blocked': 'moderation',
  'member.unblocked': 'moderation',
  'moderation.decided': 'moderation',
  'moderation.report_closed': 'moderation',
  'moderation.appeal_decided': 'moderation',
} as const satisfies Record<EventType, Domain>

export const inboxQueueOf = (domain: Domain) => `madang-${domain}-inbox` as const
export const deadQueueOf = (domain: Domain) => `madang-${domain}-dead` as const
/** The binding's name of a hearer's inbox queue in every worker that writes to it: SEARCH_INBOX. */
export const inboxBindingOf = <Name extends Domain>(domain: Name) =>
  `${domain.toUpperCase().replaceAll('-', '_')}_INBOX` as `${Uppercase<Underscored<Name>>}_INBOX`

type Underscored<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}_${Underscored<Tail>}`
  : Text
