import type { NotificationId } from '#contracts/ids'
import type { ImageUrls } from '#contracts/media'
import type { NotificationType } from '#contracts/notifications'

/** A notification on its way into an inbox. `params` is what its words are made of, as JSON; only its worker reads it. */
export type Draft = {
  type: NotificationType
  params: string
  /** A path of our own pages. */
  url: string
  photo: ImageUrls | null
  /** While an unread line has this key, the draft makes it newer and counts it up rather than standing beside it. */
  collapseKey: string | null
  /** The place of what it tells in its sequence (a message's seq), so that what was read before it came is not told. */
  order: number | null
  /** How many happenings it stands for. */
  count: number
  /** When it happened. */
  atMs: number
  /** Whether it may be written to the member when it stays unread and no device takes it. */
  byMail: 'never' | 'unless_seen'
}

/** A notification as the inbox keeps it. */
export type Line = {
  id: NotificationId
  type: NotificationType
  params: string
  url: string
  photo: ImageUrls | null
  count: number
  readAtMs: number | null
  atMs: number
}

/** A line with its number: the place it was announced at. */
export type Announced = Line & { seq: number }
export type Place = { atMs: number; id: string }
export type LinePage = { lines: Line[]; hasMore: boolean; unread: number }

/** `known`: this source was handled before; `off`: the member does not want this type; `read`: it was read before it came. */
export type Taken = 'stored' | 'known' | 'off' | 'read' | 'gone'
