import type { Message } from '#contracts/chat'
import type { Result } from '#contracts/errors'
import type { ImageId, MemberId } from '#contracts/ids'
import { ok, refuse } from '#kit/result'
import type { MessageRow } from './messages.store.ts'
import { editRefusal, imageIdOf, removeRefusal, shownMessage, writingRefusal } from './room.rules.ts'
import type { RoomService } from './room.service.ts'

export type Changed = { message: Message; revision: number }

/** What may become of a message once it was said: its author changes it or takes it back, the operator hides it. */
export class Revisions {
  readonly #room: RoomService

  constructor(room: RoomService) {
    this.#room = room
  }

  /** `null` as the change when the message already read so. */
  edit(memberId: MemberId, seq: number, text: string, nowMs: number) {
    return this.#room.decide((): Result<{ message: Message; change: Changed | null }> => {
      const standing = this.#room.standingOf(memberId)
      if (!standing.ok) return standing
      const row = this.#room.messages.bySeq(seq)
      const refusal =
        editRefusal(row, memberId, nowMs) ?? writingRefusal(standing.value.facts, standing.value.members)
      if (refusal !== null || row === null) return refuse(refusal ?? 'NOT_FOUND')
      if (row.text === text) return ok({ message: shownMessage(row), change: null })
      const sentText = row.sent_text ?? row.text
      const edited = {
        ...row,
        text,
        sent_text: sentText,
        warnings: this.#room.warningsOf(text),
        edited_at_ms: nowMs,
      }
      const change = this.#revise(edited, nowMs)
      return ok({ message: change.message, change })
    })
  }

  remove(memberId: MemberId, seq: number, nowMs: number) {
    return this.#room.decide(
      (): Result<{ message: Message; imageId: ImageId | null; change: Changed | null }> => {
        const standing = this.#room.standingOf(memberId)
        if (!standing.ok) return standing
        const row = this.#room.messages.bySeq(seq)
        const refusal = removeRefusal(row, memberId, nowMs)
        if (refusal !== null || row === null) return refuse(refusal ?? 'NOT_FOUND')
        const imageId = imageIdOf(row)
        if (row.is_taken_back) return ok({ message: shownMessage(row), imageId, change: null })
        const change = this.#revise({ ...row, is_taken_back: 1 }, nowMs)
        return ok({ message: change.message, imageId, change })
      },
    )
  }

  hide(seq: number, hidden: boolean, nowMs: number) {
    return this.#room.decide((): Result<{ senderId: MemberId; change: Changed | null }> => {
      const row = this.#room.messages.bySeq(seq)
      if (row === null || row.sender_id === null) return refuse('NOT_FOUND')
      if ((row.is_hidden === 1) === hidden) return ok({ senderId: row.sender_id, change: null })
      return ok({
        senderId: row.sender_id,
        change: this.#revise({ ...row, is_hidden: hidden ? 1 : 0 }, nowMs),
      })
    })
  }

  #revise(row: MessageRow, nowMs: number): Changed {
    const { revision, version } = this.#room.facts.nextRevision(nowMs)
    const revised = { ...row, revision, version }
    this.#room.messages.update(revised)
    return { message: shownMessage(revised), revision }
  }
}
