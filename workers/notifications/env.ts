import { z } from 'zod'
import type { IdentityApi } from '#contracts/identity.api'
import type { MembersInbox } from '#do/inbox/index'
import { binding, secret } from '#kit/env'

export const NotificationsEnv = z.object({
  DB: binding<D1Database>(),
  IDENTITY: binding<Service<IdentityApi>>(),
  INBOX: binding<DurableObjectNamespace<MembersInbox<object>>>(),
  CURSOR_SECRET: secret(),
})
export type NotificationsEnv = z.infer<typeof NotificationsEnv>
