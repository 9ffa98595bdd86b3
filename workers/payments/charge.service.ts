import type { Result } from '#contracts/errors'
import type { MadangEvent } from '#contracts/events'
import type { ChargeId } from '#contracts/ids'
import { CHARGE_MAX, CHARGE_MIN, CHARGE_OPEN_MS, CHARGED_A_DAY_MAX, type Charge } from '#contracts/payments'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { newId } from '#kit/id'
import { ok, refuse } from '#kit/result'
import type { Asker } from './charge.asker.ts'
import { followCharge } from './charge.follow.service.ts'
import { type ChargeRow, chargeOf } from './charge.rules.ts'
import { insertCharge, readCharge } from './charge.store.ts'
import type { PaymentsEnv } from './env.ts'
import { limitStatements, refusalOf } from './ledger.store.ts'
import { providerOf } from './provider.ts'

declare const MADANG_STAND_INS: boolean

const PROVIDER_DEADLINE_MS = 8 * SECOND_MS

/**
 * Begins a top-up: the provider is told the amount first, so that whoever pays cannot change it. A death between that and the row
 * leaves a registration that nobody can pay for us; it costs nothing. No money moves here.
 */
export async function beginCharge(
  env: PaymentsEnv,
  asker: Asker,
  request: { amount: number; origin: string },
): Promise<Result<Charge>> {
  const { amount } = request
  if (amount < CHARGE_MIN)
    return refuse('VALIDATION_FAILED', { errors: [{ path: 'amount', message: `at least ${CHARGE_MIN}` }] })
  if (amount > CHARGE_MAX) return refuse('AMOUNT_LIMIT_REACHED')
  const row = newCharge(asker, request)
  const registered = await register(env, row)
  if (!registered.ok) return registered
  const outcome = await runBatch(env.DB, [
    insertCharge(env.DB, row),
    ...limitStatements(env.DB, { ...asker, kind: 'charge', amount, most: CHARGED_A_DAY_MAX }),
    ...asker.completion(201, chargeOf(row)),
  ])
  if (outcome.kind === 'done') return ok(chargeOf(row))
  const refused = refusalOf(outcome)
  if (refused) return { ok: false, refusal: refused }
  return refuse(outcome.constraint === 'wallet_full' ? 'AMOUNT_LIMIT_REACHED' : 'REQUEST_IN_FLIGHT')
}

const register = (env: PaymentsEnv, { id, amount }: ChargeRow): Promise<Result<null>> =>
  callWithin<Result<null>>(
    'provider.register',
    PROVIDER_DEADLINE_MS,
    async () => {
      await providerOf(env).preRegister(id, amount)
      return ok(null)
    },
    () => refuse('UNAVAILABLE', { retryAfterSeconds: 2 }),
  )

function newCharge(asker: Asker, { amount, origin }: { amount: number; origin: string }): ChargeRow {
  const id = newId('chg', asker.atMs)
  const expiresAtMs = asker.atMs + CHARGE_OPEN_MS
  return {
    id,
    memberId: asker.memberId,
    amount,
    state: 'pending',
    version: 1,
    checkoutUrl: MADANG_STAND_INS ? `${origin}/dev/pay/checkout/${id}` : `${origin}/wallet/charges/${id}/pay`,
    expiresAtMs,
    paidAtMs: null,
    takenBackAtMs: null,
    askAtMs: expiresAtMs,
    atMs: asker.atMs,
  }
}

/** The top-up as it stands; another member's is not there. */
export async function findCharge(env: PaymentsEnv, asker: Asker, id: ChargeId): Promise<Result<Charge>> {
  const row = await readCharge(env.DB, id)
  return row?.memberId === asker.memberId ? ok(chargeOf(row)) : refuse('NOT_FOUND')
}

/**
 * The payer came back: asks the provider and credits what it says was paid. Coming twice, or after the webhook, finds it done and
 * answers the same.
 */
export async function confirmCharge(
  env: PaymentsEnv,
  asker: Asker,
  id: ChargeId,
): Promise<Result<{ charge: Charge; events: MadangEvent[] }>> {
  const row = await readCharge(env.DB, id)
  if (row?.memberId !== asker.memberId) return refuse('NOT_FOUND')
  if (row.state !== 'pending' && row.state !== 'declined') return answered(row, [])
  const followed = await followCharge(env, id, {
    actorId: asker.memberId,
    requestId: asker.requestId,
    atMs: asker.atMs,
    also: (charge) => asker.completion(200, charge),
  })
  return followed.ok ? answered(followed.value.row, followed.value.events) : followed
}

function answered(row: ChargeRow, events: MadangEvent[]): Result<{ charge: Charge; events: MadangEvent[] }> {
  switch (row.state) {
    case 'paid':
      return ok({ charge: chargeOf(row), events })
    case 'pending':
      return refuse('CHARGE_NOT_PAID')
    case 'declined':
      return refuse('CHARGE_DECLINED')
    case 'expired':
      return refuse('CHARGE_EXPIRED')
    case 'mismatched':
      return refuse('CHARGE_MISMATCHED')
  }
}
