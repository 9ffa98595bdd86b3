import { WorkerEntrypoint } from 'cloudflare:workers'
import type { Message } from '#contracts/chat'
import type { RoomFacts } from '#contracts/chat.api'
import type { Result } from '#contracts/errors'
import type { PublicMember } from '#contracts/identity'
import type { MemberId, RoomId } from '#contracts/ids'
import type { SEEN_ROOM } from './alone.ts'

type Env = { JWKS: string; ROOM: string }

/** Seqs of messages that are hidden now, in the order they were; and whether this worker answers at all. */
const hidden = new Set<number>()
let isDown = false

/**
 * Identity and chat, as far as moderation asks them: every member exists; there is one room, whose buyer writes the odd lines and whose
 * seller the even ones. `PUT /down` and `PUT /up` stop and start it, `GET /` tells what is hidden.
 */
export default class Neighbours extends WorkerEntrypoint<Env> {
  jwks(): unknown {
    return JSON.parse(this.env.JWKS)
  }

  members(_ctx: unknown, ids: MemberId[]): Result<PublicMember[]> {
    const face = { photo: null, region: null, introduction: '', withdrawn: false }
    const joinedAt = '2026-01-01T00:00:00.000Z'
    return { ok: true, value: ids.map((id) => ({ id, nickname: '이웃', joinedAt, ...face })) }
  }

  card(): Result<never> {
    return { ok: false, refusal: { code: 'NOT_FOUND' } }
  }

  room(_ctx: unknown, request: { roomId: RoomId; memberId: MemberId }): Result<RoomFacts> {
    const room = this.#room()
    const isMember = [room.sellerId, room.buyerId].includes(request.memberId)
    if (room.roomId !== request.roomId || !isMember) return { ok: false, refusal: { code: 'NOT_FOUND' } }
    return { ok: true, value: { ...room, kind: 'listing', state: 'open' } }
  }

  evidence(_ctx: unknown, { seq }: { seq: number }): Result<Message[]> {
    const seqs = Array.from({ length: 21 }, (_, i) => seq - 10 + i).filter((each) => each >= 1 && each <= 30)
    return { ok: true, value: seqs.map((each) => this.#message(each)) }
  }

  hideMessage(_ctx: unknown, request: { seq: number; hidden: boolean }): Result<{ senderId: MemberId }> {
    if (isDown) throw new Error('chat is down')
    if (request.hidden) hidden.add(request.seq)
    else hidden.delete(request.seq)
    return { ok: true, value: { senderId: this.#writerOf(request.seq) } }
  }

  override fetch(request: Request): Response {
    const { pathname } = new URL(request.url)
    if (request.method === 'PUT') isDown = pathname === '/down'
    return Response.json({ hidden: [...hidden] })
  }

  #room(): typeof SEEN_ROOM {
    return JSON.parse(this.env.ROOM)
  }

  #writerOf(seq: number): MemberId {
    const { buyerId, sellerId } = this.#room()
    return seq % 2 === 1 ? buyerId : sellerId
  }

  #message(seq: number): Message {
    return {
      ...{ seq, clientId: `line-${seq}`, senderId: this.#writerOf(seq), kind: 'text' },
      ...{ text: `${seq}번째 말`, warnings: [], at: '2026-01-01T00:00:00.000Z', editedAt: null },
      removed: hidden.has(seq) ? 'by_operator' : null,
    }
  }
}
