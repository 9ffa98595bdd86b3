import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { ListingId, TradeId } from '#contracts/ids'
import type { ListingsApi, SaleFacts } from '#contracts/listings.api'
import type { Hold } from '#contracts/payments'
import type { PaymentsApi } from '#contracts/payments.api'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { log } from '#kit/log'
import { refuse } from '#kit/result'
import { auditAgainAtMs, type Finding, isSaleDue, moneyFindings, saleFindings } from './audit.rules.ts'
import { noteAudited, readAuditTimes, readToAudit } from './audit.store.ts'
import type { EscrowTrade } from './escrow.store.ts'
import { linesOf } from './neighbour.service.ts'

/** Payments and listings answer for so many at once. */
const AUDITED_A_TICK = 100
const ASK_DEADLINE_MS = 3 * SECOND_MS

export type AuditEnv = { DB: D1Database } & {
  PAYMENTS: Pick<PaymentsApi, 'holdsOfMany' | 'reportIncident'>
  LISTINGS: Pick<ListingsApi, 'salesOf'>
}

/**
 * A minute's share of holding purchases against payments' holds and listings' sales, those that wait longest first. Only what has
 * come to rest is looked at, and what changes while the neighbours are asked is let be, so that money which moves is no false alarm.
 * Run twice it looks twice and raises one incident; without a neighbour's answer the next tick looks. Answers what it found.
 */
export async function auditPurchases(
  env: AuditEnv,
  atMs: number,
  limit = AUDITED_A_TICK,
): Promise<(Finding & { tradeId: TradeId })[]> {
  const trades = await readToAudit(env.DB, atMs, limit)
  if (trades.length === 0) return []
  const ids = trades.map(({ id }) => id)
  const ctx = contextOf(`audit:${atMs}`)
  const [holds, sales] = await Promise.all([holdsOf(env, ctx, ids), salesOf(env, ctx, trades)])
  if (holds === null || sales === null) return []
  const times = await readAuditTimes(env.DB, ids)
  const findings: (Finding & { tradeId: TradeId })[] = []
  for (const trade of trades.filter(({ id, escrow }) => times.get(id) === escrow.auditAtMs)) {
    const money = moneyFindings(trade, linesOf(trade), holds.get(trade.id) ?? [])
    const found = [...money, ...saleFindings(trade, sales.get(trade.listingId))]
    await settle(env, trade, found, atMs)
    findings.push(...found.map((finding) => ({ ...finding, tradeId: trade.id })))
  }
  return findings
}

/**
 * Writes down what was found: the trade alone stands still, then the operators hear of it. Cut off between the two, the next look, a
 * minute later, tells them; in order again it goes on.
 */
async function settle(env: AuditEnv, trade: EscrowTrade, found: Finding[], atMs: number): Promise<void> {
  const isOff = found.length > 0
  const isFrozen = found.some(({ invariant }) => invariant === 'trade_paid_by_holds')
  await noteAudited(env.DB, trade, {
    againAtMs: auditAgainAtMs(trade, isOff, atMs),
    frozenAtMs: isFrozen ? (trade.escrow.frozenAtMs ?? atMs) : null,
    saleSeen: isSaleDue(trade) && !isOff ? 1 : trade.escrow.saleSeen,
  }).run()
  for (const finding of found) {
    const key = `${finding.invariant}:${trade.id}`
    log('error', 'trade audit found a mismatch', { tradeId: trade.id, ...finding })
    await env.PAYMENTS.reportIncident(contextOf(key), { key, aggregate: trade.id, ...finding })
  }
}

async function holdsOf(
  env: AuditEnv,
  ctx: CallContext,
  ids: TradeId[],
): Promise<Map<TradeId, Hold[]> | null> {
  const asked = await callWithin<Result<{ tradeId: TradeId; holds: Hold[] }[]>>(
    'payments.holdsOfMany',
    ASK_DEADLINE_MS,
    async () => await env.PAYMENTS.holdsOfMany(ctx, ids),
    () => refuse('UNAVAILABLE'),
  )
  return asked.ok ? new Map(asked.value.map(({ tradeId, holds }) => [tradeId, holds])) : null
}

async function salesOf(
  env: AuditEnv,
  ctx: CallContext,
  trades: EscrowTrade[],
): Promise<Map<ListingId, SaleFacts> | null> {
  const ids = trades.filter(isSaleDue).map(({ listingId }) => listingId)
  if (ids.length === 0) return new Map()
  const asked = await callWithin<Result<SaleFacts[]>>(
    'listings.salesOf',
    ASK_DEADLINE_MS,
    async () => await env.LISTINGS.salesOf(ctx, ids),
    () => refuse('UNAVAILABLE'),
  )
  return asked.ok ? new Map(asked.value.map((sale) => [sale.id, sale])) : null
}

const contextOf = (key: string): CallContext => ({
  actor: { kind: 'worker', worker: 'trades' },
  requestId: key,
  idempotencyKey: key,
})
