import type { Message, ReadMark, RoomFrame } from '#contracts/chat'

type Fields = Record<string, unknown>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const isWords = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((word) => typeof word === 'string')
const isState = (value: unknown): value is 'open' | 'closed' => value === 'open' || value === 'closed'

function isMessage(value: unknown): value is Message {
  return (
    isFields(value) &&
    Number.isSafeInteger(value.seq) &&
    (value.kind === 'text' || value.kind === 'image' || value.kind === 'system') &&
    typeof value.at === 'string' &&
    isWords(value.warnings) &&
    (value.kind !== 'system' || isFields(value.system))
  )
}

const isMark = (value: unknown): value is ReadMark =>
  isFields(value) && typeof value.memberId === 'string' && Number.isSafeInteger(value.seq)

/** What each kind of frame must carry for the room to go on; the schemas themselves would cost a reader 20 KB. */
const CHECKS: Record<RoomFrame['t'], (frame: Fields) => boolean> = {
  hello: ({ lastSeq, revision, reads, present, state }) =>
    Number.isSafeInteger(lastSeq) &&
    Number.isSafeInteger(revision) &&
    Array.isArray(reads) &&
    reads.every(isMark) &&
    isWords(present) &&
    isState(state),
  message: isMessage,
  changed: ({ revision, message }) => Number.isSafeInteger(revision) && isMessage(message),
  ack: ({ clientId, seq }) => typeof clientId === 'string' && Number.isSafeInteger(seq),
  read: isMark,
  presence: ({ members }) => isWords(members),
  typing: ({ memberId }) => typeof memberId === 'string',
  state: ({ state }) => isState(state),
  error: ({ code, clientId }) =>
    typeof code === 'string' && (clientId === undefined || typeof clientId === 'string'),
  pong: () => true,
}

const isFrame = (value: unknown): value is RoomFrame => {
  if (!isFields(value) || typeof value.t !== 'string' || !Object.hasOwn(CHECKS, value.t)) return false
  return Object.entries(CHECKS).some(([name, check]) => name === value.t && check(value))
}

/** A frame of the room, or null for anything else: a newer room may say things this page does not know. */
export function readFrame(data: unknown): RoomFrame | null {
  if (typeof data !== 'string') return null
  try {
    const value: unknown = JSON.parse(data)
    return isFrame(value) ? value : null
  } catch {
    return null
  }
}
