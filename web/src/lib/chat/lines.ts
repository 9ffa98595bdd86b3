import type { Message } from '#contracts/chat'
import type { Pending } from './room-state.ts'

export type Line =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'unread'; key: string }
  | { kind: 'system'; key: string; message: Message }
  | { kind: 'said'; key: string; message: Message; isMine: boolean; isFirst: boolean; isLast: boolean }
  | { kind: 'pending'; key: string; pending: Pending }

type Clock = { dayOf: (at: string) => string; minuteOf: (at: string) => string }
type Given = { me: string; unreadAfter: number | null; clock: Clock }

/**
 * The log as it stands on the page: days parted, what one person said within a minute in one group, one mark where the unread
 * begins. A bubble keeps its key when the room confirms it, so that nothing jumps.
 */
export function linesOf(
  messages: readonly Message[],
  pending: readonly Pending[],
  { me, unreadAfter, clock }: Given,
): Line[] {
  const lines: Line[] = []
  let day = ''
  let isMarked = unreadAfter === null
  messages.forEach((message, index) => {
    const today = clock.dayOf(message.at)
    if (today !== day) lines.push({ kind: 'day', key: `day-${today}`, at: message.at })
    const isNewDay = today !== day
    day = today
    const marksHere = !isMarked && message.seq > (unreadAfter ?? 0) && message.senderId !== me
    if (marksHere) {
      isMarked = true
      lines.push({ kind: 'unread', key: 'unread' })
    }
    if (message.kind === 'system') {
      lines.push({ kind: 'system', key: `seq-${message.seq}`, message })
      return
    }
    const next = messages[index + 1]
    const isFirst = isNewDay || marksHere || !isTogether(messages[index - 1], message, clock)
    const isLast = !next || !isTogether(message, next, clock)
    const key = message.senderId === me && message.clientId ? message.clientId : `seq-${message.seq}`
    lines.push({ kind: 'said', key, message, isMine: message.senderId === me, isFirst, isLast })
  })
  for (const item of pending) lines.push({ kind: 'pending', key: item.clientId, pending: item })
  return lines
}

const isTogether = (before: Message | undefined, after: Message, { minuteOf }: Clock): boolean =>
  before !== undefined &&
  before.kind !== 'system' &&
  after.kind !== 'system' &&
  before.senderId === after.senderId &&
  minuteOf(before.at) === minuteOf(after.at)
