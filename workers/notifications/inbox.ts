import type { MemberId } from '#contracts/ids'
import type { Notification } from '#contracts/notifications'
import { type Line, MembersInbox, type Outside } from '#do/inbox/index'
import { readEnv } from '#kit/env'
import type { Locale } from '#kit/problem'
import { devicesOf } from './device.store.ts'
import { NotificationsEnv } from './env.ts'
import { writeTo } from './letter.service.ts'
import { notificationOf } from './notification.rules.ts'
import { pushTo } from './push.service.ts'

/** A member's inbox (durable-objects/inbox), in the words of this worker. */
export class Inbox extends MembersInbox<object> {
  protected override show(line: Line, locale: Locale): Notification {
    return notificationOf(line, locale)
  }

  protected override outside(): Outside {
    const env = readEnv(NotificationsEnv, this.env)
    return {
      devicesOf: async (owner) =>
        (await devicesOf(env.DB, owner)).map((device) => ({
          id: device.id,
          push: (line, unread) => pushTo(env, device, line, unread),
        })),
      mail: (owner, line, locale) => writeTo(env, owner, line, locale),
    }
  }
}

/** The one inbox of a member. */
export const inboxOf = (env: Pick<NotificationsEnv, 'INBOX'>, memberId: MemberId) =>
  env.INBOX.getByName(memberId)
