import { z } from 'zod'
import type { GroupBuysApi } from '#contracts/group-buys.api'
import type { IdentityApi } from '#contracts/identity.api'
import type { TradesApi } from '#contracts/trades.api'
import type { Throttle } from '#do/throttle/index'
import { binding, secret } from '#kit/env'

export const PaymentsEnv = z.object({
  DB: binding<D1Database>(),
  THROTTLE: binding<DurableObjectNamespace<Throttle>>(),
  IDENTITY: binding<Service<IdentityApi>>(),
  TRADES: binding<Service<TradesApi>>(),
  GROUP_BUYS: binding<Service<GroupBuysApi>>(),
  NOTIFICATIONS_INBOX: binding<Queue>(),
  CURSOR_SECRET: secret(),
  /** What PINs are peppered and bank account numbers sealed with. */
  WALLET_SECRET: secret(),
  PORTONE_STORE_ID: z.string().min(3),
  PORTONE_API_SECRET: z.string().min(16),
  PORTONE_WEBHOOK_SECRET: z.string().min(24),
  TOSS_SECRET_KEY: z.string().min(16),
  /** 32 bytes as hex: what bodies to the bank's API are sealed with. */
  TOSS_SECURITY_KEY: z.string().regex(/^[0-9a-f]{64}$/),
  /** Where the provider's and the bank's APIs are played; absent in production. */
  PROVIDER_HTTP: binding<Fetcher>().optional(),
})
export type PaymentsEnv = z.infer<typeof PaymentsEnv>
