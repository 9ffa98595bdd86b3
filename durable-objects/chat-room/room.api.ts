import type { CLOSE_CODES, Message, MessagePage, SendMessage, SystemLine } from '#contracts/chat'
import type { Result } from '#contracts/errors'
import type { GroupBuyId, ImageId, ListingId, MemberId, RoomId } from '#contracts/ids'
import type { Image } from '#contracts/media'

/** What a room is made from; it never changes. A group's room is empty until it is told who is in it (`gather`). */
export type RoomSeed = { roomId: RoomId; openedAtMs: number } & (
  | { kind: 'listing'; listingId: ListingId; sellerId: MemberId; buyerId: MemberId }
  | { kind: 'group_buy'; groupBuyId: GroupBuyId; hostId: MemberId }
)

/** Who is in a group's room, its host too. A later version is newer news; an older one changes nothing. */
export type RoomGathering = { version: number; memberIds: MemberId[] }

/** A message to be stored: a photo has been hung on the room by the worker before. */
export type Posting = SendMessage & { image?: Image }

/**
 * The object of one room, as the chat worker calls it. Its SQLite is the truth about messages, marks and membership; every decision is one
 * synchronous transaction. A refusal is a value: NOT_FOUND for who is no member, ROOM_CLOSED, MEMBER_BLOCKED, CLIENT_ID_REUSED …
 */
export interface RoomObject extends Rpc.DurableObjectBranded {
  /** Makes the room; a second call with the same seed changes nothing. */
  open(seed: RoomSeed): Promise<void>
  /** A one-use ticket for a socket, good for TICKET_LIVES_MS and until the member's session ends at `sessionEndsAtMs`. */
  ticket(memberId: MemberId, sessionEndsAtMs: number): Promise<Result<{ ticket: string }>>
  /** The socket: `GET …?ticket=&afterSeq=&afterRevision=` with an upgrade. */
  fetch(request: Request): Promise<Response>
  /** Stores a message and answers it; `replayed` when this clientId was stored before with the same body. Acked only once stored. */
  send(memberId: MemberId, posting: Posting): Promise<Result<{ message: Message; replayed: boolean }>>
  /** Moves a member's read mark forward, never back, never past the last message. */
  read(memberId: MemberId, seq: number): Promise<Result<{ seq: number }>>
  edit(memberId: MemberId, seq: number, text: string): Promise<Result<Message>>
  /** Takes a message back; answers the photo to be purged, if it had one. */
  remove(memberId: MemberId, seq: number): Promise<Result<{ message: Message; imageId: ImageId | null }>>
  history(
    memberId: MemberId,
    query: { beforeSeq?: number; afterSeq?: number; limit: number },
  ): Promise<Result<MessagePage>>
  mute(memberId: MemberId, untilMs: number | null): Promise<Result<null>>
  /**
   * The member leaves: their list no longer shows the room, their sockets close; a later message or opening brings it back. In a group they
   * stay one of it, so nobody is told.
   */
  leave(memberId: MemberId): Promise<Result<null>>
  /** `by` blocks `blocked` (or no longer): nobody of the two can send while one blocks the other. A group goes on talking. */
  setBlocked(by: MemberId, blocked: MemberId, isBlocked: boolean): Promise<void>
  /**
   * Lets in and out of a group's room until exactly these are in it; each gets a line, and who is out loses tickets, sockets and marks.
   * Repeated it changes nothing; a room of two knows nothing of it.
   */
  gather(gathering: RoomGathering): Promise<void>
  /** A system line, once for each `source` (an event id): repeating it changes nothing. `close` ends the talking for good. */
  note(source: string, line: SystemLine, close?: { purgeAtMs: number }): Promise<void>
  /** For the operator: the message and up to 10 on each side, with what was hidden. */
  evidence(seq: number): Promise<Result<Message[]>>
  hide(seq: number, hidden: boolean): Promise<Result<{ senderId: MemberId }>>
  /** Ends every socket of a member (a withdrawal, a suspension). */
  disconnect(memberId: MemberId, code: (typeof CLOSE_CODES)[keyof typeof CLOSE_CODES]): Promise<void>
  /** Removes everything the room holds. Running twice finds nothing. */
  purge(): Promise<void>
}

/** How a member stands in a room, for the lists. */
export type MemberMark = {
  memberId: MemberId
  lastReadSeq: number
  mutedUntilMs: number | null
  leftAtMs: number | null
}

/**
 * What a room tells its worker by alarm, to be written to D1 in one batch. It may come twice, and then carries the same version:
 * the older never overwrites the newer. When it fails it comes again, later and later.
 */
export type RoomFlush = {
  roomId: RoomId
  /** Rises with every change of the room. */
  version: number
  lastSeq: number
  lastMessage: Message | null
  members: MemberMark[]
  /** Which of the two blocks the other. */
  blockedBy: MemberId[]
  state: 'open' | 'closed'
  purgeAtMs: number | null
  /** Messages that are new or changed since the last flush that succeeded, at most 100: for the search in my messages. */
  messages: Message[]
  /** Who is to be told of which new message: not who looks at the room, muted it or wrote it. */
  tellings: { seq: number; recipientIds: MemberId[] }[]
  /** Members who by now have read everything up to here, and with it something they were told of and had not read at the last flush. */
  reads: { memberId: MemberId; seq: number }[]
}
/** The chat worker's part of the alarm. It throws when D1 is out of reach; the room then tries again. */
export type Flush<Env> = (env: Env, flush: RoomFlush) => Promise<void>
