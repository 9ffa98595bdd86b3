import type { MadangEvent } from '#contracts/events'
import type { PayoutId } from '#contracts/ids'
import { BankAccount } from '#contracts/payments'
import { DAY_MS, nowMs, SECOND_MS } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { derivedId } from '#kit/id'
import { describeError, log } from '#kit/log'
import { eventOf, outboxPut, relay } from '#kit/outbox'
import { type BankPayout, bankOf } from './bank.ts'
import type { PaymentsEnv } from './env.ts'
import { reportIncident } from './incident.service.ts'
import {
  accountOf,
  limitBackStatements,
  platformAccount,
  takeHoldStatements,
  voidHoldStatements,
} from './ledger.store.ts'
import { nextAskAtMs, type PayoutRow, settled } from './payout.rules.ts'
import { putOffPayout, readPayout, readPayoutsToAsk, replacePayout } from './payout.store.ts'
import { unseal } from './seal.ts'

/** One tick looks at so many, and begins no more of them after its time; the rest waits a minute. */
const LOOKED_AT_A_TICK = 40
/** A bank that has not answered for so long needs a person. */
const STUCK_AFTER_MS = DAY_MS
const SWEEP_BUDGET_MS = 15 * SECOND_MS

/**
 * Brings a pay-out on by as much as the bank lets it: sends it, then asks how it stands, then books the end. The bank knows it by
 * its id, so that a process that dies between sending and writing down, or two that meet here, send it once; and its hold is
 * resolved once, whoever comes first. What fails is put off to the tick.
 */
export async function advancePayout(
  env: PaymentsEnv,
  id: PayoutId,
  requestId: string,
  atMs: number,
): Promise<void> {
  const row = await readPayout(env.DB, id)
  if (row === null || row.sealed === null) return
  try {
    await record(env, row, await wordOfBank(env, row, row.sealed), requestId, atMs)
  } catch (error) {
    log('warn', 'pay-out put off to the tick', { payoutId: id, ...describeError(error) })
    await putOffPayout(env.DB, id, nextAskAtMs(row, atMs)).run()
    if (atMs - row.atMs > STUCK_AFTER_MS) await reportStuck(env, row)
  }
}

/** For an operator to see with the bank; the pay-out is tried on meanwhile. Told again, it stays one incident. */
const reportStuck = (env: PaymentsEnv, { id, amount, state }: PayoutRow): Promise<void> =>
  reportIncident(env, {
    key: `payout-stuck:${id}`,
    invariant: 'bank_clearing_matches',
    aggregate: id,
    difference: amount,
    explanation: `${amount} KRW have been ${state} for more than a day, and the bank gives no clear answer`,
  })

/** As `advancePayout`, for who may ask as often as they like: only when it is time to look again. */
export async function advanceWhenDue(
  env: PaymentsEnv,
  id: PayoutId,
  requestId: string,
  atMs: number,
): Promise<void> {
  const row = await readPayout(env.DB, id)
  if (row !== null && row.askAtMs !== null && row.askAtMs <= atMs)
    await advancePayout(env, id, requestId, atMs)
}

async function wordOfBank(env: PaymentsEnv, row: PayoutRow, sealed: string): Promise<BankPayout> {
  const bank = bankOf(env)
  if (row.bankId !== null) return await bank.read(row.bankId)
  const account = BankAccount.parse(JSON.parse(unseal(env.WALLET_SECRET, row.id, sealed)))
  return await bank.send({ id: row.id, amount: row.amount, account })
}

async function record(
  env: PaymentsEnv,
  row: PayoutRow,
  word: BankPayout,
  requestId: string,
  atMs: number,
): Promise<void> {
  switch (word.status) {
    case 'underway':
      await change(env, {
        ...row,
        ...{ state: 'sent', version: row.version + 1, bankId: word.bankId },
        askAtMs: nextAskAtMs(row, atMs),
      })
      return
    case 'paid':
      return await bookPaid(env, settled(row, atMs, word.bankId, null), requestId, atMs)
    case 'failed':
      return await bookFailed(env, settled(row, atMs, word.bankId, word.failure), requestId, atMs)
    case 'refused':
      return await bookFailed(env, settled(row, atMs, row.bankId, word.failure), requestId, atMs)
  }
}

/** Writes the changed row and what belongs to it. Losing to another who did the same is no failure; a refused movement is. */
async function change(
  env: PaymentsEnv,
  row: PayoutRow,
  also: D1PreparedStatement[] = [],
): Promise<'done' | 'lost'> {
  const outcome = await runBatch(env.DB, [...replacePayout(env.DB, row), ...also])
  if (outcome.kind === 'done') return 'done'
  const { constraint } = outcome
  if (constraint === 'batch_guard.changed_one' || constraint === 'PAYOUT_SETTLED') return 'lost'
  throw new Error(`the books refused the pay-out: ${constraint}`)
}

/** The held money leaves for the bank. */
async function bookPaid(env: PaymentsEnv, row: PayoutRow, requestId: string, atMs: number): Promise<void> {
  const event = factOf('wallet.paid_out', row, requestId, atMs)
  const transfer = {
    id: derivedId('xfr', row.id),
    from: accountOf(row.memberId),
    to: platformAccount('bank'),
    amount: row.amount,
    cause: { kind: 'payout', id: row.id },
    memo: `${row.bank} ··${row.numberEnd}`,
    url: null,
    atMs,
  } as const
  const taken = takeHoldStatements(env.DB, { holdId: row.holdId, transfer })
  await tell(env, event, await change(env, row, [...taken, outboxPut(env.DB, event)]))
}

/** The held money is free again, and the day has room for it. */
async function bookFailed(env: PaymentsEnv, row: PayoutRow, requestId: string, atMs: number): Promise<void> {
  const event = factOf('wallet.payout_failed', row, requestId, atMs)
  const done = await change(env, row, [
    ...voidHoldStatements(env.DB, { holdId: row.holdId, atMs }),
    ...limitBackStatements(env.DB, { ...row, kind: 'payout' }),
    outboxPut(env.DB, event),
  ])
  await tell(env, event, done)
}

const tell = async (env: PaymentsEnv, event: MadangEvent, done: 'done' | 'lost'): Promise<void> => {
  if (done === 'done') await relay(env.DB, env, [event])
}

const factOf = (
  type: 'wallet.paid_out' | 'wallet.payout_failed',
  { id, memberId, amount, version }: PayoutRow,
  requestId: string,
  atMs: number,
): MadangEvent =>
  eventOf(
    {
      ...{ type, aggregateId: id, version, actorId: null, requestId },
      data: { payoutId: id, memberId, amount },
    },
    atMs,
  )

/** The minute's part for pay-outs. Twice or late is harmless; answers how many were looked at. */
export async function sweepPayouts(env: PaymentsEnv, atMs: number): Promise<number> {
  const ids = await readPayoutsToAsk(env.DB, atMs, LOOKED_AT_A_TICK)
  const untilMs = nowMs() + SWEEP_BUDGET_MS
  let looked = 0
  for (const id of ids) {
    if (nowMs() > untilMs) break
    await advancePayout(env, id, `tick:${id}`, atMs)
    looked += 1
  }
  return looked
}
