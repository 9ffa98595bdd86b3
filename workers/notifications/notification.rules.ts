import type { Notification } from '#contracts/notifications'
import type { Line } from '#do/inbox/line'
import { toIso } from '#kit/clock'
import { type Language, Params } from './params.rules.ts'
import { wordsOf } from './words.rules.ts'

/** A line of the inbox as its member reads it. */
export const notificationOf = (line: Line, language: Language): Notification => ({
  id: line.id,
  type: line.type,
  ...wordsOf(Params.parse(JSON.parse(line.params)), line.count, language),
  url: line.url,
  photo: line.photo,
  count: line.count,
  readAt: line.readAtMs === null ? null : toIso(line.readAtMs),
  at: toIso(line.atMs),
})
