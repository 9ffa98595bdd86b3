import { z } from 'zod'
import type { ChatApi } from '#contracts/chat.api'
import type { IdentityApi } from '#contracts/identity.api'
import type { ListingsApi } from '#contracts/listings.api'
import { binding, secret } from '#kit/env'

export const ModerationEnv = z.object({
  DB: binding<D1Database>(),
  IDENTITY: binding<Service<IdentityApi>>(),
  LISTINGS: binding<Service<ListingsApi>>(),
  CHAT: binding<Service<ChatApi>>(),
  CHAT_INBOX: binding<Queue>(),
  NOTIFICATIONS_INBOX: binding<Queue>(),
  CURSOR_SECRET: secret(),
  /** What the keys of mailed ways to appeal are made with: another one closes those that are out. */
  APPEAL_SECRET: secret(),
})
export type ModerationEnv = z.infer<typeof ModerationEnv>
