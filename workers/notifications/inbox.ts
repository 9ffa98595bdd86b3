import type { MemberId } from '#contracts/ids'
import type { Notification } from '#contracts/notifications'
import { type Line, MembersInbox } from '#do/inbox/index'
import type { Locale } from '#kit/problem'
import type { NotificationsEnv } from './env.ts'
import { notificationOf } from './notification.rules.ts'

/** A member's inbox (durable-objects/inbox), in the words of this worker. */
export class Inbox extends MembersInbox<object> {
  protected override show(line: Line, locale: Locale): Notification {
    return notificationOf(line, locale)
  }
}

/** The one inbox of a member. */
export const inboxOf = (env: Pick<NotificationsEnv, 'INBOX'>, memberId: MemberId) =>
  env.INBOX.getByName(memberId)
