import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { newId } from '#kit/id'
import { type ModerationAlone, SEEN_ROOM, startModeration } from './alone.ts'
import { codeOf, idOf } from './yard.ts'

let moderation: ModerationAlone
const operator = newId('mem', Date.now())
const { roomId, sellerId, buyerId } = SEEN_ROOM

beforeAll(async () => {
  moderation = await startModeration()
})
afterAll(() => moderation.close())

const report = (seq: number, by = sellerId) =>
  moderation.call(by, 'member', 'POST', 'reports', {
    target: { kind: 'message', roomId, seq },
    rule: 'insult',
  })
const decide = (caseId: string, act: string) =>
  moderation.call(operator, 'operator', 'POST', `operator/cases/${caseId}/decision`, {
    ...{ act, rule: 'insult', reason: '심한 말이에요' },
  })
const stateOf = (caseId: string) =>
  moderation.db.prepare('SELECT state FROM decisions WHERE case_id = ?').bind(caseId).first('state')
const tick = () => moderation.rpc.tick({ atMs: Date.now() })

describe('a message', () => {
  it('is reported by a member of its room, and only what the other one wrote', async () => {
    expect((await report(1)).status).toBe(201)
    expect(codeOf(await report(2))).toBe('OWN_THING')
    expect(codeOf(await report(1, newId('mem', Date.now())))).toBe('NOT_FOUND')
    expect(codeOf(await report(99))).toBe('NOT_FOUND')
  })

  it('is shown to the operator with ten on each side, and that look is in the log', async () => {
    const caseId = idOf(await report(15))
    const seen = await moderation.call(operator, 'operator', 'GET', `operator/cases/${caseId}`)
    const { messages } = z.object({ messages: z.array(z.object({ seq: z.int() })) }).parse(seen.json)
    expect(messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 21 }, (_, i) => i + 5))
    expect(seen.json).toMatchObject({ excerpt: '15번째 말', subject: { id: buyerId } })
    const look = await moderation.db
      .prepare("SELECT subject FROM audit WHERE act = 'look' AND operator_id = ? ORDER BY seq DESC")
      .bind(operator)
      .first('subject')
    expect(look).toBe(`message:${roomId}:15`)
  })

  it('is hidden, and can then be reported no more', async () => {
    const caseId = idOf(await report(3))
    expect((await decide(caseId, 'hide')).status).toBe(200)
    expect(await moderation.hiddenNow()).toContain(3)
    expect(codeOf(await report(3))).toBe('NOT_FOUND')
  })
})

describe('a decision that cannot be carried out at once', () => {
  it('stands, and the tick carries it out when the other side is back', async () => {
    const caseId = idOf(await report(5))
    await moderation.hiddenNow('down')
    expect((await decide(caseId, 'hide')).status).toBe(200)
    await tick()
    expect([await stateOf(caseId), await moderation.hiddenNow()]).toEqual([
      'acting',
      expect.not.arrayContaining([5]),
    ])
    await moderation.hiddenNow('up')
    await tick()
    await tick()
    expect([await stateOf(caseId), await moderation.hiddenNow()]).toEqual([
      'done',
      expect.arrayContaining([5]),
    ])
  })

  it('is not undone before it is done, and an undoing that was cut off is finished too', async () => {
    const caseId = idOf(await report(7))
    await moderation.hiddenNow('down')
    const decided = await decide(caseId, 'hide')
    const decisionId = z.object({ decision: z.object({ id: z.string() }) }).parse(decided.json).decision.id
    const text = { text: '욕이 아니었어요' }
    const appealed = await moderation.call(
      buyerId,
      'member',
      'POST',
      `me/decisions/${decisionId}/appeal`,
      text,
    )
    const appealId = z.object({ appeal: z.object({ id: z.string() }) }).parse(appealed.json).appeal.id
    const answer = () =>
      moderation.call(operator, 'operator', 'POST', `operator/appeals/${appealId}/decision`, {
        ...{ outcome: 'overturn', answer: '욕이 아니었네요' },
      })
    expect(codeOf(await answer())).toBe('UNAVAILABLE')
    await moderation.hiddenNow('up')
    await tick()
    expect(await stateOf(caseId)).toBe('done')
    await moderation.hiddenNow('down')
    expect((await answer()).status).toBe(200)
    expect(await stateOf(caseId)).toBe('undoing')
    await moderation.hiddenNow('up')
    await tick()
    expect(await stateOf(caseId)).toBe('undone')
    expect(await moderation.hiddenNow()).not.toContain(7)
  })
})
