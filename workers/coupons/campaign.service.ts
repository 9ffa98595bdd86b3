import { CHAIN_START } from '#contracts/coupon-chain'
import type { Campaign, CampaignFigures, CampaignPulse, OpenCampaign, ReceiptChain } from '#contracts/coupons'
import type { Result } from '#contracts/errors'
import type { CampaignId, MemberId } from '#contracts/ids'
import type { Page, PageQuery } from '#contracts/page'
import type { IssuedLink } from '#do/coupon-counter/counter.api'
import { nowMs } from '#kit/clock'
import { assertChangedOne, runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import type { Completion } from '#kit/idempotency'
import { describeError, log } from '#kit/log'
import { openPage, sealCursor } from '#kit/page'
import { ok, refuse } from '#kit/result'
import {
  byNearness,
  type CampaignRow,
  campaignOf,
  endOf,
  faultsOfRhythm,
  planOf,
  rhythmOf,
  type Window,
  windowAt,
  windowOfDay,
} from './campaign.rules.ts'
import { insertCampaign, readCampaign, readCampaigns, readFigures, updateCampaign } from './campaign.store.ts'
import { counterOf, lookAt } from './counters.ts'
import { readDay, readIssued } from './day.store.ts'
import type { CouponsEnv } from './env.ts'
import { forgetCampaign, knownCampaign } from './known-campaigns.ts'
import { sealOf } from './receipt.service.ts'

/** The list goes no further back than this; an operator's figures do. */
const LISTED_MAX = 100
const LINKS_AT_ONCE = 1_000

type Windowed = { row: CampaignRow; window: Window }

/** What each day has left: everything before it opens, what its object says while it is open, what was brought home after. */
async function shown(env: CouponsEnv, rows: CampaignRow[], atMs: number): Promise<Campaign[]> {
  const windowed = rows.map((row) => ({ row, window: windowAt(rhythmOf(row), atMs) }))
  const over = windowed.filter(({ window }) => atMs >= window.closesAtMs)
  const issuedThen = await readIssued(
    env.DB,
    over.map(({ row, window }) => ({ campaignId: row.id, day: window.day })),
  )
  const issuedOf = async ({ row, window }: Windowed): Promise<number> => {
    if (atMs < window.opensAtMs) return 0
    if (atMs >= window.closesAtMs) return issuedThen.get(row.id) ?? 0
    return (await lookAt(env, row.id, window.day)).issued
  }
  return await Promise.all(
    windowed.map(async ({ row, window }) => {
      const remaining = Math.max(0, row.total - (await issuedOf({ row, window })))
      return campaignOf(row, window, remaining, atMs)
    }),
  )
}

async function shownOne(env: CouponsEnv, row: CampaignRow, atMs: number): Promise<Result<Campaign>> {
  const [campaign] = await shown(env, [row], atMs)
  return campaign === undefined ? refuse('NOT_FOUND') : ok(campaign)
}

/** Running and coming ones first. */
export async function listCampaigns(
  env: CouponsEnv,
  { limit, cursor }: PageQuery,
  atMs: number,
): Promise<Result<Page<Campaign>>> {
  const opened = openPage(env.CURSOR_SECRET, 'campaigns', cursor)
  if (!opened.ok) return opened
  const start = Number(opened.value?.[0] ?? 0)
  const rows = await readCampaigns(env.DB, LISTED_MAX)
  const campaigns = (await shown(env, rows, atMs)).sort(byNearness)
  const end = start + limit
  const nextCursor = end < campaigns.length ? sealCursor(env.CURSOR_SECRET, 'campaigns', [end]) : null
  return ok({ items: campaigns.slice(start, end), nextCursor, total: campaigns.length })
}

export async function findCampaign(env: CouponsEnv, id: CampaignId, atMs: number): Promise<Result<Campaign>> {
  const campaign = await knownCampaign(env, id)
  return campaign === null ? refuse('NOT_FOUND') : await shownOne(env, campaign.row, atMs)
}

export async function pulseOf(env: CouponsEnv, id: CampaignId, atMs: number): Promise<Result<CampaignPulse>> {
  const found = await findCampaign(env, id, atMs)
  if (!found.ok) return found
  const { state, day, opensAt, closesAt, remaining, now } = found.value
  return ok({ id, state, day, opensAt, closesAt, remaining, now })
}

/** Opens a campaign; its first answer stands in the same batch, so a repeated request opens no second one. */
export async function openCampaign(
  env: CouponsEnv,
  asked: OpenCampaign,
  asker: { memberId: MemberId; completion: Completion; atMs: number },
): Promise<Result<Campaign>> {
  const { memberId, completion, atMs } = asker
  const errors = faultsOfRhythm(asked, atMs)
  if (errors.length > 0) return refuse('VALIDATION_FAILED', { errors })
  const id = newId('cmp', atMs)
  const campaign = freshCampaign(id, asked, atMs)
  const outcome = await runBatch(env.DB, [
    insertCampaign(env.DB, id, asked, { by: memberId, atMs, endsAtMs: endOf(asked.rhythm) }),
    assertChangedOne(env.DB),
    ...completion(201, campaign),
  ])
  return outcome.kind === 'done' ? ok(campaign) : refuse('REQUEST_IN_FLIGHT', { retryAfterSeconds: 1 })
}

function freshCampaign(id: CampaignId, asked: OpenCampaign, atMs: number): Campaign {
  const { discount } = asked
  const row: CampaignRow = {
    ...asked,
    id,
    description: asked.description ?? null,
    discountKind: discount.kind,
    discountAmount: discount.kind === 'amount' ? discount.amount : discount.cap,
    discountPercent: discount.kind === 'amount' ? null : discount.percent,
    categories: JSON.stringify(asked.categories),
    rhythm: JSON.stringify(asked.rhythm),
    state: 'running',
    version: 1,
  }
  return campaignOf(row, windowAt(asked.rhythm, atMs), asked.total, atMs)
}

/**
 * Changes words or state. The day that is open hears of it at once, so that a pause holds from the answer on; should that word be
 * lost, claims bring the newer plan within the second for which isolates remember a campaign.
 */
export async function editCampaign(
  env: CouponsEnv,
  id: CampaignId,
  edit: {
    title?: string | undefined
    description?: string | undefined
    state?: CampaignRow['state'] | undefined
  },
  atMs: number,
): Promise<Result<Campaign>> {
  const row = await updateCampaign(env.DB, id, edit)
  if (row === null) return refuse((await readCampaign(env.DB, id)) === null ? 'NOT_FOUND' : 'CAMPAIGN_ENDED')
  await tellOpenDay(env, row, atMs)
  return await shownOne(env, row, atMs)
}

/** Brings a campaign's newest plan to the object of the day that is open now. */
export async function tellOpenDay(env: CouponsEnv, row: CampaignRow, atMs: number): Promise<void> {
  forgetCampaign(row.id)
  const window = windowAt(rhythmOf(row), atMs)
  if (atMs < window.opensAtMs || atMs >= window.closesAtMs) return
  try {
    await counterOf(env, row.id, window.day).replan(planOf(row, window))
  } catch (error) {
    log('warn', 'a counter was not told of its new plan', describeError(error))
  }
}

export async function figuresOf(env: CouponsEnv, id: CampaignId): Promise<Result<CampaignFigures>> {
  return (await knownCampaign(env, id)) === null ? refuse('NOT_FOUND') : ok(await readFigures(env.DB, id))
}

/** The chain of a day: how long it is and its head at any time, its links and the signed head once nothing can come any more. */
export async function chainOf(env: CouponsEnv, id: CampaignId, day: string): Promise<Result<ReceiptChain>> {
  const campaign = await knownCampaign(env, id)
  const window = campaign && windowOfDay(campaign.rhythm, day)
  if (!window) return refuse('NOT_FOUND')
  const empty = { campaignId: id, day, closed: false, count: 0, head: CHAIN_START, seal: null, links: [] }
  if (nowMs() < window.opensAtMs) return ok(empty)
  const look = await counterOf(env, id, day).look()
  const closed = look.closed || (look.issued === 0 && nowMs() >= window.closesAtMs)
  const open = { ...empty, closed, count: look.issued, head: look.head }
  if (!closed) return ok(open)
  const seal = (await readDay(env.DB, id, day))?.seal ?? (await sealOf(env, open))
  return ok({ ...open, seal, links: await linksOf(env, id, day, look.issued) })
}

async function linksOf(env: CouponsEnv, id: CampaignId, day: string, count: number) {
  const links: ReceiptChain['links'] = []
  while (links.length < count) {
    const page = await counterOf(env, id, day).links(links.length + 1, LINKS_AT_ONCE)
    if (page.length === 0) break
    links.push(...page.map(publicLink))
  }
  return links
}

/** Without the member's id and when it expires: those are theirs. */
const publicLink = ({ campaignId, day, sequence, couponId, member, atMs, previous, hash }: IssuedLink) => ({
  ...{ campaignId, day, sequence, couponId, member, atMs, previous, hash },
})
