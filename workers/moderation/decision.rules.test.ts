import { describe, expect, it } from 'vitest'
import { ACTS, ReportTarget } from '#contracts/moderation'
import { DAY_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { decisionOf, misfit, outcomeOf, suspendedUntilMs } from './decision.rules.ts'
import type { DecisionRow } from './decision.store.ts'
import { excerptOf, keyOf } from './target.rules.ts'

const member = { kind: 'member' as const, memberId: newId('mem', 1) }
const listing = { kind: 'listing' as const, listingId: newId('lst', 1) }
const verdict = { rule: 'fraud' as const, reason: '가짜예요' }
const row: DecisionRow = {
  ...{
    id: newId('dec', 1),
    caseId: newId('rpt', 1),
    memberId: newId('mem', 2),
    rule: 'fraud',
    reason: '가짜예요',
  },
  ...{ act: 'suspend', suspendedUntilMs: 3 * DAY_MS, state: 'done', atMs: 0, target: member },
  ...{ targetKey: keyOf(member), excerpt: '이웃', listingId: null, appeal: null },
}

describe('a verdict', () => {
  it('hides everything but a member', () => {
    expect(misfit(member, { ...verdict, act: 'hide' })?.code).toBe('VALIDATION_FAILED')
    expect(misfit(listing, { ...verdict, act: 'hide' })).toBeNull()
    expect(misfit(member, { ...verdict, act: 'warn' })).toBeNull()
  })

  it('counts a suspension’s days from the moment it is said', () => {
    expect(suspendedUntilMs({ ...verdict, act: 'suspend', days: 7 }, 1_000)).toBe(1_000 + 7 * DAY_MS)
    expect(suspendedUntilMs({ ...verdict, act: 'warn' }, 1_000)).toBeNull()
  })

  it('is to its reporters either something or nothing', () => {
    expect(ACTS.map(outcomeOf)).toEqual(['dismissed', 'acted', 'acted', 'acted'])
  })
})

describe('a decision as its subject sees it', () => {
  const appeal = { id: newId('apl', 1), text: '아니에요', state: 'open', answer: null, atMs: 1 } as const

  it('can be appealed once, and has no end any more when the appeal is won', () => {
    expect(decisionOf(row)).toMatchObject({ canAppeal: true, suspendedUntil: '1970-01-04T00:00:00.000Z' })
    expect(decisionOf({ ...row, appeal })).toMatchObject({ canAppeal: false, appeal: { state: 'open' } })
    const won = decisionOf({ ...row, appeal: { ...appeal, state: 'overturned', answer: '맞아요' } })
    expect(won.suspendedUntil).toBeNull()
  })

  it('names neither the operator nor the case', () => {
    expect(Object.keys(decisionOf(row))).not.toEqual(expect.arrayContaining(['operatorId']))
    expect(JSON.stringify(decisionOf(row))).not.toContain(row.caseId)
  })
})

describe('a thing', () => {
  it('of each kind has a key of its own', () => {
    const things = [
      member,
      listing,
      { kind: 'comment', commentId: newId('cmt', 1) },
      { kind: 'message', roomId: newId('room', 1), seq: 1 },
      { kind: 'message', roomId: newId('room', 1), seq: 2 },
    ].map((thing) => ReportTarget.parse(thing))
    expect(new Set(things.map(keyOf)).size).toBe(things.length)
  })

  it('is quoted by its first words, cut between letters', () => {
    expect(excerptOf('짧은 말')).toBe('짧은 말')
    expect([...excerptOf('🙂'.repeat(300))]).toHaveLength(200)
  })
})
