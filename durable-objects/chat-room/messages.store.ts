import type { Message } from '#contracts/chat'
import type { MemberId } from '#contracts/ids'

export type MessageRow = {
  seq: number
  sender_id: MemberId | null
  client_id: string | null
  /** Null until the text was edited. */
  sent_text: string | null
  kind: Message['kind']
  text: string | null
  image: string | null
  system: string | null
  warnings: string
  at_ms: number
  edited_at_ms: number | null
  is_taken_back: number
  is_hidden: number
  revision: number
  version: number
}

export type NewMessage = Pick<
  MessageRow,
  'seq' | 'sender_id' | 'client_id' | 'kind' | 'text' | 'image' | 'system' | 'warnings' | 'at_ms' | 'version'
> & { source: string | null }

const COLUMNS = `seq, sender_id, client_id, sent_text, kind, text, image, system, warnings, at_ms, edited_at_ms,
  is_taken_back, is_hidden, revision, version`

/** The messages by their place in the room. */
export class MessagesStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** Null when this member's message with this client id is there already: one statement instead of a look before it. */
  insert(message: NewMessage): MessageRow | null {
    const { rowsWritten } = this.#sql.exec(
      `INSERT INTO messages (seq, sender_id, client_id, source, kind, text, image, system, warnings, at_ms, version)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (sender_id, client_id) WHERE client_id IS NOT NULL DO NOTHING`,
      message.seq,
      message.sender_id,
      message.client_id,
      message.source,
      message.kind,
      message.text,
      message.image,
      message.system,
      message.warnings,
      message.at_ms,
      message.version,
    )
    if (rowsWritten === 0) return null
    return { ...message, sent_text: null, edited_at_ms: null, is_taken_back: 0, is_hidden: 0, revision: 0 }
  }

  bySeq(seq: number): MessageRow | null {
    return this.#rows('WHERE seq = ?', seq)[0] ?? null
  }

  byClientId(senderId: MemberId, clientId: string): MessageRow | null {
    return this.#rows('WHERE sender_id = ? AND client_id = ?', senderId, clientId)[0] ?? null
  }

  hasSource(source: string): boolean {
    return this.#sql.exec('SELECT 1 FROM messages WHERE source = ?', source).toArray().length > 0
  }

  /** From just after `seq`, rising. */
  after(seq: number, limit: number): MessageRow[] {
    return this.#rows('WHERE seq > ? ORDER BY seq LIMIT ?', seq, limit)
  }

  /** The last ones before `seq`, rising. */
  before(seq: number, limit: number): MessageRow[] {
    return this.#rows('WHERE seq < ? ORDER BY seq DESC LIMIT ?', seq, limit).reverse()
  }

  /** Messages up to `seq` that were changed past `revision`, in the order of their changes. */
  revised(revision: number, seq: number): MessageRow[] {
    return this.#rows('WHERE revision > ? AND revision > 0 AND seq <= ? ORDER BY revision', revision, seq)
  }

  /**
   * What is new or changed after `flushed` and not after `version`, in the order of the changes. A message that was never changed has
   * its place for an order, a changed one its revision: two short walks along two indexes, and no third index to keep for each message.
   */
  changed(flushed: { seq: number; revision: number }, version: number, limit: number): MessageRow[] {
    const fresh = this.#rows(
      'WHERE seq > ? AND revision = 0 AND version <= ? ORDER BY seq LIMIT ?',
      flushed.seq,
      version,
      limit,
    )
    const revised = this.#rows(
      'WHERE revision > ? AND revision > 0 AND version <= ? ORDER BY revision LIMIT ?',
      flushed.revision,
      version,
      limit,
    )
    return [...fresh, ...revised].toSorted((a, b) => a.version - b.version).slice(0, limit)
  }

  /** The last own message of each sender after `seq`. */
  lastOfSenders(seq: number): { sender_id: MemberId; seq: number; version: number }[] {
    return this.#sql
      .exec<{ sender_id: MemberId; seq: number; version: number }>(
        'SELECT sender_id, MAX(seq) AS seq, version FROM messages WHERE seq > ? AND sender_id IS NOT NULL GROUP BY sender_id',
        seq,
      )
      .toArray()
  }

  /** Writes what may change about a message. */
  update(row: MessageRow): void {
    this.#sql.exec(
      `UPDATE messages SET text = ?, sent_text = ?, warnings = ?, edited_at_ms = ?, is_taken_back = ?, is_hidden = ?, revision = ?,
         version = ? WHERE seq = ?`,
      row.text,
      row.sent_text,
      row.warnings,
      row.edited_at_ms,
      row.is_taken_back,
      row.is_hidden,
      row.revision,
      row.version,
      row.seq,
    )
  }

  #rows(where: string, ...values: (string | number)[]): MessageRow[] {
    return this.#sql.exec<MessageRow>(`SELECT ${COLUMNS} FROM messages ${where}`, ...values).toArray()
  }
}
