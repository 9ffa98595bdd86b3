import { z } from 'zod'
import type { IdentityApi } from '#contracts/identity.api'
import type { MembersInbox } from '#do/inbox/index'
import { binding, secret } from '#kit/env'

export const NotificationsEnv = z.object({
  DB: binding<D1Database>(),
  IDENTITY: binding<Service<IdentityApi>>(),
  INBOX: binding<DurableObjectNamespace<MembersInbox<object>>>(),
  /** Where push services are played; absent in production. */
  PUSH_HTTP: binding<Fetcher>().optional(),
  /** `{ publicKey, privateKey }`, base64url: what push services know us by. */
  VAPID_KEYS: z.string().min(100),
  VAPID_SUBJECT: z.string().min(5),
  CURSOR_SECRET: secret(),
})
export type NotificationsEnv = z.infer<typeof NotificationsEnv>
