import type { Result } from '#contracts/errors'
import type { EditGroupBuy, GroupBuy } from '#contracts/group-buys'
import type { GroupBuyId } from '#contracts/ids'
import { nowMs } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { ok, refuse } from '#kit/result'
import type { Asker, Written } from './asker.ts'
import { groupBuyOf, imagesOf } from './card.rules.ts'
import type { GroupBuysEnv } from './env.ts'
import {
  areSound,
  deadlineWithin,
  isOpen,
  nextLookMs,
  planOfRow,
  remindedFromTheStart,
  termsAfter,
} from './group-buy.rules.ts'
import {
  CHANGE_TRIES,
  type Change,
  changeGroupBuy,
  readGroupBuy,
  readRecord,
  reindexWords,
} from './group-buy.store.ts'
import { hangPhotos } from './photos.service.ts'
import type { GroupBuyRow } from './row.ts'
import { toldIn } from './snapshot.store.ts'
import { wordsOf } from './words.rules.ts'

/** Changes a group buy of one's own: the words as long as it is open, what members join on only while nobody has. */
export async function editGroupBuy(
  env: GroupBuysEnv,
  asker: Asker,
  id: GroupBuyId,
  edit: EditGroupBuy,
): Promise<Written<GroupBuy>> {
  for (let tries = 0; tries < CHANGE_TRIES; tries++) {
    const row = await readGroupBuy(env.DB, id)
    if (!row || row.hostId !== asker.memberId) return refuse('NOT_FOUND')
    if (!isOpen(row)) return refuse('GROUP_BUY_CLOSED')
    const atMs = nowMs()
    const terms = await changeTerms(env, row, edit, atMs)
    if (!terms.ok) return terms
    const photos = await changePhotos(env, asker, row, edit, atMs)
    if (!photos.ok) return photos
    const change = { ...wordsAfter(edit), ...terms.value, ...photos.value.change }
    const next: GroupBuyRow = { ...row, ...change }
    const outcome = await runBatch(env.DB, [
      ...changeGroupBuy(env.DB, row, change, atMs),
      ...reindexWords(env.DB, row, wordsOf(next)),
      ...photos.value.statements,
    ])
    if (outcome.kind === 'done') {
      const value = groupBuyOf(next, await readRecord(env.DB, row.hostId))
      return ok({ value, events: toldIn(outcome.results) })
    }
    if (outcome.constraint === 'GROUP_BUY_JOINED') return refuse('GROUP_BUY_JOINED')
  }
  return refuse('CONFLICT')
}

function wordsAfter(edit: EditGroupBuy): Change {
  return {
    ...(edit.title === undefined ? {} : { title: edit.title }),
    ...(edit.description === undefined ? {} : { description: edit.description }),
    ...(edit.category === undefined ? {} : { category: edit.category }),
    ...(edit.productUrl === undefined ? {} : { productUrl: edit.productUrl }),
    ...(edit.pickup === undefined ? {} : { pickup: JSON.stringify(edit.pickup) }),
    ...(edit.shopUnitPrice === undefined ? {} : { shopUnitPrice: edit.shopUnitPrice }),
    ...(edit.keywords === undefined ? {} : { keywords: JSON.stringify(edit.keywords) }),
  }
}

/**
 * The claims object agrees first: it alone knows whether somebody is just joining. Cut off before the row is written, claims are asked to
 * come again until the object has forgotten the plan that never came; the host's retry, or another edit, brings a newer one.
 */
async function changeTerms(
  env: GroupBuysEnv,
  row: GroupBuyRow,
  edit: EditGroupBuy,
  atMs: number,
): Promise<Result<Change>> {
  const { terms, isTouched } = termsAfter(row, edit)
  const isRetitled = edit.title !== undefined && edit.title !== row.title
  if (!isTouched && !(isRetitled && row.state === 'recruiting')) return ok({})
  if (isTouched) {
    if (row.state !== 'recruiting') return refuse('GROUP_BUY_CLOSED')
    if (row.members > 0) return refuse('GROUP_BUY_JOINED')
    const sound = areSound(terms)
    if (!sound.ok) return sound
    const deadline =
      terms.deadlineMs === row.deadlineMs ? ok(row.deadlineMs) : deadlineWithin(terms.deadlineMs, atMs)
    if (!deadline.ok) return deadline
  }
  const planVersion = row.planVersion + 1
  const plan = { ...planOfRow(row), ...terms, title: edit.title ?? row.title, version: planVersion }
  const agreed = await env.SLOT_CLAIMS.getByName(row.id).plan(plan)
  if (!agreed.ok) return agreed
  if (!isTouched) return ok({ planVersion })
  const remindedHours = remindedFromTheStart(terms.deadlineMs, atMs)
  const dueAtMs = nextLookMs({ deadlineMs: terms.deadlineMs, remindedHours }, atMs)
  return ok({ ...terms, filledUnits: terms.hostUnits, planVersion, remindedHours, dueAtMs })
}

async function changePhotos(
  env: GroupBuysEnv,
  { memberId, requestId }: Asker,
  row: GroupBuyRow,
  { imageIds }: EditGroupBuy,
  atMs: number,
): Promise<Result<{ change: Change; statements: D1PreparedStatement[] }>> {
  const shown = imagesOf(row.images).map(({ id }) => id)
  if (imageIds === undefined || imageIds.join() === shown.join()) return ok({ change: {}, statements: [] })
  const intent = { memberId, retryKey: `edit:${row.id}`, groupBuyId: row.id, atMs }
  const hung = await hangPhotos(env, intent, { imageIds, version: row.version + 1, requestId })
  if (!hung.ok) return hung
  return ok({ change: { images: hung.value.images }, statements: hung.value.statements })
}
