import type { Message, SystemLine } from '#contracts/chat'
import type { MemberId } from '#contracts/ids'
import type { RoomGathering } from './room.api.ts'
import { comings } from './room.rules.ts'
import type { RoomService } from './room.service.ts'

/** A room that is opened with more people in it than this says of none of them that they came. */
const LINES_AT_OPENING_MAX = 20

export type Gathered = { went: MemberId[]; lines: Message[] }

/** Who is in a group's room: they come and go with what they hold of the group buy, by its worker's word. */
export class Gathering {
  readonly #room: RoomService

  constructor(room: RoomService) {
    this.#room = room
  }

  /**
   * Makes these its members, unless it knows something newer. Answers who went and the lines that say so. Nobody who had read everything is
   * left with something unread by such a line.
   */
  gather({ version, memberIds }: RoomGathering, nowMs: number): Gathered {
    const { facts, members, tickets } = this.#room
    return this.#room.decide(() => {
      const before = facts.get()
      if (before?.kind !== 'group_buy' || before.members_version >= version) return { went: [], lines: [] }
      const { came, went } = comings(members.all(), memberIds)
      members.remove(went)
      for (const memberId of went) tickets.revoke(memberId)
      const isOpening = before.members_version === 0
      const guests = came.filter((memberId) => memberId !== before.host_id)
      const announced = isOpening && guests.length > LINES_AT_OPENING_MAX ? [] : guests
      const lines = [
        ...went.map((memberId) => this.#line({ kind: 'left', memberId }, version, nowMs)),
        ...announced.map((memberId) => this.#line({ kind: 'joined', memberId }, version, nowMs)),
      ]
      const lastSeq = before.last_seq + lines.length
      if (lines.length > 0) members.moveOn(before.last_seq, lastSeq)
      members.insert(came, lastSeq)
      facts.gathered(version, nowMs)
      return { went, lines }
    })
  }

  #line(line: Extract<SystemLine, { kind: 'joined' | 'left' }>, version: number, nowMs: number): Message {
    return this.#room.addLine(`${line.kind}:${line.memberId}:${version}`, line, nowMs)
  }
}
