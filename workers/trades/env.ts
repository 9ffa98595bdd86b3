import { z } from 'zod'
import type { ChatApi } from '#contracts/chat.api'
import type { CouponsApi } from '#contracts/coupons.api'
import type { IdentityApi } from '#contracts/identity.api'
import type { ListingsApi } from '#contracts/listings.api'
import type { PaymentsApi } from '#contracts/payments.api'
import { binding, secret } from '#kit/env'

export const TradesEnv = z.object({
  DB: binding<D1Database>(),
  IDENTITY: binding<Service<IdentityApi>>(),
  LISTINGS: binding<Service<ListingsApi>>(),
  PAYMENTS: binding<Service<PaymentsApi>>(),
  COUPONS: binding<Service<CouponsApi>>(),
  TRADE_FLOW: binding<Workflow>(),
  CHAT: binding<Service<ChatApi>>(),
  CHAT_INBOX: binding<Queue>(),
  NOTIFICATIONS_INBOX: binding<Queue>(),
  CURSOR_SECRET: secret(),
})
export type TradesEnv = z.infer<typeof TradesEnv>
