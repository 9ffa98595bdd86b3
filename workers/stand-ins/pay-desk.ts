import { DurableObject } from 'cloudflare:workers'
import { z } from 'zod'
import { nowMs, SECOND_MS, toIso } from '#kit/clock'
import { sendWebhook, type WebhookOrder } from './webhooks.ts'

/**
 * How the provider behaves next; `times` counts what it meets, after which it is well again. `refuse` answers API questions with
 * a status; `lie` notes another amount or currency with the next approval; the others say what becomes of a payment's webhooks.
 */
const times = z.int().min(1).default(1)
export const PayBehaviour = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('well') }),
  z.object({ kind: z.literal('refuse'), status: z.int().min(400).max(599).default(500), times }),
  z.object({
    kind: z.literal('lie'),
    amount: z.int().min(0).optional(),
    currency: z.string().length(3).optional(),
    times,
  }),
  z.object({ kind: z.literal('delay'), delayMs: z.int().min(0).max(60_000).default(SECOND_MS), times }),
  z.object({ kind: z.literal('repeat'), times }),
  z.object({ kind: z.literal('reorder'), times }),
  z.object({ kind: z.literal('forge'), times }),
  z.object({ kind: z.literal('silent'), times }),
])
export type PayBehaviour = z.infer<typeof PayBehaviour>

export type Payment = {
  id: string
  storeId: string
  status: 'READY' | 'PAID' | 'FAILED' | 'CANCELLED'
  total: number
  currency: string
  cancelled: number
  createdAtMs: number
  changedAtMs: number
}

/** Everyone's payments on a developer's machine, as the provider keeps them, and the webhooks that are still to be sent. */
export class PayDesk extends DurableObject<object> {
  readonly #sql: SqlStorage
  #behaviour: PayBehaviour = { kind: 'well' }

  constructor(state: DurableObjectState, env: object) {
    super(state, env)
    this.#sql = state.storage.sql
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS payments (
      id TEXT PRIMARY KEY, storeId TEXT NOT NULL, status TEXT NOT NULL, total INTEGER NOT NULL, currency TEXT NOT NULL,
      cancelled INTEGER NOT NULL DEFAULT 0, createdAtMs INTEGER NOT NULL, changedAtMs INTEGER NOT NULL)`)
    this.#sql.exec('CREATE TABLE IF NOT EXISTS late (dueAtMs INTEGER NOT NULL, work TEXT NOT NULL)')
  }

  /** Sets how the provider behaves from now on. */
  async behave(behaviour: PayBehaviour): Promise<void> {
    this.#behaviour = behaviour
  }

  /** The status to refuse this API call with, or null; using it counts it down. */
  async refusal(): Promise<number | null> {
    const met = this.#meet('refuse')
    return met?.kind === 'refuse' ? met.status : null
  }

  /** Notes what is to be paid; answers false for a payment that is paid already. */
  async preRegister(id: string, storeId: string, total: number, currency: string): Promise<boolean> {
    const known = await this.read(id)
    if (known && known.status !== 'READY') return false
    this.#sql.exec(
      `INSERT INTO payments (id, storeId, status, total, currency, createdAtMs, changedAtMs) VALUES (?, ?, 'READY', ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET total = excluded.total, currency = excluded.currency`,
      id,
      storeId,
      total,
      currency,
      nowMs(),
      nowMs(),
    )
    return true
  }

  /** A payment as it stands, or null. */
  async read(id: string): Promise<Payment | null> {
    return this.#sql.exec<Payment>('SELECT * FROM payments WHERE id = ?', id).toArray()[0] ?? null
  }

  /** The payments made in a stretch of time, the oldest first. */
  async between(fromMs: number, untilMs: number, offset: number, limit: number): Promise<Payment[]> {
    return this.#sql
      .exec<Payment>(
        'SELECT * FROM payments WHERE createdAtMs >= ? AND createdAtMs <= ? ORDER BY createdAtMs, id LIMIT ? OFFSET ?',
        fromMs,
        untilMs,
        limit,
        offset,
      )
      .toArray()
  }

  /** The payer said yes or no, or the payment was given back. Paid is paid: it cannot be declined or paid again. */
  async turn(id: string, to: 'PAID' | 'FAILED' | 'CANCELLED'): Promise<Payment | null> {
    const payment = await this.read(id)
    if (!payment) return null
    const isAllowed = to === 'CANCELLED' ? payment.status === 'PAID' : MAY_BE_PAID.has(payment.status)
    if (!isAllowed) return payment
    const lie = to === 'PAID' ? this.#meet('lie') : null
    const { amount, currency } = lie?.kind === 'lie' ? lie : { amount: undefined, currency: undefined }
    const turned: Payment = {
      ...payment,
      status: to,
      total: amount ?? payment.total,
      currency: currency ?? payment.currency,
      cancelled: to === 'CANCELLED' ? payment.total : 0,
      changedAtMs: nowMs(),
    }
    this.#sql.exec(
      'UPDATE payments SET status = ?, total = ?, currency = ?, cancelled = ?, changedAtMs = ? WHERE id = ?',
      turned.status,
      turned.total,
      turned.currency,
      turned.cancelled,
      turned.changedAtMs,
      id,
    )
    return turned
  }

  /** The webhooks that tell of a turn, as the present behaviour has them. */
  async webhooksFor(payment: Payment): Promise<{ orders: WebhookOrder[]; delayMs: number }> {
    const behaviour = this.#meet('delay', 'repeat', 'reorder', 'forge', 'silent')
    const order = { id: `wh_${crypto.randomUUID()}`, type: TYPES[payment.status], payment: about(payment) }
    switch (behaviour?.kind) {
      case 'silent':
        return { orders: [], delayMs: 0 }
      case 'delay':
        return { orders: [order], delayMs: behaviour.delayMs }
      case 'repeat':
        return { orders: [order, order, order], delayMs: 0 }
      case 'reorder': {
        const other = (type: string) => ({ ...order, id: `wh_${crypto.randomUUID()}`, type })
        return { orders: [other('Transaction.Cancelled'), order, other('Transaction.Ready')], delayMs: 0 }
      }
      case 'forge':
        return { orders: [{ ...order, isForged: true }], delayMs: 0 }
      default:
        return { orders: [order], delayMs: 0 }
    }
  }

  /** Does something later: sends webhooks, or lets a payer's delayed approval come. */
  async later(delayMs: number, work: Late): Promise<void> {
    const dueAtMs = nowMs() + delayMs
    this.#sql.exec('INSERT INTO late (dueAtMs, work) VALUES (?, ?)', dueAtMs, JSON.stringify(work))
    const alarmAtMs = await this.ctx.storage.getAlarm()
    if (alarmAtMs === null || alarmAtMs > dueAtMs) await this.ctx.storage.setAlarm(dueAtMs)
  }

  override async alarm(): Promise<void> {
    const due = this.#sql
      .exec<{ rowid: number; work: string }>('SELECT rowid, work FROM late WHERE dueAtMs <= ?', nowMs())
      .toArray()
    for (const { rowid, work } of due) {
      this.#sql.exec('DELETE FROM late WHERE rowid = ?', rowid)
      await this.#do(Late.parse(JSON.parse(work)))
    }
    const [next] = this.#sql.exec<{ at: number | null }>('SELECT min(dueAtMs) AS at FROM late').toArray()
    if (next?.at) await this.ctx.storage.setAlarm(next.at)
  }

  async #do(work: Late): Promise<void> {
    if (work.kind === 'send') return await sendAll(this.env, work.orders)
    const payment = await this.turn(work.id, 'PAID')
    if (payment?.status !== 'PAID') return
    const { orders } = await this.webhooksFor(payment)
    await sendAll(this.env, orders)
  }

  /** The behaviour if it is one of these, counted down by being met. */
  #meet(...kinds: PayBehaviour['kind'][]): PayBehaviour | null {
    const met = this.#behaviour
    if (met.kind === 'well' || !kinds.includes(met.kind)) return null
    this.#behaviour = met.times > 1 ? { ...met, times: met.times - 1 } : { kind: 'well' }
    return met
  }
}

/** A refused card may be followed by another one. */
const MAY_BE_PAID: ReadonlySet<Payment['status']> = new Set(['READY', 'FAILED'])
const TYPES = {
  READY: 'Transaction.Ready',
  PAID: 'Transaction.Paid',
  FAILED: 'Transaction.Failed',
  CANCELLED: 'Transaction.Cancelled',
} as const satisfies Record<Payment['status'], string>

const Order = z.object({
  id: z.string(),
  type: z.string(),
  payment: z.object({ paymentId: z.string(), storeId: z.string() }),
  isForged: z.boolean().optional(),
  ageSeconds: z.int().optional(),
})
const Late = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('send'), orders: z.array(Order) }),
  z.object({ kind: z.literal('approve'), id: z.string() }),
])
type Late = z.infer<typeof Late>

const about = ({ id, storeId }: Payment) => ({ paymentId: id, storeId })

async function sendAll(env: object, orders: WebhookOrder[]): Promise<void> {
  for (const order of orders) await sendWebhook(env, order)
}

/** A payment in the words of PortOne's API. */
export const inPortOnesWords = (payment: Payment): object => ({
  status: payment.status,
  id: payment.id,
  transactionId: `tx-${payment.id}`,
  storeId: payment.storeId,
  orderName: '마당 지갑 충전',
  currency: payment.currency,
  amount: {
    total: payment.total,
    taxFree: 0,
    discount: 0,
    paid: payment.status === 'PAID' ? payment.total : 0,
    cancelled: payment.cancelled,
    cancelledTaxFree: 0,
  },
  statusChangedAt: toIso(payment.changedAtMs),
})
