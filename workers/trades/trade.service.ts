import type { Result } from '#contracts/errors'
import type { MemberId, TradeId } from '#contracts/ids'
import type { Page, PageQuery } from '#contracts/page'
import type { Trade } from '#contracts/trades'
import { runBatch } from '#kit/d1'
import { outboxPut } from '#kit/outbox'
import { openPage, pageFrom } from '#kit/page'
import { ok, refuse } from '#kit/result'
import type { Asker, Written } from './asker.ts'
import { closingEvent, madeOldBy, reopen } from './closing.service.ts'
import type { TradesEnv } from './env.ts'
import { facesOf } from './face.service.ts'
import { memberOfSide, otherSide, type Side, sideOf, undo } from './trade.rules.ts'
import { dropReviews, readHistory, readTrade, replaceTrade, type TradeRow } from './trade.store.ts'
import { reviewsOf, tradeOf } from './trade.view.rules.ts'

const UNDO_TRIES = 3

/** A trade, for one of its two sides; to anyone else it is not there. */
export async function findTrade(env: TradesEnv, asker: Asker, id: TradeId): Promise<Result<Trade>> {
  const row = await readTrade(env.DB, id)
  const side = row && sideOf(row, asker.memberId)
  // Why a purchase failed is its buyer's to know; a deal that failed never was.
  const isToSee = row?.state !== 'failed' || (row.kind === 'escrow' && side === 'buyer')
  if (!row || !side || !isToSee) return refuse('NOT_FOUND')
  return await view(env, asker, row, side)
}

async function view(env: TradesEnv, asker: Asker, row: TradeRow, side: Side): Promise<Result<Trade>> {
  const faces = await facesOf(env, asker.requestId, peopleIn(row, side))
  return faces.ok ? ok(tradeOf(row, side, faces.value, asker.atMs)) : faces
}

/** Whose faces a side's view needs: the other's, and its own only where it wrote. */
function peopleIn(row: TradeRow, side: Side): MemberId[] {
  const wrote = reviewsOf(row).some(({ role }) => role === side)
  const peer = memberOfSide(row, otherSide(side))
  return wrote ? [peer, memberOfSide(row, side)] : [peer]
}

/** What a member sold or bought, the newest first: one query and one question to identity, however long it is. */
export async function listHistory(
  env: TradesEnv,
  asker: Asker,
  side: Side,
  query: PageQuery,
): Promise<Result<Page<Trade>>> {
  const list = `${side} ${asker.memberId}`
  const opened = openPage(env.CURSOR_SECRET, list, query.cursor)
  if (!opened.ok) return opened
  const rows = await readHistory(env.DB, side, asker.memberId, opened.value, query.limit + 1)
  const page = pageFrom(env.CURSOR_SECRET, list, rows, query.limit, (row) => [row.createdAtMs, row.id])
  const faces = await facesOf(
    env,
    asker.requestId,
    page.items.flatMap((row) => peopleIn(row, side)),
  )
  if (!faces.ok) return faces
  return ok({ ...page, items: page.items.map((row) => tradeOf(row, side, faces.value, asker.atMs)) })
}

/**
 * Takes "sold" back within its day: the trade, its reviews' end and the fact are one batch, then the listing is put on sale
 * again. When listings does not answer, the tick asks it. A second undo answers the trade as it stands.
 */
export async function undoTrade(env: TradesEnv, asker: Asker, id: TradeId): Promise<Written<Trade>> {
  for (let tries = 0; tries < UNDO_TRIES; tries++) {
    const row = await readTrade(env.DB, id)
    const side = row && sideOf(row, asker.memberId)
    if (!row || !side) return refuse('NOT_FOUND')
    const allowed = undo(
      row,
      reviewsOf(row).map(({ role }) => role),
      side,
      asker.atMs,
    )
    if (!allowed.ok) return allowed
    const undone: TradeRow = {
      ...row,
      state: 'cancelled',
      reopenWaiting: 1,
      version: row.version + 1,
      reviews: '[]',
    }
    const shown = await view(env, asker, undone, side)
    if (!shown.ok) return shown
    if (allowed.value === 'again') return ok({ value: shown.value, events: [], old: [] })
    const event = closingEvent('trade.undone', undone, asker.requestId, asker.atMs)
    const outcome = await runBatch(env.DB, [
      ...replaceTrade(env.DB, undone),
      dropReviews(env.DB, id),
      outboxPut(env.DB, event),
      ...asker.completion(200, shown.value),
    ])
    if (outcome.kind === 'aborted') continue
    await reopen(env, undone, asker.requestId)
    return ok({ value: shown.value, events: [event], old: madeOldBy(undone) })
  }
  return refuse('CONFLICT')
}
