import { z } from 'zod'
import type { IdentityApi } from '#contracts/identity.api'
import type { PaymentsApi } from '#contracts/payments.api'
import type { CouponCounter } from '#do/coupon-counter/index'
import { binding, secret } from '#kit/env'

export const CouponsEnv = z.object({
  DB: binding<D1Database>(),
  COUPON_COUNTER: binding<DurableObjectNamespace<CouponCounter>>(),
  IDENTITY: binding<Service<IdentityApi>>(),
  PAYMENTS: binding<Service<PaymentsApi>>(),
  NOTIFICATIONS_INBOX: binding<Queue>(),
  CURSOR_SECRET: secret(),
  /** A private Ed25519 JWK: what receipts are signed with. */
  RECEIPT_KEY: z.string().min(100),
})
export type CouponsEnv = z.infer<typeof CouponsEnv>
