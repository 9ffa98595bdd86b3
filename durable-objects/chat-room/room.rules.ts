import { z } from 'zod'
import { DELETE_WINDOW_MS, EDIT_WINDOW_MS, type Message, SystemLine } from '#contracts/chat'
import type { ErrorCode } from '#contracts/errors'
import { GUARDRAIL_RULES } from '#contracts/guardrail'
import type { ImageId, MemberId } from '#contracts/ids'
import { Image } from '#contracts/media'
import type { Facts } from './facts.store.ts'
import type { MemberRow } from './members.store.ts'
import type { MessageRow } from './messages.store.ts'
import type { MemberMark, Posting } from './room.api.ts'

/** The first wait after a failed flush, and the longest. */
const FLUSH_RETRY_FIRST_MS = 1_000
const FLUSH_RETRY_MAX_MS = 5 * 60_000

/** Who let a group's word lie unread is told of the next no sooner than this: at most so often, however much is said. */
const TOLD_AGAIN_AFTER_MS = 60 * 60_000

const Warnings = z.array(z.enum(GUARDRAIL_RULES))

/** A message as its readers see it: what was taken back or hidden has lost its text, photo and warnings. */
export function shownMessage(row: MessageRow): Message {
  const whole = wholeMessage(row)
  if (whole.removed === null) return whole
  const { text: _text, image: _image, ...rest } = whole
  return { ...rest, warnings: [] }
}

/** A message with everything, also what its readers no longer see: for the operator. */
export function wholeMessage(row: MessageRow): Message {
  return {
    seq: row.seq,
    clientId: row.client_id,
    senderId: row.sender_id,
    kind: row.kind,
    ...(row.text === null ? {} : { text: row.text }),
    ...(row.image === null ? {} : { image: Image.parse(JSON.parse(row.image)) }),
    ...(row.system === null ? {} : { system: SystemLine.parse(JSON.parse(row.system)) }),
    warnings: row.warnings === '[]' ? [] : Warnings.parse(JSON.parse(row.warnings)),
    at: new Date(row.at_ms).toISOString(),
    editedAt: row.edited_at_ms === null ? null : new Date(row.edited_at_ms).toISOString(),
    removed: row.is_hidden ? 'by_operator' : row.is_taken_back ? 'by_author' : null,
  }
}

/** Why nobody may write now, or null. A block silences both sides of a room of two alike; in a group nobody's block is kept. */
export function writingRefusal(
  facts: Pick<Facts, 'state'>,
  members: readonly Pick<MemberRow, 'blocks'>[],
): ErrorCode | null {
  if (facts.state === 'closed') return 'ROOM_CLOSED'
  return members.some(({ blocks }) => blocks === 1) ? 'MEMBER_BLOCKED' : null
}

/** Why this member may not change this message's text, or null. Another's message looks like none. */
export function editRefusal(row: MessageRow | null, memberId: MemberId, nowMs: number): ErrorCode | null {
  if (row?.sender_id !== memberId || row.kind !== 'text' || row.is_taken_back || row.is_hidden)
    return 'NOT_FOUND'
  return nowMs - row.at_ms > EDIT_WINDOW_MS ? 'EDIT_WINDOW_OVER' : null
}

/** Why this member may not take this message back, or null. One already taken back is simply so. */
export function removeRefusal(row: MessageRow | null, memberId: MemberId, nowMs: number): ErrorCode | null {
  if (row?.sender_id !== memberId) return 'NOT_FOUND'
  return nowMs - row.at_ms > DELETE_WINDOW_MS && !row.is_taken_back ? 'EDIT_WINDOW_OVER' : null
}

/**
 * Who is told of a new message: not its sender, not who looks at the room now, not who muted it. In a group not who was told a while ago and
 * has not come to read it either.
 */
export function recipientsOf(
  members: readonly Omit<MemberRow, 'read_version' | 'left_at_ms' | 'blocks'>[],
  message: { senderId: MemberId; kind: Facts['kind']; atMs: number },
  isPresent: (memberId: MemberId) => boolean,
): MemberId[] {
  const { senderId, kind, atMs } = message
  return members
    .filter((row) => {
      const isMuted = row.muted_until_ms !== null && row.muted_until_ms > atMs
      const isAwaited = row.told_seq > row.last_read_seq && atMs - row.told_at_ms < TOLD_AGAIN_AFTER_MS
      if (row.member_id === senderId || isMuted || (kind === 'group_buy' && isAwaited)) return false
      return !isPresent(row.member_id)
    })
    .map(({ member_id }) => member_id)
}

/** Who came and who went, to make those who are in it these. */
export function comings(
  members: readonly Pick<MemberRow, 'member_id'>[],
  memberIds: readonly MemberId[],
): { came: MemberId[]; went: MemberId[] } {
  const before = new Set(members.map(({ member_id }) => member_id))
  const after = new Set(memberIds)
  return {
    came: [...after].filter((id) => !before.has(id)),
    went: [...before].filter((id) => !after.has(id)),
  }
}

export const markOf = (row: MemberRow): MemberMark => ({
  memberId: row.member_id,
  lastReadSeq: row.last_read_seq,
  mutedUntilMs: row.muted_until_ms,
  leftAtMs: row.left_at_ms,
})

export const readMarkOf = (row: MemberRow) => ({ memberId: row.member_id, seq: row.last_read_seq })

export const imageIdOf = (row: MessageRow): ImageId | null =>
  row.image === null ? null : Image.parse(JSON.parse(row.image)).id

/** How long to wait after this many failures in a row: doubling, bounded, for ever. */
export const flushRetryMs = (failures: number): number =>
  Math.min(FLUSH_RETRY_FIRST_MS * 2 ** Math.min(failures, 20), FLUSH_RETRY_MAX_MS)

/** Whether a stored message is this posting as it was first sent. */
export const isSameBody = (row: MessageRow, posting: Posting): boolean =>
  posting.kind === 'text'
    ? (row.sent_text ?? row.text) === posting.text
    : row.kind === 'image' && imageIdOf(row) === posting.imageId
