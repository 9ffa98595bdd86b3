import type { Result } from '#contracts/errors'
import type { EventOf, MadangEvent } from '#contracts/events'
import type { ChargeId, MemberId, TransferId } from '#contracts/ids'
import type { Charge } from '#contracts/payments'
import { callWithin } from '#kit/call'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { derivedId } from '#kit/id'
import { describeError, log } from '#kit/log'
import { eventOf, outboxPut } from '#kit/outbox'
import { ok, refuse } from '#kit/result'
import { type ChargeRow, chargeOf, type Verdict, verdictOf } from './charge.rules.ts'
import { readCharge, replaceCharge } from './charge.store.ts'
import type { PaymentsEnv } from './env.ts'
import { reportIncident } from './incident.service.ts'
import {
  accountOf,
  limitBackStatements,
  type NewTransfer,
  platformAccount,
  refusalOf,
  transferStatements,
} from './ledger.store.ts'
import { type ProviderPayment, providerOf } from './provider.ts'

const PROVIDER_DEADLINE_MS = 8 * SECOND_MS
/** Return, webhook and tick may meet; each round that loses finds what the winner did. */
const TRIES = 4
/** An expired top-up is looked at once more after this: whoever paid at the last moment, unheard, gets it back. */
const LAST_LOOK_MS = DAY_MS
const CANCEL_AGAIN_MS = MINUTE_MS

export type Following = {
  /** Null when the provider or the clock, not the member, made us look. */
  actorId: MemberId | null
  requestId: string
  atMs: number
  /** What is written beside the credit. */
  also: (charge: Charge) => D1PreparedStatement[]
}
export type Followed = { row: ChargeRow; events: MadangEvent[] }

/**
 * Brings a top-up to where the provider says its payment is: the one way in which a charge changes, whoever asks for it. State,
 * transfer and fact are one batch guarded by the row's version, so that however many come at once, one of them moves the money.
 */
export async function followCharge(
  env: PaymentsEnv,
  id: ChargeId,
  following: Following,
): Promise<Result<Followed>> {
  for (let tries = 0; tries < TRIES; tries++) {
    const row = await readCharge(env.DB, id)
    if (!row) return refuse('NOT_FOUND')
    const seen = await lookAt(env, id)
    if (!seen.ok) return seen
    const verdict = verdictOf(row, seen.value, env.PORTONE_STORE_ID, following.atMs)
    const done = await carryOut(env, row, verdict, following)
    if (done !== 'again') return done
  }
  return refuse('CONFLICT')
}

const lookAt = (env: PaymentsEnv, id: ChargeId): Promise<Result<ProviderPayment | null>> =>
  callWithin<Result<ProviderPayment | null>>(
    'provider.read',
    PROVIDER_DEADLINE_MS,
    async () => ok(await providerOf(env).read(id)),
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )

type Done = Result<Followed> | 'again'

async function carryOut(
  env: PaymentsEnv,
  row: ChargeRow,
  verdict: Verdict,
  following: Following,
): Promise<Done> {
  const { atMs } = following
  switch (verdict.kind) {
    case 'wait':
      return ok({ row, events: [] })
    case 'credit':
      return await credit(env, row, following)
    case 'decline':
      return await change(env, { ...row, state: 'declined', askAtMs: null }, limitBack(env, row))
    case 'expire': {
      const expired: ChargeRow = { ...row, state: 'expired', askAtMs: atMs + LAST_LOOK_MS }
      return await change(env, expired, limitBack(env, row))
    }
    case 'mismatch': {
      const isCounted = row.state === 'pending'
      const mismatched: ChargeRow = { ...row, state: 'mismatched', askAtMs: atMs }
      const done = await change(env, mismatched, isCounted ? limitBack(env, row) : [])
      if (done === 'again' || !done.ok) return done
      await report(env, row, `charge-mismatched:${row.id}`, verdict)
      return await giveBack(env, done.value.row, atMs)
    }
    case 'return':
      return await giveBack(env, row, atMs)
    case 'take_back':
      return await takeBack(env, row, atMs)
    case 'report':
      await report(env, row, `charge-partly-cancelled:${row.id}`, verdict)
      return ok({ row, events: [] })
    case 'close':
      return await change(env, { ...row, askAtMs: null }, [])
  }
}

/** Writes the changed row and what belongs to it; `again` when somebody else changed it first. */
async function change(env: PaymentsEnv, changed: ChargeRow, also: D1PreparedStatement[]): Promise<Done> {
  const row = { ...changed, version: changed.version + 1 }
  const outcome = await runBatch(env.DB, [...replaceCharge(env.DB, row), ...also])
  if (outcome.kind === 'done') return ok({ row, events: [] })
  const refused = refusalOf(outcome)
  return refused ? { ok: false, refusal: refused } : 'again'
}

const limitBack = (env: PaymentsEnv, row: ChargeRow): D1PreparedStatement[] =>
  limitBackStatements(env.DB, { ...row, kind: 'charge' })

/**
 * The credit. Its transfer has the charge's own id, so that even a second batch could not book it again. The ledger credits no one who
 * has left: that money is the payer's again, and an operator hears of it.
 */
async function credit(env: PaymentsEnv, row: ChargeRow, following: Following): Promise<Done> {
  const paid: ChargeRow = { ...row, state: 'paid', paidAtMs: following.atMs, askAtMs: null }
  const event = chargedEvent(paid, following)
  const done = await change(env, paid, [
    ...transferStatements(env.DB, creditOf(paid, following.atMs)),
    outboxPut(env.DB, event),
    ...following.also(chargeOf(paid)),
  ])
  if (done === 'again') return done
  if (done.ok) return ok({ row: done.value.row, events: [event] })
  // Of what the ledger refuses a credit with, only a closed account is not there.
  if (done.refusal.code !== 'NOT_FOUND') return done
  const explanation = `${row.amount} KRW were paid for ${row.memberId}, who has left; they go back to the payer at the provider`
  return await carryOut(env, row, { kind: 'mismatch', difference: row.amount, explanation }, following)
}

const creditOf = (row: ChargeRow, atMs: number): NewTransfer => ({
  id: transferIdOf(row),
  from: platformAccount('provider'),
  to: accountOf(row.memberId),
  amount: row.amount,
  cause: { kind: 'charge', id: row.id },
  memo: null,
  url: `/wallet/charges/${row.id}`,
  atMs,
})

const transferIdOf = (row: ChargeRow): TransferId => derivedId('xfr', `${row.id}:credit`)

const chargedEvent = (row: ChargeRow, { actorId, requestId, atMs }: Following): EventOf<'wallet.charged'> =>
  eventOf<'wallet.charged'>(
    {
      type: 'wallet.charged',
      aggregateId: row.id,
      version: row.version + 1,
      actorId,
      requestId,
      data: { chargeId: row.id, memberId: row.memberId, amount: row.amount },
    },
    atMs,
  )

/** Has the provider give the payer everything back. When it does not answer, the tick asks it again until it has. */
async function giveBack(env: PaymentsEnv, row: ChargeRow, atMs: number): Promise<Done> {
  const isBack = await cancelAt(env, row)
  return await change(env, { ...row, askAtMs: isBack ? null : atMs + CANCEL_AGAIN_MS }, [])
}

async function cancelAt(env: PaymentsEnv, { id, state }: ChargeRow): Promise<boolean> {
  try {
    await providerOf(env).cancel(
      id,
      state === 'expired' ? 'paid after it had expired' : 'it cannot be credited',
    )
    return true
  } catch (error) {
    log('warn', 'cancellation put off to the tick', { chargeId: id, ...describeError(error) })
    return false
  }
}

/** What was cancelled at the provider after it was credited leaves the wallet again, or is an operator's when it was spent. */
async function takeBack(env: PaymentsEnv, row: ChargeRow, atMs: number): Promise<Done> {
  const { memberId, amount } = row
  const done = await change(env, { ...row, takenBackAtMs: atMs }, [
    ...transferStatements(env.DB, {
      ...creditOf(row, atMs),
      id: derivedId('xfr', `${row.id}:cancelled`),
      from: accountOf(memberId),
      to: platformAccount('provider'),
    }),
  ])
  if (done === 'again' || done.ok) return done
  const explanation = `${amount} KRW were credited to ${memberId} and cancelled at the provider since; the wallet refused to give them back (${done.refusal.code})`
  await report(env, row, `charge-cancelled:${row.id}`, { difference: amount, explanation })
  return ok({ row, events: [] })
}

const report = (
  env: PaymentsEnv,
  row: ChargeRow,
  key: string,
  { difference, explanation }: { difference: number; explanation: string },
): Promise<void> =>
  reportIncident(env, {
    key,
    invariant: 'provider_clearing_matches',
    aggregate: row.id,
    difference,
    explanation,
  })
