import { z } from 'zod'
import type { IdentityApi } from '#contracts/identity.api'
import type { MediaApi } from '#contracts/media.api'
import { binding, secret } from '#kit/env'

export const ListingsEnv = z.object({
  DB: binding<D1Database>(),
  IDENTITY: binding<Service<IdentityApi>>(),
  MEDIA: binding<Service<MediaApi>>(),
  /** Views on their way into the database (durable-objects/tally). */
  TALLY: binding<DurableObjectNamespace>(),
  SEARCH_INBOX: binding<Queue>(),
  MEDIA_INBOX: binding<Queue>(),
  CURSOR_SECRET: secret(),
  CHAT_INBOX: binding<Queue>(),
  NOTIFICATIONS_INBOX: binding<Queue>(),
})
export type ListingsEnv = z.infer<typeof ListingsEnv>
