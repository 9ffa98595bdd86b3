import { z } from 'zod'
import type { IdentityApi } from '#contracts/identity.api'
import type { ListingsApi } from '#contracts/listings.api'
import { binding, secret } from '#kit/env'

export const SearchEnv = z.object({
  DB: binding<D1Database>(),
  LISTINGS: binding<Service<ListingsApi>>(),
  IDENTITY: binding<Service<IdentityApi>>(),
  CURSOR_SECRET: secret(),
  NOTIFICATIONS_INBOX: binding<Queue>(),
})
export type SearchEnv = z.infer<typeof SearchEnv>
