import { z } from 'zod'
import type { ChatApi } from '#contracts/chat.api'
import type { IdentityApi } from '#contracts/identity.api'
import type { MediaApi } from '#contracts/media.api'
import type { PaymentsApi } from '#contracts/payments.api'
import type { SlotClaimsObject } from '#do/slot-claims/claims.api'
import { binding, secret } from '#kit/env'

export const GroupBuysEnv = z.object({
  DB: binding<D1Database>(),
  SLOT_CLAIMS: binding<DurableObjectNamespace<SlotClaimsObject>>(),
  GROUP_BUY_FLOW: binding<Workflow>(),
  CHAT: binding<Service<ChatApi>>(),
  IDENTITY: binding<Service<IdentityApi>>(),
  MEDIA: binding<Service<MediaApi>>(),
  PAYMENTS: binding<Service<PaymentsApi>>(),
  SEARCH_INBOX: binding<Queue>(),
  CHAT_INBOX: binding<Queue>(),
  NOTIFICATIONS_INBOX: binding<Queue>(),
  CURSOR_SECRET: secret(),
})
export type GroupBuysEnv = z.infer<typeof GroupBuysEnv>
