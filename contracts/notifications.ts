import { z } from '@hono/zod-openapi'
import { DeviceId, NotificationId } from './ids.ts'
import { ImageUrls } from './media.ts'
import { PageQuery } from './page.ts'
import { text } from './text.ts'

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
  'wallet',
  'coupon',
  'group_buy',
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
    /** What may reach the member's devices outside of our pages, and what comes by mail when no device took it. */
    channels: z.object({
      push: z.record(NotificationType, z.boolean()),
      mail: z.record(NotificationType, z.boolean()),
    }),
    quietHours: z.union([QuietHours, z.null()]),
  })
  .openapi('NotificationPreferences')
export type Preferences = z.infer<typeof Preferences>
export const EditPreferencesRequest = z.strictObject({
  types: z.partialRecord(NotificationType, z.boolean()).optional(),
  channels: z
    .strictObject({
      push: z.partialRecord(NotificationType, z.boolean()).optional(),
      mail: z.partialRecord(NotificationType, z.boolean()).optional(),
    })
    .optional(),
  quietHours: z.union([QuietHours, z.null()]).optional(),
})

/** The newest so many devices of a member are kept; one more sends the one heard of longest ago away. */
export const DEVICES_MAX = 10

/** A browser's push subscription, as `PushSubscription.toJSON()` gives it. Its endpoint must be a known push service's. */
export const AddDeviceRequest = z
  .strictObject({
    endpoint: z.url({ protocol: /^https?$/ }).max(1024),
    keys: z.strictObject({
      p256dh: z.string().regex(/^[\w-]{86,88}=?$/),
      auth: z.string().regex(/^[\w-]{21,24}={0,2}$/),
    }),
    /** What the member recognises it by; else we name it by its browser. */
    label: text(1, 40).optional(),
  })
  .openapi('AddDeviceRequest')
export type AddDevice = z.infer<typeof AddDeviceRequest>

export const Device = z
  .object({
    id: DeviceId,
    label: z.string(),
    /** The push service's host. */
    host: z.string(),
    addedAt: z.iso.datetime(),
    /** When it last took a message; null when it never did. */
    reachedAt: z.iso.datetime().nullable(),
  })
  .openapi('Device')
export type Device = z.infer<typeof Device>
export const DeviceList = z.object({ items: z.array(Device) }).openapi('DeviceList')
/** The key a browser subscribes with (VAPID, base64url of the raw P-256 point). */
export const PushKey = z.object({ publicKey: z.string() }).openapi('PushKey')

/** What a push message carries to the service worker, in the member's language. */
export const PushPayload = z.object({
  id: NotificationId,
  type: NotificationType,
  title: z.string(),
  body: z.string(),
  url: z.string(),
  unread: z.int(),
})
export type PushPayload = z.infer<typeof PushPayload>
