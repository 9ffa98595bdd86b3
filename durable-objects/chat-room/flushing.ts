import { z } from 'zod'
import { MemberId } from '#contracts/ids'
import type { FlushedUpTo } from './facts.store.ts'
import type { RoomFlush } from './room.api.ts'
import { flushRetryMs, markOf, readMarkOf, shownMessage } from './room.rules.ts'
import type { RoomService } from './room.service.ts'

const FLUSH_MESSAGES_MAX = 100

const Recipients = z.array(MemberId)

/**
 * What of the room the database does not have yet. A part keeps its version until the database confirmed it: what goes twice goes
 * under the same number with the same tellings, and changes made meanwhile go under the next.
 */
export class Flushing {
  readonly #sql: SqlStorage
  readonly #room: RoomService
  /** Where the part on its way ends. It is told anew with every start, also of the same part. */
  #sent: FlushedUpTo | null = null

  constructor(sql: SqlStorage, room: RoomService) {
    this.#sql = sql
    this.#room = room
  }

  /** When the next part is to go; null when the database has everything. */
  dueAtMs(): number | null {
    return this.#room.facts.get()?.flush_at_ms ?? null
  }

  /** The next part, or null when nothing is left. */
  start(): RoomFlush | null {
    return this.#room.decide(() => {
      const facts = this.#room.facts.get()
      if (facts === null || facts.flushed_version >= facts.version) return null
      const from = facts.flushed_version
      const upTo = facts.sending_version ?? facts.version
      const flushed = { seq: facts.flushed_seq, revision: facts.flushed_revision }
      const changed = this.#room.messages.changed(flushed, upTo, FLUSH_MESSAGES_MAX)
      // A new part ends with its last message that fits, or with all there is.
      const isFull = facts.sending_version === null && changed.length === FLUSH_MESSAGES_MAX
      const version = isFull ? (changed.at(-1)?.version ?? upTo) : upTo
      this.#sent = {
        version,
        seq: Math.max(flushed.seq, ...changed.map((row) => (row.revision === 0 ? row.seq : 0))),
        revision: Math.max(flushed.revision, ...changed.map((row) => row.revision)),
      }
      this.#room.members.markAll()
      this.#room.facts.startFlush(version)
      const members = this.#room.members.all()
      const last = this.#room.messages.bySeq(facts.last_seq)
      return {
        roomId: facts.room_id,
        version,
        lastSeq: facts.last_seq,
        lastMessage: last && shownMessage(last),
        members: members.map(markOf),
        blockedBy: members.filter(({ blocks }) => blocks === 1).map(({ member_id }) => member_id),
        state: facts.state,
        purgeAtMs: facts.purge_at_ms,
        messages: changed.map(shownMessage),
        tellings: this.#tellings(version),
        reads: members
          .filter(({ read_version }) => read_version > from && read_version <= version)
          .map(readMarkOf),
      }
    })
  }

  /** The database has the part with this version. */
  end(version: number, nowMs: number): void {
    const sent = this.#sent
    if (sent?.version !== version) return
    this.#room.decide(() => {
      this.#room.facts.endFlush(sent, nowMs)
      this.#sql.exec('DELETE FROM tellings WHERE version <= ?', version)
    })
  }

  /** It could not be brought there: again later, and later each time. */
  putOff(nowMs: number): void {
    const failures = this.#room.facts.get()?.flush_failures ?? 0
    this.#room.facts.putOffFlush(nowMs + flushRetryMs(failures))
  }

  #tellings(version: number): RoomFlush['tellings'] {
    return this.#sql
      .exec<{ seq: number; recipients: string }>(
        'SELECT seq, recipient_ids AS recipients FROM tellings WHERE version <= ? ORDER BY seq',
        version,
      )
      .toArray()
      .map(({ seq, recipients }) => ({ seq, recipientIds: Recipients.parse(JSON.parse(recipients)) }))
  }
}
