import type { Message, MessagePage } from '#contracts/chat'
import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import { ok, refuse } from '#kit/result'
import type { Changed } from './revisions.ts'
import { shownMessage, wholeMessage } from './room.rules.ts'
import type { RoomService } from './room.service.ts'

const EVIDENCE_NEIGHBOURS = 10

/** What was said, for those who may read it. */
export class History {
  readonly #room: RoomService

  constructor(room: RoomService) {
    this.#room = room
  }

  page(
    memberId: MemberId,
    query: { beforeSeq?: number; afterSeq?: number; limit: number },
  ): Result<MessagePage> {
    const standing = this.#room.standingOf(memberId)
    if (!standing.ok) return standing
    const { facts } = standing.value
    const beforeSeq = Math.min(query.beforeSeq ?? facts.last_seq + 1, facts.last_seq + 1)
    const rows =
      query.afterSeq === undefined
        ? this.#room.messages.before(beforeSeq, query.limit)
        : this.#room.messages.after(query.afterSeq, query.limit)
    // Places have no gaps, so the page's own ends tell what lies beyond them.
    const first = rows[0]?.seq ?? Math.min(query.afterSeq ?? beforeSeq - 1, facts.last_seq) + 1
    const last = rows.at(-1)?.seq ?? first - 1
    return ok({
      items: rows.map(shownMessage),
      hasOlder: first > 1,
      hasNewer: last < facts.last_seq,
      reads: this.#room.readsFor(memberId),
      lastSeq: facts.last_seq,
      revision: facts.revision,
    })
  }

  /** Messages after `seq`, all of them, read by the chunk. */
  *missed(seq: number, chunk: number): Generator<Message> {
    for (let after = seq; ; ) {
      const rows = this.#room.messages.after(after, chunk)
      yield* rows.map(shownMessage)
      after = rows.at(-1)?.seq ?? after
      if (rows.length < chunk) return
    }
  }

  /** Messages up to `seq` that look different since `revision`. */
  revised(revision: number, seq: number): Changed[] {
    return this.#room.messages
      .revised(revision, seq)
      .map((row) => ({ message: shownMessage(row), revision: row.revision }))
  }

  /** A message and its neighbours as they were said, for the operator. */
  evidence(seq: number): Result<Message[]> {
    const row = this.#room.messages.bySeq(seq)
    if (row === null) return refuse('NOT_FOUND')
    const before = this.#room.messages.before(seq, EVIDENCE_NEIGHBOURS)
    return ok([...before, row, ...this.#room.messages.after(seq, EVIDENCE_NEIGHBOURS)].map(wholeMessage))
  }
}
