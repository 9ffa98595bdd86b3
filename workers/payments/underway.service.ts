import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import type { Underway } from '#contracts/payments'
import { toIso } from '#kit/clock'
import type { Faces } from '#kit/faces'
import { ok } from '#kit/result'
import type { Asker } from './charge.asker.ts'
import { type OpenCharge, readOpenCharges } from './charge.store.ts'
import type { PaymentsEnv } from './env.ts'
import { facesOf } from './face.service.ts'
import { memberBehind } from './history.rules.ts'
import { type OpenPayout, readOpenPayouts } from './payout.store.ts'
import { type OpenHold, readHeld, readOwed } from './underway.store.ts'

/** At most so many of each kind are shown: more than anybody has open. */
const SHOWN_OF_EACH = 50

/** All of a member's money that is not settled yet: why, with whom, and when something happens by itself. */
export async function listUnderway(
  env: PaymentsEnv,
  { memberId, requestId }: Asker,
): Promise<Result<{ items: Underway[] }>> {
  const [held, owed, charges, payouts] = await Promise.all([
    readHeld(env.DB, memberId, SHOWN_OF_EACH),
    readOwed(env.DB, memberId, SHOWN_OF_EACH),
    readOpenCharges(env.DB, memberId, SHOWN_OF_EACH),
    readOpenPayouts(env.DB, memberId, SHOWN_OF_EACH),
  ])
  const [payees, payers] = await Promise.all([
    facesOf(env, requestId, peersOf(held, payeeOf)),
    facesOf(env, requestId, peersOf(owed, payerOf)),
  ])
  if (!payees.ok) return payees
  if (!payers.ok) return payers
  const items = [
    ...held.map((hold) => holdLine('held', hold, payeeOf(hold), payees.value)),
    ...owed.map((hold) => holdLine('owed', hold, payerOf(hold), payers.value)),
    ...charges.map(chargeLine),
    ...payouts.map(payoutLine),
  ]
  return ok({ items: items.sort((a, b) => (a.at < b.at ? 1 : -1)) })
}

const payeeOf = ({ payeeId }: OpenHold): MemberId | null => payeeId
const payerOf = ({ accountId }: OpenHold): MemberId | null => memberBehind(accountId)
const peersOf = (holds: OpenHold[], peerOf: (hold: OpenHold) => MemberId | null): MemberId[] =>
  holds.flatMap((hold) => peerOf(hold) ?? [])

const holdLine = (kind: 'held' | 'owed', hold: OpenHold, peer: MemberId | null, faceOf: Faces): Underway => ({
  kind,
  id: hold.id,
  amount: hold.amount,
  cause: { kind: hold.causeKind, id: hold.causeId },
  title: hold.title,
  peer: peer === null ? null : faceOf(peer),
  nextAt: hold.nextAtMs === null ? null : toIso(hold.nextAtMs),
  url: hold.url,
  at: toIso(hold.atMs),
})

const chargeLine = ({ id, amount, expiresAtMs, atMs }: OpenCharge): Underway => ({
  ...{ kind: 'charge', id, amount, cause: { kind: 'charge', id }, title: null, peer: null },
  nextAt: toIso(expiresAtMs),
  url: `/wallet/charges/${id}`,
  at: toIso(atMs),
})

const payoutLine = ({ id, amount, bank, numberEnd, atMs }: OpenPayout): Underway => ({
  ...{ kind: 'payout', id, amount, cause: { kind: 'payout', id }, peer: null },
  title: `${bank} ··${numberEnd}`,
  nextAt: null,
  url: null,
  at: toIso(atMs),
})
