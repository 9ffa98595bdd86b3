import { z } from '@hono/zod-openapi'
import { NotificationId } from './ids.ts'
import { ImageUrls } from './media.ts'
import { PageQuery } from './page.ts'

export const NOTIFICATION_TYPES = [
  'comment',
  'reply',
  'wish',
  'chat',
  'listing_status',
  'price_drop',
  'appointment',
  'trade',
  'review',
  'keyword_alert',
  'moderation',
] as const
export const NotificationType = z.enum(NOTIFICATION_TYPES).openapi('NotificationType')
export type NotificationType = z.infer<typeof NotificationType>

/** Notices a member cannot turn off, nor put off to the morning: they are about the member's own rights. */
export const ALWAYS_TOLD: readonly NotificationType[] = ['moderation']

/** At most this many are kept; the oldest read ones go first, then the oldest. */
export const NOTIFICATIONS_KEPT_MAX = 500
export const NOTIFICATION_KEPT_MS = 90 * 24 * 60 * 60 * 1000

/** Title and body come in the asker's language. `url` is a path of our own pages. */
export const Notification = z
  .object({
    id: NotificationId,
    type: NotificationType,
    title: z.string(),
    body: z.string(),
    url: z.string(),
    photo: z.union([ImageUrls, z.null()]),
    /** How many happenings this line stands for (messages of one room collapse into one line). */
    count: z.int(),
    readAt: z.iso.datetime().nullable(),
    at: z.iso.datetime(),
  })
  .openapi('Notification')
export type Notification = z.infer<typeof Notification>

export const ListNotificationsQuery = PageQuery.extend({
  unread: z
    .enum(['true', 'false'])
    .transform((value) => value === 'true')
    .optional(),
})
export const NotificationPage = z
  .object({ items: z.array(Notification), nextCursor: z.string().nullable(), unread: z.int() })
  .openapi('NotificationPage')
export type NotificationPage = z.infer<typeof NotificationPage>

export const MarkNotificationRequest = z.strictObject({ read: z.boolean() })
export const UnreadNotifications = z.object({ unread: z.int() }).openapi('UnreadNotifications')
export type UnreadNotifications = z.infer<typeof UnreadNotifications>

/**
 * What the stream and the socket carry. On SSE the event's name is `t`, its id the inbox's own rising number, its data this
 * object; on the socket the number is in `id`. After a reconnect everything past the last id comes again, in order.
 */
export const InboxFrame = z.discriminatedUnion('t', [
  z.object({ t: z.literal('hello'), id: z.int(), unread: z.int() }),
  z.object({ t: z.literal('notification'), id: z.int(), unread: z.int(), notification: Notification }),
  /** Something was read or deleted, here or on another device. */
  z.object({ t: z.literal('gone'), id: z.int(), unread: z.int(), notificationId: NotificationId }),
  z.object({ t: z.literal('badge'), id: z.int(), unread: z.int() }),
])
export type InboxFrame = z.infer<typeof InboxFrame>

const Clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .openapi({ example: '22:00' })
const Zone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z_]+(?:\/[A-Za-z_+\-0-9]+)*$/)
  .refine(isKnownZone, { error: 'a zone of the IANA database' })
  .openapi({ type: 'string', example: 'Asia/Seoul' })

function isKnownZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** From and until on the clock of `zone`; may pass midnight. What comes then is told when it ends. */
export const QuietHours = z.strictObject({ from: Clock, until: Clock, zone: Zone }).openapi('QuietHours')
export type QuietHours = z.infer<typeof QuietHours>

export const Preferences = z
  .object({
    /** False: this type is not told at all. */
    types: z.record(NotificationType, z.boolean()),
    quietHours: z.union([QuietHours, z.null()]),
  })
  .openapi('NotificationPreferences')
export type Preferences = z.infer<typeof Preferences>
export const EditPreferencesRequest = z.strictObject({
  types: z.partialRecord(NotificationType, z.boolean()).optional(),
  quietHours: z.union([QuietHours, z.null()]).optional(),
})
