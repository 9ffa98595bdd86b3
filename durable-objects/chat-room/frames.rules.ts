import { ClientFrame, FRAME_BYTES_MAX, type Message, type RoomFrame } from '#contracts/chat'
import type { MemberId } from '#contracts/ids'

/** What one socket may do. */
export type RoomLimits = {
  /** Sockets a member may have open in the room; the oldest goes. */
  socketsPerMemberMax: number
  /** Frames a second that a socket may send for long, and how many at once. */
  framesPerSecond: number
  frameBurst: number
}
export const ROOM_LIMITS: RoomLimits = { socketsPerMemberMax: 5, framesPerSecond: 20, frameBurst: 40 }

/** Frames refused in excess of the allowance before the socket is closed. */
const FRAME_DEBT_MAX = 100
/** Typing is passed on at most this often a member. */
const TYPING_EVERY_MS = 2_000

export type Bucket = { tokens: number; atMs: number }
export type FrameVerdict = 'taken' | 'refused' | 'abuse'

/** Counts one frame of a socket. Refused ones count too, so that whoever never pauses is closed in the end. */
export function countFrame(
  bucket: Bucket | undefined,
  limits: RoomLimits,
  nowMs: number,
): { verdict: FrameVerdict; bucket: Bucket } {
  const before = bucket ?? { tokens: limits.frameBurst, atMs: nowMs }
  const refilled = before.tokens + (Math.max(0, nowMs - before.atMs) / 1_000) * limits.framesPerSecond
  const tokens = Math.min(refilled, limits.frameBurst) - 1
  const verdict = tokens >= 0 ? 'taken' : tokens < -FRAME_DEBT_MAX ? 'abuse' : 'refused'
  return { verdict, bucket: { tokens, atMs: nowMs } }
}

/** Whether a member's typing is passed on now. */
export const passesTyping = (lastAtMs: number | undefined, nowMs: number): boolean =>
  lastAtMs === undefined || nowMs - lastAtMs >= TYPING_EVERY_MS

/** Whether a frame is larger than an honest one can be. UTF-8 has at most three bytes for each unit of a string. */
export const isOversized = (frame: string): boolean =>
  frame.length > FRAME_BYTES_MAX ||
  (frame.length * 3 > FRAME_BYTES_MAX && new TextEncoder().encode(frame).length > FRAME_BYTES_MAX)

/** What a client said, or null when it is none of the contract's frames. */
export function readFrame(text: string): ClientFrame | null {
  try {
    return ClientFrame.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** The id a refused frame would have had, so that its sender knows which message was refused. */
export const clientIdOf = (frame: ClientFrame | null): { clientId?: string } =>
  frame?.t === 'send' ? { clientId: frame.clientId } : {}

export const messageFrame = (message: Message): RoomFrame => ({ t: 'message', ...message })

/** Presence as one text, to see whether it changed. */
export const presenceKey = (present: readonly MemberId[]): string => present.toSorted().join(' ')
