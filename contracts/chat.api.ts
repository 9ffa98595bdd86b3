import type { CallContext, Ticking } from './call.ts'
import type { Message } from './chat.ts'
import type { Result } from './errors.ts'
import type { ListingId, MemberId, RoomId } from './ids.ts'

/** Who is in a room and about what. */
export type RoomFacts = {
  roomId: RoomId
  listingId: ListingId
  sellerId: MemberId
  buyerId: MemberId
  state: 'open' | 'closed'
}

/** RPC of the chat worker. */
export interface ChatApi extends Rpc.WorkerEntrypointBranded, Ticking {
  /** The room, if `memberId` is one of its members; else NOT_FOUND, as if there were none. */
  room(ctx: CallContext, request: { roomId: RoomId; memberId: MemberId }): Promise<Result<RoomFacts>>
  /** The room of this buyer about this listing, or NOT_FOUND: only someone who wrote counts as one who chatted. */
  roomOf(ctx: CallContext, request: { listingId: ListingId; buyerId: MemberId }): Promise<Result<RoomFacts>>
  /** A message with its neighbours, for the operator who judges a report of it. At most 10 on each side. */
  evidence(ctx: CallContext, request: { roomId: RoomId; seq: number }): Promise<Result<Message[]>>
  /** Hides a message for good, or shows it again after an appeal. Repeating changes nothing. */
  hideMessage(
    ctx: CallContext,
    request: { roomId: RoomId; seq: number; hidden: boolean },
  ): Promise<Result<{ senderId: MemberId }>>
}
