import type { Result } from '#contracts/errors'
import { HoldId, type IncidentId, type MemberId } from '#contracts/ids'
import type { Page } from '#contracts/page'
import type { Incident } from '#contracts/payments'
import { nowMs } from '#kit/clock'
import { assertChangedOne, runBatch } from '#kit/d1'
import { derivedId, newId } from '#kit/id'
import type { Completion } from '#kit/idempotency'
import { log } from '#kit/log'
import { openPage, pageFrom } from '#kit/page'
import { ok, refuse } from '#kit/result'
import type { PaymentsEnv } from './env.ts'
import { incidentOf, proposalOf } from './incident.rules.ts'
import {
  assertDifference,
  closeStatement,
  type Finding,
  type IncidentRow,
  listIncidents,
  raiseStatements,
  readIncident,
  rebase,
  resumHeld,
  unfreeze,
} from './incident.store.ts'
import { refusalOf, transferStatements, voidHoldStatements } from './ledger.store.ts'

/** Writes findings down and freezes what they name. Run again with the same it changes nothing. */
export async function raise(db: D1Database, findings: Finding[], atMs: number): Promise<void> {
  if (findings.length === 0) return
  await db.batch(
    findings.flatMap((finding) => raiseStatements(db, finding, { id: newId('inc', atMs), atMs })),
  )
  for (const { invariant, aggregate, difference } of findings)
    log('error', 'the books are off', { invariant, aggregate, difference })
}

export type Reported = Omit<Finding, 'proposal' | 'freezes'>

/** An incident that somebody else found, about something that is not an account; freezing it is theirs. The same `key` is one. */
export const reportIncident = async (
  env: Pick<PaymentsEnv, 'DB'>,
  incident: Reported,
  atMs = nowMs(),
): Promise<void> => await raise(env.DB, [{ ...incident, proposal: null, freezes: null }], atMs)

const FIRST = { atMs: Number.MAX_SAFE_INTEGER, id: '~' }

/** A page of incidents, the newest first. */
export async function pageOfIncidents(
  env: PaymentsEnv,
  asked: { state?: 'open' | 'closed' | undefined; limit: number; cursor?: string | undefined },
): Promise<Result<Page<Incident>>> {
  const state = asked.state ?? 'all'
  const list = `incidents ${state}`
  const opened = openPage(env.CURSOR_SECRET, list, asked.cursor)
  if (!opened.ok) return opened
  const after = opened.value ? { atMs: Number(opened.value[0]), id: String(opened.value[1]) } : FIRST
  const rows = await listIncidents(env.DB, state, { after, limit: asked.limit + 1 })
  const page = pageFrom(env.CURSOR_SECRET, list, rows, asked.limit, ({ atMs, id }) => [atMs, id])
  return ok({ ...page, items: page.items.map(incidentOf) })
}

export type Closing = {
  id: IncidentId
  how: 'correct' | 'dismiss'
  note: string
  by: MemberId
  atMs: number
}

/**
 * An operator has looked. `correct` writes the proposed entry first; both let the account move again. Correction, closing and answer
 * stand in one batch, and the correcting transfer's id is made from the incident's: run again it is refused, not repeated.
 */
export async function closeIncident(
  env: PaymentsEnv,
  { id, how, note, by, atMs }: Closing,
  completion: Completion,
): Promise<Result<Incident>> {
  const row = await readIncident(env.DB, id)
  if (!row) return refuse('NOT_FOUND')
  const repair = how === 'dismiss' ? [] : repairOf(env.DB, row, atMs)
  if (row.state !== 'open' || repair === null) return refuse('CONFLICT')
  const state = how === 'correct' ? 'corrected' : 'dismissed'
  const closed = incidentOf({ ...row, state, closedAtMs: atMs, note })
  const outcome = await runBatch(env.DB, [
    closeStatement(env.DB, id, { state, by, note, atMs }),
    assertChangedOne(env.DB),
    ...repair,
    ...(row.frozenAccount === null ? [] : [unfreeze(env.DB, row.frozenAccount)]),
    ...completion(200, closed),
  ])
  if (outcome.kind === 'done') return ok(closed)
  const refusal = refusalOf(outcome)
  // Without a refusal of the ledger's: somebody else closed it, or the books have changed since it was found.
  return refusal ? { ok: false, refusal } : refuse('CONFLICT')
}

/** What sets the books right; null when nothing we could write does. */
function repairOf(db: D1Database, row: IncidentRow, atMs: number): D1PreparedStatement[] | null {
  const proposal = proposalOf(row)
  if (row.invariant === 'held_is_sum_of_open_holds') return [resumHeld(db, row.aggregate)]
  const hold = row.invariant === 'hold_has_open_process' ? HoldId.safeParse(row.aggregate).data : undefined
  if (hold !== undefined) return voidHoldStatements(db, { holdId: hold, atMs })
  if (proposal === null) return null
  const { from, to, amount, reason } = proposal
  const written = transferStatements(db, {
    id: derivedId('xfr', `correction:${row.id}`),
    from,
    to,
    amount,
    cause: { kind: 'correction', id: row.id },
    memo: reason,
    url: null,
    atMs,
  })
  if (row.invariant !== 'balance_is_sum_of_entries' || row.frozenAccount === null) return written
  const account = row.frozenAccount
  return [assertDifference(db, account, row.difference), rebase(db, account), ...written, rebase(db, account)]
}
