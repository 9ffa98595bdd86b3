import type { Result } from '#contracts/errors'
import type { AlertId, MemberId } from '#contracts/ids'
import type { Alert, SaveAlert } from '#contracts/search'
import { ALERTS_PER_MEMBER_MAX } from '#contracts/search'
import { nowMs, toIso } from '#kit/clock'
import { assertChangedOne, runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import type { Completion } from '#kit/idempotency'
import { ok, refuse } from '#kit/result'
import { contentOf, gramsOf, wishOf } from './alert.rules.ts'
import { type AlertRow, alertAlike, alertsOf, deleteAlert, insertAlert, rarestGram } from './alert.store.ts'

type Saved = { alert: Alert; isNew: boolean }

/** Saves an alert; the same content again is the alert that is there. */
export async function saveAlert(
  db: D1Database,
  memberId: MemberId,
  request: SaveAlert,
  completion: Completion,
): Promise<Result<Saved>> {
  const wish = wishOf(request)
  if (wish.words.length === 0) {
    const errors = [{ path: 'q', message: 'nothing in it can be searched' }]
    return refuse('VALIDATION_FAILED', { errors })
  }
  const content = contentOf(wish)
  const alike = await alertAlike(db, memberId, content)
  if (alike !== null) return ok({ alert: alertOf(alike), isNew: false })

  const { category, minPrice, maxPrice } = request
  const atMs = nowMs()
  const row = {
    id: newId('alr', atMs),
    memberId,
    q: request.q,
    category: category ?? null,
    minPrice: minPrice ?? null,
    maxPrice: maxPrice ?? null,
    createdAtMs: atMs,
  }
  const gram = await rarestGram(db, gramsOf(wish.words))
  const alert = alertOf({ ...row, radiusKm: wish.place?.radiusKm ?? null })
  const outcome = await runBatch(db, [
    insertAlert(db, { ...row, content, gram, place: wish.place }),
    assertChangedOne(db),
    ...completion(201, alert),
  ])
  return outcome.kind === 'done'
    ? ok({ alert, isNew: true })
    : await whyNotSaved(db, memberId, content, outcome.constraint)
}

/** The batch aborts on an alert alike that was quicker, on the limit, or on a claim lost to a takeover. */
async function whyNotSaved(
  db: D1Database,
  memberId: MemberId,
  content: string,
  constraint: string,
): Promise<Result<Saved>> {
  if (!['alerts.member_id', 'batch_guard.changed_one'].includes(constraint))
    throw new Error(`alert refused by ${constraint}`)
  const mine = await alertsOf(db, memberId)
  const isFull = mine.length >= ALERTS_PER_MEMBER_MAX
  const alike = await alertAlike(db, memberId, content)
  if (alike !== null) return ok({ alert: alertOf(alike), isNew: false })
  return isFull ? refuse('ALERT_LIMIT_REACHED') : refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

export const listAlerts = async (db: D1Database, memberId: MemberId): Promise<Alert[]> =>
  (await alertsOf(db, memberId)).map(alertOf)

export async function dropAlert(db: D1Database, memberId: MemberId, id: AlertId): Promise<Result<null>> {
  return (await deleteAlert(db, memberId, id)) ? ok(null) : refuse('NOT_FOUND')
}

const alertOf = (row: Omit<AlertRow, 'seq' | 'memberId' | 'lat' | 'lng'>): Alert => ({
  id: row.id,
  q: row.q,
  category: row.category,
  minPrice: row.minPrice,
  maxPrice: row.maxPrice,
  radiusKm: row.radiusKm,
  createdAt: toIso(row.createdAtMs),
})
