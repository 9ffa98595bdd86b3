import { z } from '@hono/zod-openapi'
import { Message } from './chat.ts'
import { AppealId, CommentId, DecisionId, ListingId, MemberId, ReportId, RoomId } from './ids.ts'
import { Comment, ListingCard, Seller } from './listings.ts'
import { PageQuery } from './page.ts'
import { longText } from './text.ts'

/** What can be reported. A message is named by its room and its place in it; only a member of the room may report it. */
export const ReportTarget = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('member'), memberId: MemberId }),
    z.strictObject({ kind: z.literal('listing'), listingId: ListingId }),
    z.strictObject({ kind: z.literal('comment'), commentId: CommentId }),
    z.strictObject({ kind: z.literal('message'), roomId: RoomId, seq: z.int().min(1) }),
  ])
  .openapi('ReportTarget')
export type ReportTarget = z.infer<typeof ReportTarget>

/** The rules of the yard: a report and a decision name one of them. */
export const YARD_RULES = [
  'fraud',
  'forbidden_thing',
  'fake_thing',
  'insult',
  'harassment',
  'sexual',
  'privacy',
  'spam',
  'outside_payment',
  'no_show',
  'other',
] as const
export const YardRule = z.enum(YARD_RULES).openapi('YardRule')
export type YardRule = z.infer<typeof YardRule>

export const ReportRequest = z
  .strictObject({ target: ReportTarget, rule: YardRule, text: longText(1, 500).optional() })
  .openapi('ReportRequest')

/** A report as its writer sees it. Reporting the same thing again answers with the report that is open. */
export const Report = z
  .object({
    id: ReportId,
    target: ReportTarget,
    rule: YardRule,
    text: z.string().nullable(),
    state: z.enum(['open', 'decided']),
    /** Whether something was done; never what, to whom. */
    outcome: z.union([z.enum(['dismissed', 'acted']), z.null()]),
    createdAt: z.iso.datetime(),
  })
  .openapi('Report')
export type Report = z.infer<typeof Report>

export const ACTS = ['dismiss', 'hide', 'warn', 'suspend'] as const
export const Act = z.enum(ACTS).openapi('Act')
export type Act = z.infer<typeof Act>

export const SUSPEND_DAYS_MAX = 365
/** `hide` is for listings, comments and messages; `days` belongs to `suspend` only. */
export const DecideRequest = z
  .strictObject({
    act: Act,
    rule: YardRule,
    reason: longText(5, 500),
    days: z.int().min(1).max(SUSPEND_DAYS_MAX).optional(),
  })
  .refine(({ act, days }) => (act === 'suspend') === (days !== undefined), {
    error: 'days belong to suspend',
    path: ['days'],
  })
  .openapi('DecideRequest')

export const AppealRequest = z.strictObject({ text: longText(5, 1000) })
export const Appeal = z
  .object({
    id: AppealId,
    text: z.string(),
    state: z.enum(['open', 'upheld', 'overturned']),
    answer: z.string().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('Appeal')
export type Appeal = z.infer<typeof Appeal>
/** `overturn` undoes what the decision did: the thing is shown again, the suspension is lifted. */
export const DecideAppealRequest = z.strictObject({
  outcome: z.enum(['uphold', 'overturn']),
  answer: longText(5, 500),
})

/** A decision as the member it concerns sees it: the rule, the reason, until when, and the way to appeal. */
export const Decision = z
  .object({
    id: DecisionId,
    act: Act,
    rule: YardRule,
    reason: z.string(),
    target: ReportTarget,
    /** The words or the title that were judged. */
    excerpt: z.string(),
    suspendedUntil: z.iso.datetime().nullable(),
    appeal: z.union([Appeal, z.null()]),
    canAppeal: z.boolean(),
    at: z.iso.datetime(),
  })
  .openapi('Decision')
export type Decision = z.infer<typeof Decision>

/** A case of the queue: one thing, all its open reports. */
export const Case = z
  .object({
    target: ReportTarget,
    /** The first report's id names the case. */
    id: ReportId,
    state: z.enum(['open', 'decided']),
    reports: z.array(
      z.object({
        id: ReportId,
        rule: YardRule,
        text: z.string().nullable(),
        reporter: Seller,
        at: z.iso.datetime(),
      }),
    ),
    reportCount: z.int(),
    subject: z.union([Seller, z.null()]),
    excerpt: z.string(),
    openedAt: z.iso.datetime(),
    decision: z.union([Decision, z.null()]),
  })
  .openapi('Case')
export type Case = z.infer<typeof Case>

/** A case with what surrounds the thing, asked for when the operator opens it; that look is written to the audit log. */
export const CaseInContext = Case.extend({
  listing: z.union([ListingCard, z.null()]),
  comment: z.union([Comment, z.null()]),
  messages: z.array(Message),
  /** What was decided about the subject before. */
  history: z.array(Decision),
  appeal: z.union([Appeal, z.null()]),
}).openapi('CaseInContext')
export type CaseInContext = z.infer<typeof CaseInContext>

export const ListCasesQuery = PageQuery.extend({
  state: z.enum(['open', 'appealed', 'decided']).default('open'),
})

export const AuditLine = z
  .object({
    at: z.iso.datetime(),
    operatorId: MemberId,
    act: z.string(),
    subject: z.string(),
    detail: z.string(),
  })
  .openapi('AuditLine')
export type AuditLine = z.infer<typeof AuditLine>

export const BlockedMember = z
  .object({ member: Seller, blockedAt: z.iso.datetime() })
  .openapi('BlockedMember')
export type BlockedMember = z.infer<typeof BlockedMember>
