import type { Message, MessagePage, RoomFrame, SendMessage } from '#contracts/chat'
import type { Seller } from '#contracts/listings'
import type { Image } from '#contracts/media'

/** What I wrote and the room has not confirmed yet. `clientId` makes sending it again harmless. */
export type Unsent = { clientId: string; body: SendMessage; image: Image | null; atMs: number }
export type Pending = Unsent & {
  step:
    | { kind: 'waiting' }
    | { kind: 'sending' }
    | { kind: 'stored'; seq: number }
    | { kind: 'failed'; code: string }
}

/** A room as this page knows it. It only ever grows: frames may come twice, late, or in any order. */
export type RoomState = {
  me: string
  /** By rising seq; a hole means that messages are still on their way. */
  messages: readonly Message[]
  /** Changed messages of a part that is not loaded: they win over an older reading of that part. */
  strays: ReadonlyMap<number, Message>
  hasOlder: boolean
  lastSeq: number
  /** Up to where changes are known; what a reconnect asks from. */
  revision: number
  reads: ReadonlyMap<string, number>
  /** Whoever is named here, as far as it is known. */
  faces: ReadonlyMap<string, Seller>
  present: ReadonlySet<string>
  typing: ReadonlyMap<string, number>
  state: 'open' | 'closed'
  pending: readonly Pending[]
}

export type RoomEvent =
  | { kind: 'frame'; frame: RoomFrame; nowMs: number }
  | { kind: 'page'; page: MessagePage; side: 'latest' | 'older' | 'newer' }
  | { kind: 'changed'; message: Message }
  | { kind: 'faces'; faces: readonly Seller[] }
  | { kind: 'enqueued'; unsent: Unsent }
  | { kind: 'sending'; clientId: string }
  | { kind: 'requeued'; clientId: string }
  | { kind: 'read'; seq: number }
  | { kind: 'failed'; clientId: string; code: string }
  | { kind: 'dropped'; clientId: string }
  | { kind: 'lost' }
  | { kind: 'tick'; nowMs: number }

/** Someone who has not typed for this long has stopped. */
export const TYPING_SHOWN_MS = 4_000

export const emptyRoom = (me: string, state: RoomState['state']): RoomState => ({
  me,
  messages: [],
  strays: new Map(),
  hasOlder: false,
  lastSeq: 0,
  revision: 0,
  reads: new Map(),
  faces: new Map(),
  present: new Set(),
  typing: new Map(),
  state,
  pending: [],
})

/** The room after something happened. Pure: the same events in another order end in the same messages. */
export function roomAfter(room: RoomState, event: RoomEvent): RoomState {
  switch (event.kind) {
    case 'frame':
      return afterFrame(room, event.frame, event.nowMs)
    case 'page':
      return afterPage(room, event.page, event.side)
    case 'changed':
      return { ...room, messages: replaced(room.messages, event.message) }
    case 'faces':
      return { ...room, faces: withFaces(room.faces, event.faces) }
    case 'enqueued':
      return afterEnqueued(room, event.unsent)
    case 'sending':
      return stepped(room, event.clientId, { kind: 'sending' })
    case 'requeued':
      return stepped(room, event.clientId, { kind: 'waiting' })
    case 'read':
      return { ...room, reads: withRead(room.reads, { memberId: room.me, seq: event.seq }) }
    case 'failed':
      return stepped(room, event.clientId, { kind: 'failed', code: event.code })
    case 'dropped':
      return { ...room, pending: room.pending.filter(({ clientId }) => clientId !== event.clientId) }
    case 'lost':
      return afterLost(room)
    case 'tick':
      return afterTick(room, event.nowMs)
  }
}

function afterFrame(room: RoomState, frame: RoomFrame, nowMs: number): RoomState {
  switch (frame.t) {
    case 'hello':
      return {
        ...room,
        lastSeq: Math.max(room.lastSeq, frame.lastSeq),
        reads: frame.reads.reduce(withRead, room.reads),
        present: new Set(frame.present),
        state: frame.state,
      }
    case 'message': {
      const { t: _, ...message } = frame
      const typing = new Map(room.typing)
      if (message.senderId) typing.delete(message.senderId)
      return withMessages({ ...room, typing }, [message])
    }
    case 'changed':
      return afterChanged(room, frame.message, frame.revision)
    case 'ack':
      return afterAck(room, frame.clientId, frame.seq)
    case 'read':
      return { ...room, reads: withRead(room.reads, frame) }
    case 'presence':
      return { ...room, present: new Set(frame.members) }
    case 'typing':
      if (frame.memberId === room.me) return room
      return { ...room, typing: new Map(room.typing).set(frame.memberId, nowMs + TYPING_SHOWN_MS) }
    case 'state':
      return { ...room, state: frame.state }
    case 'error':
      if (frame.clientId === undefined) return room
      return stepped(room, frame.clientId, { kind: 'failed', code: frame.code })
    case 'pong':
      return room
  }
}

const withFaces = (known: ReadonlyMap<string, Seller>, faces: readonly Seller[]) =>
  faces.length === 0 ? known : new Map([...known, ...faces.map((face): [string, Seller] => [face.id, face])])

/** Who somebody named here is not known by name yet. */
export const isStrange = ({ faces }: RoomState, { senderId, system }: Message): boolean =>
  [senderId, system && 'memberId' in system ? system.memberId : null].some(
    (id) => id !== null && !faces.has(id),
  )

/** How many of the others have not read so far; who went is none of them. */
export function unreadBy({ me, reads, messages }: RoomState, seq: number): number {
  const gone = new Set<string>()
  for (const { system } of messages) {
    if (system?.kind === 'left') gone.add(system.memberId)
    if (system?.kind === 'joined') gone.delete(system.memberId)
  }
  return [...reads].filter(([id, readSeq]) => id !== me && !gone.has(id) && readSeq < seq).length
}

/** A mark only moves forward, whichever of two devices' frames comes last. */
function withRead(reads: ReadonlyMap<string, number>, mark: { memberId: string; seq: number }) {
  if ((reads.get(mark.memberId) ?? -1) >= mark.seq) return reads
  return new Map(reads).set(mark.memberId, mark.seq)
}

function afterPage(room: RoomState, page: MessagePage, side: 'latest' | 'older' | 'newer'): RoomState {
  const isNewest = page.revision >= room.revision
  const items = page.items.map((message) => room.strays.get(message.seq) ?? message)
  const known = isNewest ? items.reduce(replaced, room.messages) : room.messages
  // Only the first reading is whole; a later part says nothing of changes outside it.
  const revision = room.messages.length === 0 ? Math.max(room.revision, page.revision) : room.revision
  const reads = page.reads.reduce(withRead, room.reads)
  const faces = withFaces(room.faces, page.faces ?? [])
  const grown = withMessages({ ...room, messages: known, revision, reads, faces }, items)
  return {
    ...grown,
    hasOlder: side === 'newer' ? room.hasOlder : page.hasOlder,
    lastSeq: Math.max(grown.lastSeq, page.lastSeq),
  }
}

function withMessages(room: RoomState, found: readonly Message[]): RoomState {
  const known = new Set(room.messages.map(({ seq }) => seq))
  const fresh = found.filter(({ seq }) => !known.has(seq))
  const mine = new Set(found.flatMap(({ senderId, clientId }) => (senderId === room.me ? [clientId] : [])))
  const pending = room.pending.filter(({ clientId }) => !mine.has(clientId))
  if (fresh.length === 0 && pending.length === room.pending.length) return room
  const messages = [...room.messages, ...fresh].sort((a, b) => a.seq - b.seq)
  return { ...room, messages, pending, lastSeq: Math.max(room.lastSeq, messages.at(-1)?.seq ?? 0) }
}

function replaced(messages: readonly Message[], changed: Message): readonly Message[] {
  if (!messages.some(({ seq }) => seq === changed.seq)) return messages
  return messages.map((message) => (message.seq === changed.seq ? changed : message))
}

function afterChanged(room: RoomState, message: Message, revision: number): RoomState {
  const isKnown = room.messages.some(({ seq }) => seq === message.seq)
  return {
    ...room,
    revision: Math.max(room.revision, revision),
    messages: replaced(room.messages, message),
    strays: isKnown ? room.strays : new Map(room.strays).set(message.seq, message),
  }
}

function afterEnqueued(room: RoomState, unsent: Unsent): RoomState {
  const isKnown =
    room.pending.some(({ clientId }) => clientId === unsent.clientId) ||
    room.messages.some(({ senderId, clientId }) => senderId === room.me && clientId === unsent.clientId)
  if (isKnown) return room
  return { ...room, pending: [...room.pending, { ...unsent, step: { kind: 'waiting' } }] }
}

/** An ack may come before its message, after it, or a second time for a message sent again. */
function afterAck(room: RoomState, clientId: string, seq: number): RoomState {
  if (room.messages.some((message) => message.seq === seq))
    return { ...room, pending: room.pending.filter((pending) => pending.clientId !== clientId) }
  return stepped(room, clientId, { kind: 'stored', seq })
}

function stepped(room: RoomState, clientId: string, step: Pending['step']): RoomState {
  const pending = room.pending.map((item) => (item.clientId === clientId ? { ...item, step } : item))
  return { ...room, pending }
}

/** The line went: what was on its way may or may not have arrived, so it is sent again under its own id. */
function afterLost(room: RoomState): RoomState {
  const pending = room.pending.map(
    (item): Pending => (item.step.kind === 'sending' ? { ...item, step: { kind: 'waiting' } } : item),
  )
  return { ...room, pending, present: new Set(), typing: new Map() }
}

function afterTick(room: RoomState, nowMs: number): RoomState {
  const typing = new Map([...room.typing].filter(([, untilMs]) => untilMs > nowMs))
  return typing.size === room.typing.size ? room : { ...room, typing }
}

/** The last message up to which nothing is missing: where a reconnect goes on, and what may be called read. */
export function wholeUpTo({ messages }: RoomState): number {
  let upTo = messages[0]?.seq ?? 0
  for (const { seq } of messages) {
    if (seq > upTo + 1) break
    upTo = seq
  }
  return upTo
}

/** Is something between two messages, or known to be stored, missing here? */
export function hasGap(room: RoomState): boolean {
  const upTo = wholeUpTo(room)
  const isStored = room.pending.some(({ step }) => step.kind === 'stored' && step.seq > upTo)
  return (room.messages.at(-1)?.seq ?? 0) > upTo || isStored
}

/** What is to be sent now, in the order it was written. */
export const toSend = ({ pending }: RoomState): Pending[] =>
  pending.filter(({ step }) => step.kind === 'waiting').sort((a, b) => a.atMs - b.atMs)
