import { z } from 'zod'
import type { Incident } from '#contracts/payments'
import { toIso } from '#kit/clock'
import type { IncidentRow } from './incident.store.ts'
import type { AccountId } from './ledger.rules.ts'

const Account = z.custom<AccountId>((value) => /^(member|platform):\w+$/.test(String(value)))
const Stored = z.object({ from: Account, to: Account, amount: z.int(), reason: z.string() })

/** The entry an incident proposes; null when there is none. */
export const proposalOf = ({ proposal }: IncidentRow): z.infer<typeof Stored> | null =>
  proposal === null ? null : Stored.parse(JSON.parse(proposal))

/** An incident as operators see it. */
export const incidentOf = (row: IncidentRow): Incident => ({
  id: row.id,
  invariant: row.invariant,
  aggregate: row.aggregate,
  difference: row.difference,
  explanation: row.explanation,
  proposal: proposalOf(row),
  state: row.state,
  at: toIso(row.atMs),
  closedAt: row.closedAtMs === null ? null : toIso(row.closedAtMs),
  note: row.note,
})
