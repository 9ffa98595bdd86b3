import { MadangEvent } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import type { TradeState } from '#contracts/trades'
import { runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import { outboxPut } from '#kit/outbox'
import { AT_REST_AFTER_MS } from './audit.rules.ts'
import { dueAtMs, type Escrowed } from './escrow.rules.ts'
import { type EscrowTrade, replaceEscrow, rowOf } from './escrow.store.ts'
import { factsOf } from './trade.view.rules.ts'

type To = { state?: TradeState; completedAtMs?: number; escrow: Partial<Escrowed> }

/** The next version of a purchase, with the moments at which the tick and the audit look at it next. */
export function nextOf(trade: EscrowTrade, to: To, atMs: number): EscrowTrade {
  const next = {
    ...trade,
    state: to.state ?? trade.state,
    completedAtMs: to.completedAtMs ?? trade.completedAtMs,
    version: trade.version + 1,
    escrow: { ...trade.escrow, ...to.escrow },
  }
  return {
    ...next,
    escrow: { ...next.escrow, dueAtMs: dueAtMs(next, atMs), auditAtMs: atMs + AT_REST_AFTER_MS },
  }
}

/** A change of a purchase with what stands and falls with it, in one batch; false when somebody else was faster and nothing was written. */
export async function write(
  db: D1Database,
  next: EscrowTrade,
  also: D1PreparedStatement[] = [],
  events: readonly MadangEvent[] = [],
): Promise<boolean> {
  const outcome = await runBatch(db, [
    ...replaceEscrow(db, next),
    ...events.map((event) => outboxPut(db, event)),
    ...also,
  ])
  return outcome.kind === 'done'
}

type MoneyFact =
  | 'trade.paid'
  | 'trade.completed'
  | 'trade.cancelled'
  | 'trade.release_due'
  | 'trade.disputed'
  | 'trade.decided'
  | 'trade.refunded'
type About = { actorId: MemberId | null; requestId: string; atMs: number }

/** A fact about a purchase and its money, with what this one tells beside; its own parse stops a malformed one here. */
export function moneyEvent(
  type: MoneyFact,
  trade: EscrowTrade,
  { actorId, requestId, atMs }: About,
  beside: object = {},
): MadangEvent {
  const { paid, discount, refunded } = trade.escrow
  const money = { paid, discount, refunded }
  const told = type === 'trade.completed' ? { escrow: money } : money
  return MadangEvent.parse({
    ...{ id: newId('evt', atMs), v: 1, at: atMs, type, aggregateId: trade.id, version: trade.version },
    ...{ actorId, requestId, data: { ...factsOf(rowOf(trade)), ...told, ...beside } },
  })
}
