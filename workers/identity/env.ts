import { z } from 'zod'
import type { MediaApi } from '#contracts/media.api'
import type { PaymentsApi } from '#contracts/payments.api'
import type { Throttle } from '#do/throttle/index'
import { binding, secret } from '#kit/env'

/** Read as text here; `access-token.ts` parses the keys themselves. */
const SIGNING_KEYS_LENGTH_MIN = 100

export const IdentityEnv = z.object({
  DB: binding<D1Database>(),
  THROTTLE: binding<DurableObjectNamespace<Throttle>>(),
  MEDIA: binding<Service<MediaApi>>(),
  LISTINGS_INBOX: binding<Queue>(),
  SEARCH_INBOX: binding<Queue>(),
  MEDIA_INBOX: binding<Queue>(),
  /** Private ES256 keys as a JSON array of JWKs: the first signs, all verify. */
  TOKEN_KEYS: z.string().min(SIGNING_KEYS_LENGTH_MIN),
  /** What codes, letters and the names of throttles are keyed with. */
  IDENTITY_SECRET: secret(),
  MAIL_FROM: z.string().min(3),
  /** Where the pages are, `https://…` without a path; letters name only the path while it is not set. */
  SITE_ORIGIN: z.url().optional(),
  RESEND_API_KEY: z.string().min(16),
  /** Where the mail provider's API is played; absent in production. */
  MAIL_HTTP: binding<Fetcher>().optional(),
  /** Cloudflare Email Sending, where the account has it; it is then used instead of Resend. */
  EMAIL: binding<SendEmail>().optional(),
  CHAT_INBOX: binding<Queue>(),
  NOTIFICATIONS_INBOX: binding<Queue>(),
  PAYMENTS: binding<Service<PaymentsApi>>(),
  PAYMENTS_INBOX: binding<Queue>(),
  COUPONS_INBOX: binding<Queue>(),
  GROUP_BUYS_INBOX: binding<Queue>(),
  TRADES_INBOX: binding<Queue>(),
})
export type IdentityEnv = z.infer<typeof IdentityEnv>
