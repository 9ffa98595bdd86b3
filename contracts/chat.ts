import { z } from '@hono/zod-openapi'
import { GroupBuyState } from './group-buys.ts'
import { GUARDRAIL_RULES } from './guardrail.ts'
import { AppointmentId, GroupBuyId, ImageId, ListingId, MemberId, RoomId } from './ids.ts'
import { ListingStatus, Seller } from './listings.ts'
import { Image } from './media.ts'
import { PAGE_LIMIT_DEFAULT, PAGE_LIMIT_MAX, PageQuery } from './page.ts'
import { longText, text } from './text.ts'

export const MESSAGE_LENGTH_MAX = 1000
/** A frame larger than this closes the socket: the longest honest message is a third of it. */
export const FRAME_BYTES_MAX = 8 * 1024
/** How long its author may still change or take back a message. */
export const EDIT_WINDOW_MS = 10 * 60 * 1000
export const DELETE_WINDOW_MS = 60 * 60 * 1000
export const TICKET_LIVES_MS = 30_000
/** How often a client says it is still there, and after which silence it counts as gone. */
export const HEARTBEAT_MS = 15_000
export const ABSENT_AFTER_MS = 40_000
/**
 * A deleted listing's room stays readable this long as evidence, then goes with its messages and photos. The room of a group buy that
 * ended is talked in for as long.
 */
export const EVIDENCE_KEPT_MS = 30 * 24 * 60 * 60 * 1000

/** A room of more members than this tells nobody who has read, who looks on and who types: that grows with the square of them. */
export const CLOSE_KNIT_MAX = 50
/** Faces a group's room shows beside its name. */
export const ROOM_FACES_MAX = 4

/** Made by the client before it sends, so that a message sent again is the same message. */
export const ClientId = z
  .string()
  .regex(/^[\w-]{8,64}$/)
  .openapi({ example: 'c-01kaj5v0e8q6' })
/** A message's place in its room: 1, 2, 3 … without gaps. */
export const Seq = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
const SeqQuery = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)

/** An appointment as its card in the room shows it. */
export const AppointmentCard = z
  .object({ id: AppointmentId, place: z.string(), at: z.iso.datetime() })
  .openapi('AppointmentCard')

/** A line the room writes itself. `sold_elsewhere` never says to whom. */
export const SystemLine = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('price_changed'), from: z.int(), to: z.int() }),
    z.object({ kind: z.literal('status_changed'), status: ListingStatus }),
    z.object({ kind: z.literal('listing_deleted') }),
    z.object({ kind: z.literal('sold_here') }),
    z.object({ kind: z.literal('sold_elsewhere') }),
    z.object({ kind: z.literal('sale_undone') }),
    z.object({ kind: z.literal('paid'), amount: z.int() }),
    z.object({ kind: z.literal('payment_cancelled') }),
    z.object({ kind: z.literal('payment_disputed') }),
    z.object({ kind: z.literal('dispute_decided'), refund: z.int() }),
    z.object({ kind: z.literal('left'), memberId: MemberId }),
    z.object({ kind: z.literal('joined'), memberId: MemberId }),
    z.object({ kind: z.literal('group_buy_state'), state: GroupBuyState }),
    z.object({ kind: z.literal('appointment_set'), appointment: AppointmentCard, memberId: MemberId }),
    z.object({ kind: z.literal('appointment_cancelled'), appointment: AppointmentCard, memberId: MemberId }),
    z.object({ kind: z.literal('appointment_due'), appointment: AppointmentCard }),
  ])
  .openapi('SystemLine')
export type SystemLine = z.infer<typeof SystemLine>

export const Message = z
  .object({
    seq: Seq,
    /** Null on a system line. */
    clientId: z.string().nullable(),
    senderId: MemberId.nullable(),
    kind: z.enum(['text', 'image', 'system']),
    text: z.string().optional(),
    image: Image.optional(),
    system: SystemLine.optional(),
    /** Rules of the guardrail this text touches, shown to both; the message itself is always delivered. */
    warnings: z.array(z.enum(GUARDRAIL_RULES)),
    at: z.iso.datetime(),
    editedAt: z.iso.datetime().nullable(),
    /** Taken back by its author, or hidden by an operator: text and image are gone. */
    removed: z.union([z.enum(['by_author', 'by_operator']), z.null()]),
  })
  .openapi('Message')
export type Message = z.infer<typeof Message>

const TextBody = z.strictObject({
  clientId: ClientId,
  kind: z.literal('text'),
  text: longText(1, MESSAGE_LENGTH_MAX),
})
const ImageBody = z.strictObject({ clientId: ClientId, kind: z.literal('image'), imageId: ImageId })
/** The same clientId with the same body is answered with the message it already is; with another body it is refused. */
export const SendMessageRequest = z
  .discriminatedUnion('kind', [TextBody, ImageBody])
  .openapi('SendMessageRequest')
export type SendMessage = z.infer<typeof SendMessageRequest>

export const EditMessageRequest = z.strictObject({ text: longText(1, MESSAGE_LENGTH_MAX) })

/** The exact text of a heartbeat: answered by the runtime without waking the room. */
export const PING_FRAME = '{"t":"ping"}'
export const PONG_FRAME = '{"t":"pong"}'

/** What a client may say on the socket. */
export const ClientFrame = z.union([
  TextBody.extend({ t: z.literal('send') }),
  ImageBody.extend({ t: z.literal('send') }),
  z.strictObject({ t: z.literal('read'), seq: Seq }),
  z.strictObject({ t: z.literal('typing') }),
  z.strictObject({ t: z.literal('ping') }),
])
export type ClientFrame = z.infer<typeof ClientFrame>

export const ReadMark = z.object({ memberId: MemberId, seq: Seq }).openapi('ReadMark')
export type ReadMark = z.infer<typeof ReadMark>

/**
 * What the room says on the socket. `hello` comes first; then every message past the client's `afterSeq` in order, and every
 * message changed past its `afterRevision` as `changed`; then what happens. Drop a `message` whose seq you have.
 */
export const RoomFrame = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('hello'),
    lastSeq: Seq,
    revision: z.int(),
    reads: z.array(ReadMark),
    present: z.array(MemberId),
    state: z.enum(['open', 'closed']),
  }),
  Message.extend({ t: z.literal('message') }),
  z.object({ t: z.literal('changed'), revision: z.int(), message: Message }),
  z.object({ t: z.literal('ack'), clientId: z.string(), seq: Seq }),
  z.object({ t: z.literal('read'), memberId: MemberId, seq: Seq }),
  z.object({ t: z.literal('presence'), members: z.array(MemberId) }),
  z.object({ t: z.literal('typing'), memberId: MemberId }),
  z.object({ t: z.literal('state'), state: z.enum(['open', 'closed']) }),
  z.object({ t: z.literal('error'), code: z.string(), clientId: z.string().optional() }),
  z.object({ t: z.literal('pong') }),
])
export type RoomFrame = z.infer<typeof RoomFrame>

/** Why the room closed a socket (WebSocket close codes of our own). */
export const CLOSE_CODES = {
  /** The ticket's session is over, the member left or was suspended: ask for a new ticket. */
  ENDED: 4401,
  /** More than one frame can carry, binary, or far too many frames. */
  ABUSE: 4408,
  /** The member opened more sockets; the oldest goes. */
  REPLACED: 4409,
  /** Reads too slowly: reconnect with `afterSeq`. */
  SLOW: 4413,
  /** The room is gone. */
  GONE: 4410,
} as const

/** About a listing, with its seller; or of a group buy, for its host and whoever holds units. */
export const OpenRoomRequest = z
  .union([z.strictObject({ listingId: ListingId }), z.strictObject({ groupBuyId: GroupBuyId })])
  .openapi('OpenRoomRequest')

/** The listing a room is about, as it was last heard of; it stays when the listing is gone. */
export const RoomListing = z
  .object({
    id: ListingId,
    title: z.string(),
    price: z.int(),
    currency: z.literal('KRW'),
    status: z.union([ListingStatus, z.literal('deleted')]),
    image: z.union([Image, z.null()]),
  })
  .openapi('RoomListing')
export type RoomListing = z.infer<typeof RoomListing>

/** The group buy a room is of, as it was last heard of. */
export const RoomGroupBuy = z
  .object({
    id: GroupBuyId,
    title: z.string(),
    state: GroupBuyState,
    image: z.union([Image, z.null()]),
  })
  .openapi('RoomGroupBuy')
export type RoomGroupBuy = z.infer<typeof RoomGroupBuy>

const AnyRoom = z.object({
  id: RoomId,
  state: z.enum(['open', 'closed']),
  /** When a room whose listing or group buy ended is removed for good. */
  removedAt: z.iso.datetime().nullable(),
  lastMessage: z.union([Message, z.null()]),
  lastSeq: Seq,
  lastReadSeq: Seq,
  unread: z.int().min(0),
  mutedUntil: z.iso.datetime().nullable(),
  openedAt: z.iso.datetime(),
  lastAt: z.iso.datetime(),
})

/** Two neighbours about a listing. */
export const ListingRoom = AnyRoom.extend({
  kind: z.literal('listing'),
  listing: RoomListing,
  role: z.enum(['seller', 'buyer']),
  peer: Seller,
  peerWithdrawn: z.boolean(),
  blocked: z.union([z.enum(['by_me', 'by_peer']), z.null()]),
}).openapi('ListingRoom')
export type ListingRoom = z.infer<typeof ListingRoom>

/** The host of a group buy and everybody who holds units. Who gives them up is out of it; who comes in reads what was said before. */
export const GroupRoom = AnyRoom.extend({
  kind: z.literal('group_buy'),
  groupBuy: RoomGroupBuy,
  role: z.enum(['host', 'member']),
  members: z.object({
    count: z.int().openapi({ description: 'the host counted' }),
    faces: z
      .array(Seller)
      .max(ROOM_FACES_MAX)
      .openapi({ description: 'the first of them, the host before all' }),
  }),
}).openapi('GroupRoom')
export type GroupRoom = z.infer<typeof GroupRoom>

/** A room as one of its members sees it. */
export const Room = z.discriminatedUnion('kind', [ListingRoom, GroupRoom]).openapi('Room')
export type Room = z.infer<typeof Room>

/** Everybody who is in a room; at most MEMBERS_MAX and the host. */
export const RoomMembers = z.object({ items: z.array(Seller) }).openapi('RoomMembers')
export type RoomMembers = z.infer<typeof RoomMembers>

/** Rooms, the one with the latest message first. A room its member left is not listed until a new message comes. */
export const ListRoomsQuery = PageQuery.extend({
  /** Only the rooms about this listing: what a seller chooses the buyer from. */
  listingId: ListingId.optional(),
})

export const ListMessagesQuery = z
  .object({
    beforeSeq: SeqQuery.optional(),
    afterSeq: SeqQuery.optional(),
    limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
  })
  .refine(({ beforeSeq, afterSeq }) => beforeSeq === undefined || afterSeq === undefined, {
    error: 'either beforeSeq or afterSeq',
  })
/** Messages by rising seq: those just before `beforeSeq`, just after `afterSeq`, or the latest. */
export const MessagePage = z
  .object({
    items: z.array(Message),
    /** In a group's room: whoever said these or is named in them, also those who went meanwhile. */
    faces: z.array(Seller).optional(),
    hasOlder: z.boolean(),
    hasNewer: z.boolean(),
    /** Of everybody; in a room of more than CLOSE_KNIT_MAX members my own alone. */
    reads: z.array(ReadMark),
    lastSeq: Seq,
    revision: z.int(),
  })
  .openapi('MessagePage')
export type MessagePage = z.infer<typeof MessagePage>

export const ReadRequest = z.strictObject({ seq: Seq })
export const MuteRequest = z.strictObject({ untilAt: z.iso.datetime().nullable() })
export const Ticket = z
  .object({ ticket: z.string(), expiresIn: z.int().openapi({ description: 'seconds' }), url: z.string() })
  .openapi('Ticket')
export type Ticket = z.infer<typeof Ticket>
export const UnreadChats = z.object({ rooms: z.int(), messages: z.int() }).openapi('UnreadChats')
export type UnreadChats = z.infer<typeof UnreadChats>

export const SearchMessagesQuery = PageQuery.extend({ q: text(2, 60), roomId: RoomId.optional() })
export const MessageHit = z
  .object({
    roomId: RoomId,
    /** What the room is about: a listing's title, or a group buy's. */
    listingTitle: z.string(),
    /** Null in a group's room. */
    peer: z.union([Seller, z.null()]),
    message: Message,
  })
  .openapi('MessageHit')
export type MessageHit = z.infer<typeof MessageHit>
