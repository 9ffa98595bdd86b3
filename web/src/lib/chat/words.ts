import type { Message, SystemLine } from '#contracts/chat'
import type { ListingStatus } from '#contracts/listings'
import { won } from '$lib/format/words.ts'
import { m } from '$lib/paraglide/messages.js'
import { getLocale } from '$lib/paraglide/runtime.js'

// A server knows no reader's zone: it writes the town's time, and the browser its own where they differ.
const ZONE = typeof document === 'undefined' ? { timeZone: 'Asia/Seoul' } : {}
/** Swedish writes 2026-11-21 16:05: a key that sorts. */
const keys = new Intl.DateTimeFormat('sv-SE', {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  ...ZONE,
})
const DAY_LENGTH = '2026-11-21'.length

/** The reader's own days and minutes. */
export const readersClock = {
  dayOf: (at: string) => keys.format(new Date(at)).slice(0, DAY_LENGTH),
  minuteOf: (at: string) => keys.format(new Date(at)),
}

const written = (at: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(getLocale(), { ...options, ...ZONE }).format(new Date(at))

export const dayWords = (at: string) =>
  written(at, { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' })
export const clockWords = (at: string) => written(at, { hour: 'numeric', minute: '2-digit' })
export const meetingWords = (at: string) =>
  written(at, { month: 'long', day: 'numeric', weekday: 'short', hour: 'numeric', minute: '2-digit' })

const STATUS_LINES: Record<ListingStatus, () => string> = {
  on_sale: m.chat_line_on_sale,
  reserved: m.chat_line_reserved,
  sold: m.chat_line_sold,
  hidden: m.chat_line_hidden,
}

/** A line the room wrote itself, as this reader is told it. */
export function systemWords(line: SystemLine, me: string, peer: string): string {
  switch (line.kind) {
    case 'price_changed':
      return m.chat_line_price({ from: won(line.from), to: won(line.to) })
    case 'status_changed':
      return STATUS_LINES[line.status]()
    case 'listing_deleted':
      return m.chat_line_deleted()
    case 'sold_here':
      return m.chat_line_sold_here()
    case 'sold_elsewhere':
      return m.chat_line_sold_elsewhere()
    case 'sale_undone':
      return m.chat_line_sale_undone()
    case 'paid':
      return m.chat_line_paid({ amount: won(line.amount) })
    case 'payment_cancelled':
      return m.chat_line_payment_cancelled()
    case 'payment_disputed':
      return m.chat_line_payment_disputed()
    case 'dispute_decided':
      return line.refund === 0
        ? m.chat_line_dispute_decided()
        : m.chat_line_dispute_decided_refund({ refund: won(line.refund) })
    case 'left':
      return line.memberId === me ? m.chat_line_left_me() : m.chat_line_left({ name: peer })
    case 'appointment_set':
      return m.chat_line_appointment_set(meeting(line.appointment))
    case 'appointment_cancelled':
      return m.chat_line_appointment_cancelled(meeting(line.appointment))
    case 'appointment_due':
      return m.chat_line_appointment_due(meeting(line.appointment))
  }
}
const meeting = ({ place, at }: { place: string; at: string }) => ({ place, when: meetingWords(at) })

/** A message in one line, for the list of rooms. */
export function previewOf(message: Message, me: string, peer: string): string {
  if (message.removed) return m.chat_removed()
  if (message.system) return systemWords(message.system, me, peer)
  const words = message.kind === 'image' ? m.chat_photo() : (message.text ?? '')
  return message.senderId === me ? m.chat_preview_mine({ words }) : words
}

const REFUSALS: Record<string, () => string> = {
  MEMBER_BLOCKED: m.chat_refused_blocked,
  ROOM_CLOSED: m.chat_refused_closed,
  TOO_MANY_REQUESTS: m.chat_refused_fast,
}
/** Why the room did not take a message. */
export const refusalWords = (code: string): string =>
  (Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined)?.() ?? m.chat_refused()
