import { DurableObject } from 'cloudflare:workers'
import { z } from 'zod'
import { nowMs } from '#kit/clock'

/** How long the bank takes, unless it is told otherwise. */
const COMPLETES_AFTER_MS = 300
/** An account that no bank has. */
const NO_SUCH_ACCOUNT = /0000$/

/**
 * How the bank behaves next: `refuse` answers with a status and takes nothing, `lose` takes the pay-out and answers as if it had
 * not, `fail` takes it and fails it, `slow` takes its time; `times` counts requests for pay-outs.
 */
const times = z.int().min(1).default(1)
export const BankBehaviour = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('well') }),
  z.object({ kind: z.literal('refuse'), status: z.int().min(400).max(599).default(500), times }),
  z.object({ kind: z.literal('lose'), times }),
  z.object({ kind: z.literal('fail'), times }),
  z.object({ kind: z.literal('slow'), delayMs: z.int().min(0).max(3_600_000), times }),
])
export type BankBehaviour = z.infer<typeof BankBehaviour>

export type BankPayout = {
  id: string
  refPayoutId: string
  destination: string
  amount: number
  requestedAtMs: number
  completesAtMs: number
  failure: string | null
}

/** The bank accounts and pay-outs of a developer's machine. One refPayoutId is one pay-out, however often it is asked for. */
export class BankDesk extends DurableObject<object> {
  readonly #sql: SqlStorage
  #behaviour: BankBehaviour = { kind: 'well' }

  constructor(state: DurableObjectState, env: object) {
    super(state, env)
    this.#sql = state.storage.sql
    this.#sql.exec(
      'CREATE TABLE IF NOT EXISTS sellers (id TEXT PRIMARY KEY, ref TEXT NOT NULL UNIQUE, number TEXT NOT NULL)',
    )
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS payouts (
      id TEXT PRIMARY KEY, refPayoutId TEXT NOT NULL UNIQUE, destination TEXT NOT NULL, amount INTEGER NOT NULL,
      requestedAtMs INTEGER NOT NULL, completesAtMs INTEGER NOT NULL, failure TEXT)`)
  }

  /** Sets how the bank behaves from now on. */
  async behave(behaviour: BankBehaviour): Promise<void> {
    this.#behaviour = behaviour
  }

  /** What the next request for a pay-out meets; using it counts it down. */
  async nextBehaviour(): Promise<BankBehaviour> {
    const met = this.#behaviour
    if (met.kind !== 'well')
      this.#behaviour = met.times > 1 ? { ...met, times: met.times - 1 } : { kind: 'well' }
    return met
  }

  /** Notes an account under the caller's id for it; a known one keeps what it had. */
  async addSeller(ref: string, number: string): Promise<string> {
    const id = `sel_${crypto.randomUUID().replaceAll('-', '')}`
    this.#sql.exec('INSERT OR IGNORE INTO sellers (id, ref, number) VALUES (?, ?, ?)', id, ref, number)
    return this.#sql.exec<{ id: string }>('SELECT id FROM sellers WHERE ref = ?', ref).one().id
  }

  /** Takes a pay-out, once for its id; null when nobody has that destination. */
  async take(
    asked: { refPayoutId: string; destination: string; amount: number },
    behaviour: BankBehaviour,
  ): Promise<BankPayout | null> {
    const [seller] = this.#sql
      .exec<{ number: string }>('SELECT number FROM sellers WHERE id = ?', asked.destination)
      .toArray()
    if (!seller) return null
    const atMs = nowMs()
    const fails = behaviour.kind === 'fail' || NO_SUCH_ACCOUNT.test(seller.number)
    this.#sql.exec(
      'INSERT OR IGNORE INTO payouts VALUES (?, ?, ?, ?, ?, ?, ?)',
      `FPA_${crypto.randomUUID().replaceAll('-', '')}`,
      asked.refPayoutId,
      asked.destination,
      asked.amount,
      atMs,
      atMs + (behaviour.kind === 'slow' ? behaviour.delayMs : COMPLETES_AFTER_MS),
      fails ? '없는 계좌예요' : null,
    )
    return this.#sql.exec<BankPayout>('SELECT * FROM payouts WHERE refPayoutId = ?', asked.refPayoutId).one()
  }

  /** A pay-out as it stands, or null. */
  async read(id: string): Promise<BankPayout | null> {
    return this.#sql.exec<BankPayout>('SELECT * FROM payouts WHERE id = ?', id).toArray()[0] ?? null
  }

  /** Every pay-out to accounts with this number, for whoever looks how often money went there. */
  async paidTo(number: string): Promise<BankPayout[]> {
    return this.#sql
      .exec<BankPayout>(
        'SELECT p.* FROM payouts p JOIN sellers s ON s.id = p.destination WHERE s.number = ? ORDER BY p.requestedAtMs',
        number,
      )
      .toArray()
  }
}

/** A pay-out in the words of Toss Payments' API. */
export const inTossWords = (payout: BankPayout): object => {
  const isDone = nowMs() >= payout.completesAtMs
  return {
    id: payout.id,
    refPayoutId: payout.refPayoutId,
    destination: payout.destination,
    scheduleType: 'EXPRESS',
    amount: { currency: 'KRW', value: payout.amount },
    transactionDescription: '마당',
    requestedAt: new Date(payout.requestedAtMs).toISOString(),
    status: !isDone ? 'REQUESTED' : payout.failure === null ? 'COMPLETED' : 'FAILED',
    error: isDone && payout.failure !== null ? { code: 'INVALID_ACCOUNT', message: payout.failure } : null,
  }
}
