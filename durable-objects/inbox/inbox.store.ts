import { FactsStore } from './facts.store.ts'
import { KnownStore } from './known.store.ts'
import { LinesStore } from './lines.store.ts'
import { PreferencesStore } from './preferences.store.ts'
import { TicketsStore } from './tickets.store.ts'

const KEPT_TABLES = ['notifications', 'outgoing', 'sources', 'read_marks', 'tickets', 'facts']
/** Set when the member has left. */
const GONE = 'gone'

/** The tables of one member's inbox. Everything here is synchronous: the object decides in one transaction. */
export class InboxStore {
  readonly facts: FactsStore
  readonly lines: LinesStore
  readonly known: KnownStore
  readonly preferences: PreferencesStore
  readonly tickets: TicketsStore
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.facts = new FactsStore(sql)
    this.lines = new LinesStore(sql, this.facts)
    this.known = new KnownStore(sql)
    this.preferences = new PreferencesStore(this.facts)
    this.tickets = new TicketsStore(sql)
  }

  /** Forgets what is too old or too much. */
  prune(atMs: number): void {
    this.lines.prune(atMs)
    this.known.prune(atMs)
    this.tickets.prune(atMs)
  }

  /** Removes everything, and leaves the mark that nothing is taken here any more. */
  wipe(): void {
    for (const table of KEPT_TABLES) this.#sql.exec(`DELETE FROM ${table}`)
    this.facts.set(GONE, '1')
  }

  isGone(): boolean {
    return this.facts.get(GONE) !== undefined
  }
}
