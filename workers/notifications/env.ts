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
  /** Where the pages are, `https://…` without a path; letters name only the path while it is not set. */
  SITE_ORIGIN: z.url().optional(),
  CURSOR_SECRET: secret(),
})
export type NotificationsEnv = z.infer<typeof NotificationsEnv>
