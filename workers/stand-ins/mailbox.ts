import { DurableObject } from 'cloudflare:workers'

const MAILS_MAX = 500

export type StoredMail = { to: string; subject: string; text: string; at: string }

/**
 * How the provider behaves next: `times` counts deliveries, after which it is well again. `refuse` answers with a status and
 * takes nothing, `delay` takes it late, `repeat` delivers twice, `lose` delivers and answers as if it had not.
 */
export type Behaviour =
  | { kind: 'well' }
  | { kind: 'refuse'; status: number; times: number }
  | { kind: 'delay'; delayMs: number; times: number }
  | { kind: 'repeat'; times: number }
  | { kind: 'lose'; times: number }

/** Everyone's mail on a developer's machine: the newest few hundred. */
export class Mailbox extends DurableObject {
  readonly #sql: SqlStorage
  #behaviour: Behaviour = { kind: 'well' }

  constructor(state: DurableObjectState, env: object) {
    super(state, env)
    this.#sql = state.storage.sql
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS mails (
      id INTEGER PRIMARY KEY, key TEXT UNIQUE, recipient TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL)`)
    this.#sql.exec('CREATE INDEX IF NOT EXISTS mails_to ON mails (recipient, id)')
  }

  /** What the next delivery meets; using it counts it down. */
  async nextBehaviour(): Promise<Behaviour> {
    const now = this.#behaviour
    if (now.kind !== 'well') {
      this.#behaviour = now.times > 1 ? { ...now, times: now.times - 1 } : { kind: 'well' }
    }
    return now
  }

  /** Sets how the provider behaves from now on. */
  async behave(behaviour: Behaviour): Promise<void> {
    this.#behaviour = behaviour
  }

  /** Takes a letter. Like the real provider, the same key delivers once. */
  async deliver(key: string | null, mail: StoredMail): Promise<void> {
    this.#sql.exec(
      'INSERT OR IGNORE INTO mails (key, recipient, subject, text, at) VALUES (?, ?, ?, ?, ?)',
      key,
      mail.to,
      mail.subject,
      mail.text,
      mail.at,
    )
    this.#sql.exec('DELETE FROM mails WHERE id <= (SELECT max(id) FROM mails) - ?', MAILS_MAX)
  }

  /** Letters to one address, or to everyone, newest first. */
  async list(to: string | null, limit: number): Promise<StoredMail[]> {
    return this.#sql
      .exec<StoredMail>(
        'SELECT recipient AS "to", subject, text, at FROM mails WHERE ?1 IS NULL OR recipient = ?1 ORDER BY id DESC LIMIT ?2',
        to,
        limit,
      )
      .toArray()
  }
}
