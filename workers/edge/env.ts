import { z } from 'zod'
import type { ChatApi } from '#contracts/chat.api'
import type { CouponsApi } from '#contracts/coupons.api'
import type { GroupBuysApi } from '#contracts/group-buys.api'
import type { IdentityApi } from '#contracts/identity.api'
import type { ListingsApi } from '#contracts/listings.api'
import type { MediaApi } from '#contracts/media.api'
import type { ModerationApi } from '#contracts/moderation.api'
import type { NotificationsApi } from '#contracts/notifications.api'
import type { PaymentsApi } from '#contracts/payments.api'
import type { SearchApi } from '#contracts/search.api'
import type { TradesApi } from '#contracts/trades.api'
import { binding, secret } from '#kit/env'

export const EdgeEnv = z.object({
  IDENTITY: binding<Fetcher>(),
  LISTINGS: binding<Fetcher>(),
  MEDIA: binding<Fetcher>(),
  SEARCH: binding<Fetcher>(),
  CHAT: binding<Fetcher>(),
  NOTIFICATIONS: binding<Fetcher>(),
  TRADES: binding<Fetcher>(),
  PAYMENTS: binding<Fetcher>(),
  COUPONS: binding<Fetcher>(),
  GROUP_BUYS: binding<Fetcher>(),
  MODERATION: binding<Fetcher>(),
  WEB: binding<Fetcher>(),
  /** Only where stand-ins exist, never in production. */
  STAND_INS: binding<Fetcher>().optional(),
  IDENTITY_RPC: binding<Service<IdentityApi>>(),
  LISTINGS_RPC: binding<Service<ListingsApi>>(),
  MEDIA_RPC: binding<Service<MediaApi>>(),
  SEARCH_RPC: binding<Service<SearchApi>>(),
  CHAT_RPC: binding<Service<ChatApi>>(),
  NOTIFICATIONS_RPC: binding<Service<NotificationsApi>>(),
  TRADES_RPC: binding<Service<TradesApi>>(),
  PAYMENTS_RPC: binding<Service<PaymentsApi>>(),
  COUPONS_RPC: binding<Service<CouponsApi>>(),
  GROUP_BUYS_RPC: binding<Service<GroupBuysApi>>(),
  MODERATION_RPC: binding<Service<ModerationApi>>(),
  WRITE_LIMIT: binding<RateLimit>(),
  READ_LIMIT: binding<RateLimit>(),
  /** Salts the keys under which visitors are counted, so that they say nothing about an address. */
  VISITOR_SECRET: secret(),
})
export type EdgeEnv = z.infer<typeof EdgeEnv>

/** A worker that answers requests; the names are the bindings' own. */
export type Upstream =
  | 'IDENTITY'
  | 'LISTINGS'
  | 'MEDIA'
  | 'SEARCH'
  | 'CHAT'
  | 'NOTIFICATIONS'
  | 'TRADES'
  | 'PAYMENTS'
  | 'COUPONS'
  | 'GROUP_BUYS'
  | 'MODERATION'
  | 'WEB'
  | 'STAND_INS'
