import type { Result } from '#contracts/errors'
import { ARRIVE_WITHIN_MS, VOTE_OPEN_MS } from '#contracts/group-buys'
import type { GroupBuyId, ImageId, MemberId } from '#contracts/ids'
import type { Image } from '#contracts/media'
import { callWithin } from '#kit/call'
import { DAY_MS, nowMs, SECOND_MS } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { outboxPut } from '#kit/outbox'
import { ok, refuse } from '#kit/result'
import type { Asker, Written } from './asker.ts'
import { imagesJson } from './card.rules.ts'
import type { GroupBuysEnv } from './env.ts'
import { stageFact } from './fact.ts'
import { nudge } from './flow.service.ts'
import { nextStepLookMs } from './group-buy.rules.ts'
import { CHANGE_TRIES, type Change, changeGroupBuy, readClaims, readGroupBuy } from './group-buy.store.ts'
import type { GroupBuyRow } from './row.ts'
import { needsVote, payableOf, tally } from './settlement.rules.ts'
import { putVote, readShares, replaceShares } from './share.store.ts'
import { toldIn } from './snapshot.store.ts'

const MEDIA_DEADLINE_MS = 4 * SECOND_MS
const PROLONG_FIRST_AFTER_MS = 7 * DAY_MS

export type Receipt = { goods: number; shipping: number; imageId?: ImageId | undefined }

/**
 * The host has bought it: the real cost is shared by units, and one too far above what was agreed is put to the vote. A later receipt
 * takes the place of the one before it, and its vote goes. Sent twice it is written twice with the same.
 */
export async function putReceipt(
  env: GroupBuysEnv,
  asker: Asker,
  id: GroupBuyId,
  receipt: Receipt,
): Promise<Written<null>> {
  for (let tries = 0; tries < CHANGE_TRIES; tries++) {
    const row = await readGroupBuy(env.DB, id)
    if (!row || row.hostId !== asker.memberId) return refuse('NOT_FOUND')
    if (row.state !== 'filled' && row.state !== 'purchasing') return refuse('GROUP_BUY_STATE')
    const image = await keepImage(env, asker, id, receipt.imageId)
    if (!image.ok) return image
    const atMs = nowMs()
    const { shares, isVoted } = await partsOf(env, row, receipt)
    // A later receipt does not lengthen the time its host has.
    const stageEndsMs = row.state === 'filled' ? atMs + ARRIVE_WITHIN_MS : (row.stageEndsMs ?? atMs)
    const change: Change = {
      stageEndsMs,
      ...{ state: 'purchasing', goods: receipt.goods, shipping: receipt.shipping },
      receipt: image.value && imagesJson([image.value]),
      voteClosesAtMs: isVoted ? atMs + VOTE_OPEN_MS : null,
      voteAgreed: null,
      dueAtMs: nextStepLookMs(stageEndsMs, atMs, atMs + (isVoted ? VOTE_OPEN_MS : PROLONG_FIRST_AFTER_MS)),
    }
    const events = receiptFacts(row, asker, shares, { ...receipt, isVoted, atMs })
    const outcome = await runBatch(env.DB, [
      ...changeGroupBuy(env.DB, row, change, atMs),
      ...replaceShares(env.DB, id, shares),
      ...events.map((event) => outboxPut(env.DB, event)),
    ])
    if (outcome.kind === 'aborted') continue
    await nudge(env, id)
    return ok({ value: null, events: [...events, ...toldIn(outcome.results)] })
  }
  return refuse('CONFLICT')
}

async function partsOf(env: GroupBuysEnv, row: GroupBuyRow, { goods, shipping }: Receipt) {
  const members = (await readClaims(env.DB, row.id)).map(({ memberId, units }) => ({
    ...{ memberId, units, held: units * row.unitPrice },
  }))
  const total = goods + shipping
  const isVoted = members.length > 0 && needsVote(total, row.filledUnits * row.unitPrice)
  const payable = payableOf(total, members, row.hostUnits, isVoted)
  const shares = members.map((member, index) => ({ ...member, share: payable.members[index] ?? 0 }))
  return { shares, isVoted }
}

function receiptFacts(
  row: GroupBuyRow,
  asker: Asker,
  shares: { memberId: MemberId }[],
  { goods, shipping, isVoted, atMs }: Receipt & { isVoted: boolean; atMs: number },
) {
  const memberIds = shares.map(({ memberId }) => memberId)
  const about = { memberIds, actorId: asker.memberId, requestId: asker.requestId, atMs }
  const bought = row.state === 'filled' ? [stageFact('group_buy.purchasing', row, about, {})] : []
  if (!isVoted) return bought
  const asked = { total: goods + shipping, closesAtMs: atMs + VOTE_OPEN_MS }
  return [...bought, stageFact('group_buy.vote_opened', row, about, asked)]
}

/** The photo of the receipt hangs apart from those everybody sees, so that changing one lets the other hang. */
async function keepImage(
  env: GroupBuysEnv,
  { memberId, requestId }: Asker,
  id: GroupBuyId,
  imageId: ImageId | undefined,
): Promise<Result<Image | null>> {
  if (imageId === undefined) return ok(null)
  const ctx = {
    actor: { kind: 'member', memberId, role: 'member' } as const,
    requestId,
    idempotencyKey: `${id}:receipt:${imageId}`,
  }
  const holder = { kind: 'group_buy' as const, id: `${id}:receipt` }
  const hung = await callWithin<Result<Image[]>>(
    'media.attach',
    MEDIA_DEADLINE_MS,
    async () => await env.MEDIA.attach(ctx, { ownerId: memberId, holder, imageIds: [imageId] }),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )
  return hung.ok ? ok(hung.value[0] ?? null) : hung
}

/** A member's word on a cost above what was agreed; it may change until the vote is closed. More than half of the units close it. */
export async function vote(
  env: GroupBuysEnv,
  asker: Asker,
  id: GroupBuyId,
  agree: boolean,
): Promise<Written<null>> {
  for (let tries = 0; tries < CHANGE_TRIES; tries++) {
    const [row, shares] = await Promise.all([readGroupBuy(env.DB, id), readShares(env.DB, id)])
    const mine = shares.find(({ memberId }) => memberId === asker.memberId)
    if (!row || !mine) return refuse('NOT_FOUND')
    const atMs = nowMs()
    const isVoting = row.state === 'purchasing' && row.voteClosesAtMs !== null && row.voteAgreed === null
    if (!isVoting || atMs >= (row.voteClosesAtMs ?? 0)) return refuse('VOTE_CLOSED')
    const said = shares.map((share) => (share === mine ? { ...share, vote: agree ? 1 : 0 } : share))
    const change: Change = tally(said).isAgreed ? { voteAgreed: 1, dueAtMs: atMs } : {}
    const outcome = await runBatch(env.DB, [
      ...changeGroupBuy(env.DB, row, change, atMs),
      ...putVote(env.DB, id, asker.memberId, agree),
    ])
    if (outcome.kind === 'done') return ok({ value: null, events: [] })
  }
  return refuse('CONFLICT')
}
