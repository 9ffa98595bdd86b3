import { z } from 'zod'
import type { GroupBuysApi } from '#contracts/group-buys.api'
import type { IdentityApi } from '#contracts/identity.api'
import type { ListingsApi } from '#contracts/listings.api'
import type { MediaApi } from '#contracts/media.api'
import type { ChatRoom } from '#do/chat-room/index'
import { binding, secret } from '#kit/env'

export const ChatEnv = z.object({
  DB: binding<D1Database>(),
  IDENTITY: binding<Service<IdentityApi>>(),
  GROUP_BUYS: binding<Service<GroupBuysApi>>(),
  LISTINGS: binding<Service<ListingsApi>>(),
  MEDIA: binding<Service<MediaApi>>(),
  CHAT_ROOM: binding<DurableObjectNamespace<ChatRoom>>(),
  LISTINGS_INBOX: binding<Queue>(),
  NOTIFICATIONS_INBOX: binding<Queue>(),
  /** Frames a second a socket may send; set only where a benchmark asks how fast a room can be. */
  FRAMES_PER_SECOND: z.coerce.number().int().positive().optional(),
  CURSOR_SECRET: secret(),
})
export type ChatEnv = z.infer<typeof ChatEnv>
