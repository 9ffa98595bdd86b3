import { WorkerEntrypoint } from 'cloudflare:workers'
import type { CallContext } from '#contracts/call'
import type { Message } from '#contracts/chat'
import type { ChatApi, ListingRoomFacts, RoomFacts } from '#contracts/chat.api'
import type { Result } from '#contracts/errors'
import type { GroupBuyId, ListingId, MemberId, RoomId } from '#contracts/ids'
import { readEnv } from '#kit/env'
import { ok } from '#kit/result'
import { ChatEnv } from './env.ts'
import { groupRoomId } from './group.store.ts'
import { evidenceOf, hideMessage, roomOfWriter } from './message.service.ts'
import { factsOf } from './room.rules.ts'
import { roomOfMember } from './room-object.ts'
import { sweep } from './sweep.service.ts'

/** What other domains ask of chat; see contracts/chat.api. */
export class ChatRpc extends WorkerEntrypoint<object> implements ChatApi {
  async room(
    _ctx: CallContext,
    { roomId, memberId }: { roomId: RoomId; memberId: MemberId },
  ): Promise<Result<RoomFacts>> {
    const room = await roomOfMember(this.#env(), memberId, roomId)
    return room.ok ? ok(factsOf(room.value)) : room
  }

  async roomOf(
    _ctx: CallContext,
    { listingId, buyerId }: { listingId: ListingId; buyerId: MemberId },
  ): Promise<Result<ListingRoomFacts>> {
    return await roomOfWriter(this.#env(), listingId, buyerId)
  }

  async groupRoom(
    _ctx: CallContext,
    { groupBuyId }: { groupBuyId: GroupBuyId },
  ): Promise<Result<RoomId | null>> {
    return ok(await groupRoomId(this.#env().DB, groupBuyId))
  }

  async evidence(
    _ctx: CallContext,
    { roomId, seq }: { roomId: RoomId; seq: number },
  ): Promise<Result<Message[]>> {
    return await evidenceOf(this.#env(), roomId, seq)
  }

  async hideMessage(
    _ctx: CallContext,
    { roomId, seq, hidden }: { roomId: RoomId; seq: number; hidden: boolean },
  ): Promise<Result<{ senderId: MemberId }>> {
    return await hideMessage(this.#env(), roomId, seq, hidden)
  }

  async tick(now: { atMs: number; resendSentSinceMs?: number }): Promise<{ relayed: number; swept: number }> {
    return await sweep(this.#env(), now)
  }

  #env(): ChatEnv {
    return readEnv(ChatEnv, this.env)
  }
}
