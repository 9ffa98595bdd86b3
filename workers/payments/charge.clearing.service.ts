import type { ChargeId } from '#contracts/ids'
import { CHARGE_OPEN_MS } from '#contracts/payments'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { describeError, log } from '#kit/log'
import { relay } from '#kit/outbox'
import { type ClearedCharge, clearingFinding, compare } from './charge.clearing.rules.ts'
import { readCleared, readUnbooked } from './charge.clearing.store.ts'
import { followCharge } from './charge.follow.service.ts'
import type { PaymentsEnv } from './env.ts'
import { raise } from './incident.service.ts'
import type { Finding } from './incident.store.ts'
import { type ProviderPayment, providerOf } from './provider.ts'

/** Every tick compares what may still be open; once an hour, two days. */
const FRESH_MS = CHARGE_OPEN_MS + 10 * MINUTE_MS
const WHOLE_MS = 2 * DAY_MS
/** The most a comparison reads of the provider's records, follows, and finds. */
const RECORDS_MAX = 2_000
const FOLLOWED_MAX = 50
const FOUND_MAX = 50
/** `chg_` and the ten digits of its time. */
const TIME_LENGTH = 14

/**
 * Holds the clearing accounts against the provider's own records and against what was settled. A payment whose return and webhook
 * were both lost is credited here; what cannot be explained is raised. Twice or late is harmless; without the provider, the next
 * tick compares.
 */
export async function auditClearing(env: PaymentsEnv, atMs: number): Promise<Finding[]> {
  const isWhole = Math.floor(atMs / MINUTE_MS) % (HOUR_MS / MINUTE_MS) === 0
  const fromMs = atMs - (isWhole ? WHOLE_MS : FRESH_MS)
  const chargeId = newId('chg', fromMs).slice(0, TIME_LENGTH)
  const payoutId = newId('pay', fromMs).slice(0, TIME_LENGTH)
  const unbooked = await readUnbooked(env.DB, { chargeId, payoutId }, FOUND_MAX)
  const findings = [
    ...unbooked.filter(({ due, booked }) => due !== booked).map(clearingFinding),
    ...(await compareRecords(env, fromMs, atMs)),
  ]
  await raise(env.DB, findings.slice(0, FOUND_MAX), atMs)
  return findings
}

async function compareRecords(env: PaymentsEnv, fromMs: number, atMs: number): Promise<Finding[]> {
  const records = await recordsOf(env, fromMs, atMs)
  const ids = records.map(({ id }) => id)
  const cleared = new Map<string, ClearedCharge>(
    ids.length === 0 ? [] : (await readCleared(env.DB, ids)).map((charge) => [charge.id, charge]),
  )
  const findings: Finding[] = []
  let followed = 0
  for (const record of records) {
    const charge = cleared.get(record.id)
    const comparison = compare(charge, record)
    if (comparison.kind === 'report') findings.push(comparison.finding)
    if (comparison.kind === 'follow' && charge && followed++ < FOLLOWED_MAX)
      await follow(env, charge.id, atMs)
  }
  return findings
}

async function recordsOf(env: PaymentsEnv, fromMs: number, untilMs: number): Promise<ProviderPayment[]> {
  try {
    return await providerOf(env).between(fromMs, untilMs, RECORDS_MAX)
  } catch (error) {
    log('warn', 'comparison with the provider put off to the next tick', describeError(error))
    return []
  }
}

async function follow(env: PaymentsEnv, id: ChargeId, atMs: number): Promise<void> {
  const following = { actorId: null, requestId: `clearing:${id}`, atMs, also: () => [] }
  const followed = await followCharge(env, id, following)
  if (followed.ok) await relay(env.DB, env, followed.value.events)
}
