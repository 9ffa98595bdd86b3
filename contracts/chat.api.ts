import type { CallContext, Ticking } from './call.ts'
import type { Message } from './chat.ts'
import type { Result } from './errors.ts'
import type { GroupBuyId, ListingId, MemberId, RoomId } from './ids.ts'

/** Who is in a room of two and about what. */
export type ListingRoomFacts = {
  kind: 'listing'
  roomId: RoomId
  listingId: ListingId
  sellerId: MemberId
  buyerId: MemberId
  state: 'open' | 'closed'
}
export type GroupRoomFacts = {
  kind: 'group_buy'
  roomId: RoomId
  groupBuyId: GroupBuyId
  hostId: MemberId
  state: 'open' | 'closed'
}
export type RoomFacts = ListingRoomFacts | GroupRoomFacts

/** RPC of the chat worker. */
export interface ChatApi extends Rpc.WorkerEntrypointBranded, Ticking {
  /** The room, if `memberId` is one of its members; else NOT_FOUND, as if there were none. */
  room(ctx: CallContext, request: { roomId: RoomId; memberId: MemberId }): Promise<Result<RoomFacts>>
  /** The room of this buyer about this listing, or NOT_FOUND: only someone who wrote counts as one who chatted. */
  roomOf(
    ctx: CallContext,
    request: { listingId: ListingId; buyerId: MemberId },
  ): Promise<Result<ListingRoomFacts>>
  /** The room of a group buy; null while nobody opened it, or once it is gone. */
  groupRoom(ctx: CallContext, request: { groupBuyId: GroupBuyId }): Promise<Result<RoomId | null>>
  /** A message with its neighbours, for the operator who judges a report of it. At most 10 on each side. */
  evidence(ctx: CallContext, request: { roomId: RoomId; seq: number }): Promise<Result<Message[]>>
  /** Hides a message for good, or shows it again after an appeal. Repeating changes nothing. */
  hideMessage(
    ctx: CallContext,
    request: { roomId: RoomId; seq: number; hidden: boolean },
  ): Promise<Result<{ senderId: MemberId }>>
}
