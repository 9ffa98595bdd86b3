import type { z } from 'zod'
import { TICKET_LIVES_MS } from '#contracts/chat'
import type { Result } from '#contracts/errors'
import { MemberId, type NotificationId } from '#contracts/ids'
import {
  ALWAYS_TOLD,
  type EditPreferencesRequest,
  type Notification,
  type NotificationPage,
  type Preferences,
} from '#contracts/notifications'
import { nowMs } from '#kit/clock'
import { openCursor, openPage, sealCursor } from '#kit/page'
import type { Locale } from '#kit/problem'
import { ok, refuse } from '#kit/result'
import type { NotificationsEnv } from './env.ts'
import { inboxOf } from './inbox.ts'
import { notificationOf } from './notification.rules.ts'

type Reader = { memberId: MemberId; locale: Locale }

/** A page of the member's notifications, the latest first. */
export async function listNotifications(
  env: NotificationsEnv,
  { memberId, locale }: Reader,
  query: { limit: number; cursor?: string | undefined; unread?: boolean | undefined },
): Promise<Result<NotificationPage>> {
  const isUnreadOnly = query.unread === true
  const list = `notifications ${memberId} ${isUnreadOnly}`
  const opened = openPage(env.CURSOR_SECRET, list, query.cursor)
  if (!opened.ok) return opened
  const [atMs, id] = opened.value ?? []
  const after = opened.value ? { atMs: Number(atMs), id: String(id) } : null
  const page = await inboxOf(env, memberId).list(after, isUnreadOnly, query.limit)
  const last = page.lines.at(-1)
  return ok({
    items: page.lines.map((line) => notificationOf(line, locale)),
    nextCursor: page.hasMore && last ? sealCursor(env.CURSOR_SECRET, list, [last.atMs, last.id]) : null,
    unread: page.unread,
  })
}

/** Marks one as read or unread. Another member's is not in this inbox, so it is simply not there. */
export async function mark(
  env: NotificationsEnv,
  { memberId, locale }: Reader,
  id: NotificationId,
  isRead: boolean,
): Promise<Result<Notification>> {
  const line = await inboxOf(env, memberId).mark(id, isRead)
  return line === null ? refuse('NOT_FOUND') : ok(notificationOf(line, locale))
}

/** Changes what a member wants to be told; what concerns their own rights cannot be turned off. */
export async function editPreferences(
  env: NotificationsEnv,
  memberId: MemberId,
  change: z.infer<typeof EditPreferencesRequest>,
): Promise<Result<Preferences>> {
  const refused = ALWAYS_TOLD.filter((type) => change.types?.[type] === false)
  if (refused.length > 0) {
    const errors = refused.map((type) => ({ path: `types.${type}`, message: 'cannot be turned off' }))
    return refuse('VALIDATION_FAILED', { errors })
  }
  return ok(await inboxOf(env, memberId).edit(change))
}

const TICKET_LIST = 'inbox socket'

/** A ticket names its inbox and is signed, so that a made-up one wakes nobody; the inbox lets it be used once. */
export async function issueTicket(
  env: NotificationsEnv,
  memberId: MemberId,
  sessionEndsAtMs: number,
): Promise<{ ticket: string; expiresIn: number; url: string }> {
  const one = await inboxOf(env, memberId).ticket(nowMs() + TICKET_LIVES_MS, sessionEndsAtMs)
  const ticket = sealCursor(env.CURSOR_SECRET, TICKET_LIST, [memberId, one])
  return { ticket, expiresIn: TICKET_LIVES_MS / 1000, url: `/api/v1/notifications/socket?ticket=${ticket}` }
}

/** Whose inbox a ticket opens and the ticket itself, or null when it is not one of ours. */
export function readTicket(
  env: NotificationsEnv,
  sealed: string,
): { memberId: MemberId; ticket: string } | null {
  const opened = openCursor(env.CURSOR_SECRET, TICKET_LIST, sealed)
  const memberId = MemberId.safeParse(opened.ok ? opened.value[0] : undefined)
  return opened.ok && memberId.success ? { memberId: memberId.data, ticket: String(opened.value[1]) } : null
}
