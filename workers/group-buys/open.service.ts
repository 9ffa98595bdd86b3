import type { Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { GroupBuy, OpenGroupBuy } from '#contracts/group-buys'
import type { GroupBuyId } from '#contracts/ids'
import { nowMs } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import { spotOf } from '#kit/place'
import { ok, refuse } from '#kit/result'
import type { Asker, Written } from './asker.ts'
import { groupBuyOf } from './card.rules.ts'
import type { GroupBuysEnv } from './env.ts'
import { hostFor } from './face.service.ts'
import { deadlineWithin, nextLookMs, planOfRow, remindedFromTheStart } from './group-buy.rules.ts'
import { insertGroupBuy, mayOpenMore, newSeq, readRecord } from './group-buy.store.ts'
import { hangPhotos } from './photos.service.ts'
import { type Face, FRESH, type GroupBuyRow } from './row.ts'
import { tellOpened, toldIn } from './snapshot.store.ts'
import { wordsOf } from './words.rules.ts'

const NUMBER_DRAWS_MAX = 5

/** Opens a group buy. Photos are hung first; then the row and the answer to retries are one batch; then its claims object is told. */
export async function openGroupBuy(
  env: GroupBuysEnv,
  asker: Asker,
  open: OpenGroupBuy,
): Promise<Written<GroupBuy>> {
  const { memberId, requestId, atMs } = asker
  const deadline = deadlineWithin(Date.parse(open.deadline), atMs)
  if (!deadline.ok) return deadline
  const host = await hostFor(env, memberId, requestId)
  if (!host.ok) return host
  if (!(await mayOpenMore(env.DB, memberId))) return refuse('GROUP_BUY_LIMIT_REACHED')
  const freshId = newId('gb', atMs)
  const hung = await photosFor(env, asker, freshId, open)
  if (!hung.ok) return hung
  const row = newRow(hung.value.groupBuyId, host.value, open, hung.value.images, atMs)
  const groupBuy = groupBuyOf(row, await readRecord(env.DB, memberId))
  const events: MadangEvent[] = []
  for (let draw = 1; ; draw++) {
    const outcome = await runBatch(env.DB, [
      ...insertGroupBuy(env.DB, { ...row, seq: newSeq(atMs) }, wordsOf(row)),
      ...hung.value.statements,
      ...asker.completion(201, groupBuy),
      tellOpened(env.DB, row),
    ])
    if (outcome.kind === 'done') {
      events.push(...toldIn(outcome.results))
      break
    }
    // Two openings of one millisecond may draw the same number: nothing was written, so another is drawn.
    const hasDrawnTaken = outcome.constraint === 'group_buys.seq' && draw < NUMBER_DRAWS_MAX
    if (hasDrawnTaken) continue
    // Another opening took the host's last place, or a takeover the claim on the key.
    if (!(await mayOpenMore(env.DB, memberId))) return refuse('GROUP_BUY_LIMIT_REACHED')
    return refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
  }
  // The object's alarm is what ends it in time; should it not be reached, the first claim or the tick tells it.
  await env.SLOT_CLAIMS.getByName(row.id)
    .plan(planOfRow(row))
    .catch(() => null)
  return ok({ value: groupBuy, events })
}

type Hung = { groupBuyId: GroupBuyId; images: string; statements: D1PreparedStatement[] }

async function photosFor(
  env: GroupBuysEnv,
  { memberId, requestId, idempotencyKey }: Asker,
  freshId: GroupBuyId,
  { imageIds }: OpenGroupBuy,
): Promise<Result<Hung>> {
  if (imageIds.length === 0) return ok({ groupBuyId: freshId, images: '[]', statements: [] })
  const intent = {
    memberId,
    retryKey: `open:${idempotencyKey ?? freshId}`,
    groupBuyId: freshId,
    atMs: nowMs(),
  }
  return await hangPhotos(env, intent, { imageIds, version: 1, requestId })
}

function newRow(id: GroupBuyId, host: Face, open: OpenGroupBuy, images: string, atMs: number): GroupBuyRow {
  const deadlineMs = Date.parse(open.deadline)
  const remindedHours = remindedFromTheStart(deadlineMs, atMs)
  return {
    ...FRESH,
    ...{ seq: 0, id, hostId: host.memberId, nickname: host.nickname, photoId: host.photoId },
    ...{ title: open.title, description: open.description, category: open.category, unit: open.unit },
    ...{ unitPrice: open.unitPrice, totalUnits: open.totalUnits, minUnits: open.minUnits },
    ...{ hostUnits: open.hostUnits, filledUnits: open.hostUnits, deadlineMs, region: open.region ?? null },
    ...(open.location ? spotOf(open.location) : { latMilli: null, lngMilli: null }),
    ...{ shopUnitPrice: open.shopUnitPrice ?? null, productUrl: open.productUrl ?? null },
    ...{ createdAtMs: atMs, updatedAtMs: atMs },
    ...{ remindedHours, dueAtMs: nextLookMs({ deadlineMs, remindedHours }, atMs) },
    images,
    pickup: JSON.stringify(open.pickup),
    keywords: JSON.stringify(open.keywords),
  }
}
