import { firstFaultOf, memberText, sha256Hex } from '#contracts/coupon-chain'
import type { ReceiptLink } from '#contracts/coupons'
import type { Invariant } from '#contracts/payments'
import { nowMs } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { tellOpenDay } from './campaign.service.ts'
import { readCampaign } from './campaign.store.ts'
import { counterOf } from './counters.ts'
import {
  countUsedTwice,
  type DayRow,
  noteAudited,
  pauseForAudit,
  putSeal,
  readDay,
  readProjected,
  readToAudit,
  readToSeal,
} from './day.store.ts'
import type { CouponsEnv } from './env.ts'
import { sealOf } from './receipt.service.ts'

const SEALED_A_TICK = 10
/** Each tick looks at those that were looked at longest ago; a day of 10,000 takes some tens of milliseconds. */
const AUDITED_A_TICK = 4

export type Finding = { invariant: Invariant; difference: number; explanation: string }
/** A day as its object and its projection tell it. */
export type DayTold = {
  day: DayRow
  counter: { issued: number; head: string; faults: string[] }
  projected: ReceiptLink[]
  usedTwice: number
}

/** What is off with a day; empty when object, projection and seal say the same and it hangs together. */
export async function findingsOf({ day, counter, projected, usedTwice }: DayTold): Promise<Finding[]> {
  const findings: Finding[] = []
  const most = Math.max(counter.issued, projected.length)
  if (most > day.total) {
    const explanation = `${most} coupons were given out of ${day.total}`
    findings.push({ invariant: 'coupons_within_total', difference: most - day.total, explanation })
  }
  const broken = day.sealedHead !== null && day.sealedHead !== counter.head
  const faults = broken ? [...counter.faults, 'the head is not the one that was sealed'] : counter.faults
  if (faults.length > 0) {
    const explanation = faults.slice(0, 5).join('; ')
    findings.push({ invariant: 'coupon_receipts_chain', difference: faults.length, explanation })
  }
  const fault = await firstFaultOf(projected, counter.head)
  if (fault !== null) {
    const explanation = `the projection has ${fault.fault} at ${fault.sequence}; the counter gave out ${counter.issued}`
    const difference = projected.length - counter.issued
    findings.push({ invariant: 'coupon_projection_matches', difference, explanation })
  }
  if (usedTwice > 0) {
    const explanation = `${usedTwice} used coupons share a trade`
    findings.push({ invariant: 'coupon_used_by_one_trade', difference: usedTwice, explanation })
  }
  return findings
}

/** Seals what is over, then audits the days that were audited longest ago. A day that cannot be looked at waits for the next tick. */
export async function auditDays(env: CouponsEnv, atMs: number): Promise<number> {
  let done = 0
  for (const day of await readToSeal(env.DB, atMs, SEALED_A_TICK))
    done += await trying(day, () => seal(env, day))
  for (const day of await readToAudit(env.DB, AUDITED_A_TICK))
    done += await trying(day, () => audit(env, day, atMs))
  return done
}

async function trying(day: DayRow, work: () => Promise<boolean>): Promise<number> {
  try {
    return (await work()) ? 1 : 0
  } catch (error) {
    log('error', 'a coupon day could not be looked at', {
      aggregate: aggregateOf(day),
      ...describeError(error),
    })
    return 0
  }
}

/** Signs the head once nothing can come any more by the counter's own clock. Twice at once: the first stays. */
async function seal(env: CouponsEnv, day: DayRow): Promise<boolean> {
  const counter = counterOf(env, day.campaignId, day.day)
  await counter.flushed()
  const { closed, issued, head } = await counter.look()
  if (!closed) return false
  const { campaignId } = day
  const signed = await sealOf(env, { campaignId, day: day.day, count: issued, head })
  return (await putSeal(env.DB, day, head, signed).run()).meta.changes === 1
}

/** Noted before it is done, so that a day that cannot be looked at does not keep the others from their turn; its own comes again. */
async function audit(env: CouponsEnv, listed: DayRow, atMs: number): Promise<boolean> {
  await noteAudited(env.DB, listed, atMs).run()
  const told = await toldOf(env, listed)
  if (told === null) return false
  const findings = await findingsOf(told)
  if (findings.length > 0) await pause(env, told.day)
  for (const finding of findings) await report(env, told.day, finding)
  return true
}

/** The same moment of the day from both sides; null when coupons were given out in between, and the next tick looks again. */
async function toldOf(env: CouponsEnv, listed: DayRow): Promise<DayTold | null> {
  const object = counterOf(env, listed.campaignId, listed.day)
  await object.flushed()
  const counter = await object.audit()
  const day = await readDay(env.DB, listed.campaignId, listed.day)
  const rows = await readProjected(env.DB, listed)
  const usedTwice = await countUsedTwice(env.DB, listed)
  if (day === null || (await object.look()).issued !== counter.issued) return null
  const projected = await Promise.all(
    rows.map(async ({ memberId, ...row }) => ({
      ...row,
      member: await sha256Hex(memberText(memberId, row.couponId)),
    })),
  )
  return { day, counter, projected, usedTwice }
}

const aggregateOf = ({ campaignId, day }: DayRow): string => `coupons:${campaignId}:${day}`

/** The operator's page of incidents hears of it; the same finding of the same day is one incident however often it is found. */
async function report(env: CouponsEnv, day: DayRow, finding: Finding): Promise<void> {
  const aggregate = aggregateOf(day)
  log('error', 'coupon audit found a mismatch', { aggregate, ...finding })
  await env.PAYMENTS.reportIncident(
    {
      actor: { kind: 'worker', worker: 'coupons' },
      requestId: `audit:${aggregate}`,
      idempotencyKey: aggregate,
    },
    { key: `${aggregate}:${finding.invariant}`, aggregate, ...finding },
  )
}

/** Only the campaign that is off stops giving out; coupons that members have stay good. */
async function pause(env: CouponsEnv, { campaignId }: DayRow): Promise<void> {
  await pauseForAudit(env.DB, campaignId)
  const row = await readCampaign(env.DB, campaignId)
  if (row !== null) await tellOpenDay(env, row, nowMs())
}
