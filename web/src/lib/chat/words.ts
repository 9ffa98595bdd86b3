import type { Message, Room, SystemLine } from '#contracts/chat'
import type { GroupBuyState } from '#contracts/group-buys'
import type { ListingStatus } from '#contracts/listings'
import { won } from '$lib/format/words.ts'
import { m } from '$lib/paraglide/messages.js'
import { getLocale } from '$lib/paraglide/runtime.js'
import type { RoomState } from './room-state.ts'

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
/** The day something is over. */
export const endWords = (at: string) => written(at, { month: 'long', day: 'numeric' })
export const clockWords = (at: string) => written(at, { hour: 'numeric', minute: '2-digit' })
export const meetingWords = (at: string) =>
  written(at, { month: 'long', day: 'numeric', weekday: 'short', hour: 'numeric', minute: '2-digit' })

const STATUS_LINES: Record<ListingStatus, () => string> = {
  on_sale: m.chat_line_on_sale,
  reserved: m.chat_line_reserved,
  sold: m.chat_line_sold,
  hidden: m.chat_line_hidden,
}

/** What somebody is called; null where it is not known. */
export type NameOf = (id: string) => string | null

const GROUP_LINES: Record<GroupBuyState, () => string> = {
  recruiting: m.gb_state_recruiting,
  filled: m.chat_line_gb_filled,
  purchasing: m.chat_line_gb_purchasing,
  arrived: m.chat_line_gb_arrived,
  handing_over: m.gb_state_handing_over,
  settled: m.chat_line_gb_settled,
  failed: m.chat_line_gb_failed,
  cancelled: m.chat_line_gb_cancelled,
}

/** A line the room wrote itself, as this reader is told it. */
export function systemWords(line: SystemLine, me: string, nameOf: NameOf): string {
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
      return line.memberId === me
        ? m.chat_line_left_me()
        : m.chat_line_left({ name: nameOf(line.memberId) ?? m.chat_somebody() })
    case 'joined':
      return line.memberId === me
        ? m.chat_line_joined_me()
        : m.chat_line_joined({ name: nameOf(line.memberId) ?? m.chat_somebody() })
    case 'group_buy_state':
      return GROUP_LINES[line.state]()
    case 'appointment_set':
      return m.chat_line_appointment_set(meeting(line.appointment))
    case 'appointment_cancelled':
      return m.chat_line_appointment_cancelled(meeting(line.appointment))
    case 'appointment_due':
      return m.chat_line_appointment_due(meeting(line.appointment))
  }
}
const meeting = ({ place, at }: { place: string; at: string }) => ({ place, when: meetingWords(at) })

/** A message in one line, for the list of rooms. Among many it says who speaks. */
export function previewOf(message: Message, me: string, nameOf: NameOf, isGroup: boolean): string {
  if (message.removed) return m.chat_removed()
  if (message.system) return systemWords(message.system, me, nameOf)
  const words = message.kind === 'image' ? m.chat_photo() : (message.text ?? '')
  if (message.senderId === me) return m.chat_preview_mine({ words })
  const name = isGroup && message.senderId !== null ? nameOf(message.senderId) : null
  return name === null ? words : m.chat_preview_of({ name, words })
}

/** Who of the others is here or writes; a group's says how many it is. */
export function presenceWords(room: Room, log: Pick<RoomState, 'typing' | 'present' | 'faces'>): string {
  if (room.kind === 'listing') {
    if (log.typing.has(room.peer.id)) return m.chat_typing()
    return log.present.has(room.peer.id) ? m.chat_present() : ''
  }
  const [typing] = log.typing.keys()
  if (typing !== undefined)
    return m.chat_group_typing({ name: log.faces.get(typing)?.nickname ?? m.chat_somebody() })
  return m.chat_group_count({ count: String(room.members.count) })
}

/** Who or what a room is called after. */
export function titleOf(room: Room): string {
  if (room.kind === 'group_buy') return room.groupBuy.title
  return room.peerWithdrawn ? m.member_withdrawn() : room.peer.nickname
}

const REFUSALS: Record<string, () => string> = {
  MEMBER_BLOCKED: m.chat_refused_blocked,
  ROOM_CLOSED: m.chat_refused_closed,
  TOO_MANY_REQUESTS: m.chat_refused_fast,
  TOO_OLD: m.chat_refused_old,
}
/** Why the room did not take a message. */
export const refusalWords = (code: string): string =>
  (Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined)?.() ?? m.chat_refused()
