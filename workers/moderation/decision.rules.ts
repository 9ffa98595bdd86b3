import type { Refusal } from '#contracts/errors'
import type { Act, Appeal, Decision, ReportTarget, YardRule } from '#contracts/moderation'
import { DAY_MS, toIso } from '#kit/clock'
import type { DecisionRow } from './decision.store.ts'

/** What an operator chose. */
export type Verdict = { act: Act; rule: YardRule; reason: string; days?: number | undefined }

/** Why a verdict does not fit its thing: a member is warned or suspended, never hidden. */
export const misfit = (target: ReportTarget, { act }: Verdict): Refusal | null =>
  act === 'hide' && target.kind === 'member'
    ? { code: 'VALIDATION_FAILED', errors: [{ path: 'act', message: 'a member cannot be hidden' }] }
    : null

export const suspendedUntilMs = ({ act, days }: Verdict, atMs: number): number | null =>
  act === 'suspend' && days !== undefined ? atMs + days * DAY_MS : null

/** Hiding and suspending are carried out elsewhere and may die half way; a warning and a dismissal are done with their row. */
export const isCarriedOut = (act: Act): boolean => act === 'hide' || act === 'suspend'

/** What reporters learn: whether something was done. */
export const outcomeOf = (act: Act): 'dismissed' | 'acted' => (act === 'dismiss' ? 'dismissed' : 'acted')

/** A decision as its subject sees it. A suspension that was overturned has no end any more. */
export const decisionOf = (row: DecisionRow): Decision => ({
  id: row.id,
  act: row.act,
  rule: row.rule,
  reason: row.reason,
  target: row.target,
  excerpt: row.excerpt,
  suspendedUntil:
    row.suspendedUntilMs === null || row.appeal?.state === 'overturned' ? null : toIso(row.suspendedUntilMs),
  appeal: row.appeal === null ? null : appealOf(row.appeal),
  canAppeal: row.act !== 'dismiss' && row.appeal === null,
  at: toIso(row.atMs),
})

const appealOf = ({ atMs, ...appeal }: NonNullable<DecisionRow['appeal']>): Appeal => ({
  ...appeal,
  createdAt: toIso(atMs),
})
