import { CLOSE_KNIT_MAX, type Message, type ReadMark, type SystemLine } from '#contracts/chat'
import type { Result } from '#contracts/errors'
import { guardrailHits } from '#contracts/guardrail'
import type { MemberId } from '#contracts/ids'
import { ok, refuse } from '#kit/result'
import { type Facts, FactsStore } from './facts.store.ts'
import { type MemberRow, MembersStore } from './members.store.ts'
import { type MessageRow, MessagesStore } from './messages.store.ts'
import type { Posting, RoomSeed } from './room.api.ts'
import { isSameBody, readMarkOf, recipientsOf, shownMessage, writingRefusal } from './room.rules.ts'
import { TicketsStore } from './tickets.store.ts'

export type Sent = {
  message: Message
  replayed: boolean
  /** The sender had not read what came before: their mark jumped over it. */
  readJumped: boolean
}
type Standing = { facts: Facts; members: readonly MemberRow[] }

/**
 * What can be done in a room, each decision one synchronous transaction on its storage. It knows nothing of sockets: its caller
 * tells them what came of it.
 */
export class RoomService {
  readonly facts: FactsStore
  readonly members: MembersStore
  readonly messages: MessagesStore
  readonly tickets: TicketsStore
  readonly #storage: DurableObjectStorage
  /** Hosts whose links are no outside links. */
  readonly #ownHosts: Set<string>

  constructor(storage: DurableObjectStorage, ownHosts: readonly string[]) {
    this.#storage = storage
    this.#ownHosts = new Set(ownHosts)
    this.facts = new FactsStore(storage.sql)
    this.messages = new MessagesStore(storage.sql)
    this.members = new MembersStore(storage.sql, () =>
      this.messages.lastOfSenders(this.facts.get()?.marked_seq ?? 0),
    )
    this.tickets = new TicketsStore(storage.sql)
  }

  /** The host a member reached us by. When it is forgotten, a link to our own page gets a warning too many, no more. */
  knowHost(host: string): void {
    this.#ownHosts.add(host)
  }

  open(seed: RoomSeed, nowMs: number): void {
    this.decide(() => {
      if (this.facts.get() === null) {
        this.facts.insert(seed, nowMs)
        if (seed.kind === 'listing') this.members.insert([seed.sellerId, seed.buyerId])
        return
      }
      // Only the buyer opens a room of two: one who had left is back.
      if (seed.kind === 'listing') this.#bringBack(seed.buyerId, nowMs)
    })
  }

  #bringBack(memberId: MemberId, nowMs: number): void {
    const member = this.members.get(memberId)
    if (!member || member.left_at_ms === null) return
    this.members.setLeftAt([memberId], null)
    this.facts.change(nowMs)
  }

  /** The room as this member may use it; NOT_FOUND for whoever is not in it. */
  standingOf(memberId: MemberId): Result<Standing> {
    const facts = this.facts.get()
    if (facts === null || !this.#isIn(facts, memberId)) return refuse('NOT_FOUND')
    return ok({ facts, members: this.members.all() })
  }

  #isIn(facts: Facts, memberId: MemberId): boolean {
    return facts.kind === 'listing'
      ? memberId === facts.seller_id || memberId === facts.buyer_id
      : this.members.get(memberId) !== undefined
  }

  /** Whether all are told who has read, who looks on and who types. */
  isCloseKnit(): boolean {
    return this.members.count() <= CLOSE_KNIT_MAX
  }

  /** Who has read how far, as this member is told. */
  readsFor(memberId: MemberId): ReadMark[] {
    const members = this.members.all()
    const told = this.isCloseKnit() ? members : members.filter(({ member_id }) => member_id === memberId)
    return told.map(readMarkOf)
  }

  /** The message this posting already is, or what speaks against it; null when it may be stored. */
  answered(memberId: MemberId, posting: Posting): Result<Sent> | null {
    const standing = this.standingOf(memberId)
    if (!standing.ok) return standing
    // Before all else: what was stored once stays acknowledged, whatever has happened since.
    const again = this.#again(memberId, posting)
    if (again) return again
    const refusal = writingRefusal(standing.value.facts, standing.value.members)
    return refusal === null ? null : refuse(refusal)
  }

  send(
    memberId: MemberId,
    posting: Posting,
    isPresent: (memberId: MemberId) => boolean,
    nowMs: number,
  ): Result<Sent> {
    if (!this.mayWrite(memberId) || (posting.kind === 'image' && posting.image?.id !== posting.imageId))
      return this.answered(memberId, posting) ?? refuse('VALIDATION_FAILED')
    const members = this.members.all()
    const kind = this.facts.get()?.kind ?? 'listing'
    const recipients = recipientsOf(members, { senderId: memberId, kind, atMs: nowMs }, isPresent)
    const returning = members.filter(({ left_at_ms }) => left_at_ms !== null)
    const readBefore = this.members.get(memberId)?.last_read_seq ?? 0
    const store = () => this.#store(memberId, posting, nowMs)
    // Storing is one statement; only what comes beside it makes a transaction worth its price.
    const row =
      recipients.length + returning.length === 0
        ? store()
        : this.decide(() => {
            const stored = store()
            if (stored === null) return null
            if (returning.length > 0)
              this.members.setLeftAt(
                returning.map(({ member_id }) => member_id),
                null,
              )
            if (recipients.length > 0) this.#tell(stored, recipients)
            return stored
          })
    if (row === null) return this.#again(memberId, posting) ?? refuse('CONFLICT')
    return ok({ message: shownMessage(row), replayed: false, readJumped: readBefore < row.seq - 1 })
  }

  /** The next message of the room, or null when this posting is there already. */
  #store(memberId: MemberId, posting: Posting, nowMs: number): MessageRow | null {
    const place = this.facts.following()
    const row = this.messages.insert({
      ...place,
      sender_id: memberId,
      client_id: posting.clientId,
      source: null,
      kind: posting.kind,
      text: posting.kind === 'text' ? posting.text : null,
      image: posting.kind === 'image' ? JSON.stringify(posting.image) : null,
      system: null,
      warnings: posting.kind === 'text' ? this.warningsOf(posting.text) : '[]',
      at_ms: nowMs,
    })
    if (row === null) return null
    this.facts.stored(place, nowMs)
    this.members.wrote(memberId, place.seq, place.version)
    return row
  }

  /** Answers where the mark stands now and whether it moved. */
  read(memberId: MemberId, seq: number, nowMs: number): Result<{ seq: number; moved: boolean }> {
    return this.decide(() => {
      const standing = this.standingOf(memberId)
      if (!standing.ok) return standing
      const { facts } = standing.value
      const before = this.members.get(memberId)?.last_read_seq ?? 0
      const upTo = Math.min(seq, facts.last_seq)
      if (upTo <= before) return ok({ seq: before, moved: false })
      this.members.markRead(memberId, upTo, this.facts.change(nowMs))
      return ok({ seq: upTo, moved: true })
    })
  }

  /** Whether a message of this member would be taken now. */
  mayWrite(memberId: MemberId): boolean {
    const standing = this.standingOf(memberId)
    return standing.ok && writingRefusal(standing.value.facts, standing.value.members) === null
  }

  mute(memberId: MemberId, untilMs: number | null, nowMs: number): Result<null> {
    return this.decide(() => {
      const standing = this.standingOf(memberId)
      if (!standing.ok) return standing
      this.members.setMutedUntil(memberId, untilMs)
      this.facts.change(nowMs)
      return ok(null)
    })
  }

  /** Answers the line that says so, null when the member had left before. In a group they only put it out of their list: no line. */
  leave(memberId: MemberId, nowMs: number): Result<Message | null> {
    return this.decide(() => {
      const standing = this.standingOf(memberId)
      if (!standing.ok) return standing
      const { facts } = standing.value
      if (this.members.get(memberId)?.left_at_ms !== null) return ok(null)
      this.members.setLeftAt([memberId], nowMs)
      this.tickets.revoke(memberId)
      if (facts.kind === 'group_buy') {
        this.facts.change(nowMs)
        return ok(null)
      }
      return ok(this.addLine(`left:${memberId}:${facts.version}`, { kind: 'left', memberId }, nowMs))
    })
  }

  setBlocked(by: MemberId, blocked: MemberId, isBlocked: boolean, nowMs: number): void {
    this.decide(() => {
      if (by === blocked || !this.standingOf(by).ok || !this.standingOf(blocked).ok) return
      if (this.facts.get()?.kind !== 'listing') return
      this.members.setBlocks(by, isBlocked)
      this.facts.change(nowMs)
    })
  }

  /** What is new: the line unless its source spoke before, and whether the room closed just now. */
  note(source: string, line: SystemLine, close: { purgeAtMs: number } | undefined, nowMs: number) {
    return this.decide((): { message: Message | null; closed: boolean } => {
      const facts = this.facts.get()
      if (facts === null) return { message: null, closed: false }
      const message = this.messages.hasSource(source) ? null : this.addLine(source, line, nowMs)
      const closed = close !== undefined && facts.state === 'open'
      if (closed) {
        this.facts.close(close.purgeAtMs)
        this.facts.change(nowMs)
      }
      return { message, closed }
    })
  }

  /** One decision: all of it or nothing. */
  decide<Value>(decision: () => Value): Value {
    try {
      return this.#storage.transactionSync(decision)
    } catch (error) {
      this.forget()
      throw error
    }
  }

  /** Forgets what is kept in memory: the storage is no longer what it was. */
  forget(): void {
    this.facts.forget()
    this.members.forget()
  }

  /** A line of the room's own; told once for a source, which the caller looks after. */
  addLine(source: string, line: SystemLine, nowMs: number): Message {
    const place = this.facts.following()
    const row = this.messages.insert({
      ...place,
      sender_id: null,
      client_id: null,
      source,
      kind: 'system',
      text: null,
      image: null,
      system: JSON.stringify(line),
      warnings: '[]',
      at_ms: nowMs,
    })
    if (row === null) throw new Error('a line has no client id to clash')
    this.facts.stored(place, nowMs)
    return shownMessage(row)
  }

  /** The message that this posting already is; another body under its client id is refused. */
  #again(memberId: MemberId, posting: Posting): Result<Sent> | null {
    const earlier = this.messages.byClientId(memberId, posting.clientId)
    if (earlier === null) return null
    if (!isSameBody(earlier, posting)) return refuse('CLIENT_ID_REUSED')
    return ok({ message: shownMessage(earlier), replayed: true, readJumped: false })
  }

  #tell({ seq, version, at_ms: atMs }: MessageRow, recipients: MemberId[]): void {
    this.#storage.sql.exec(
      'INSERT INTO tellings (seq, version, recipient_ids) VALUES (?, ?, ?)',
      seq,
      version,
      JSON.stringify(recipients),
    )
    this.members.setTold(recipients, seq, atMs)
  }

  /** The guardrail's warnings for a text, as they are stored. */
  warningsOf(text: string): string {
    return JSON.stringify(guardrailHits(text, [...this.#ownHosts]))
  }
}
