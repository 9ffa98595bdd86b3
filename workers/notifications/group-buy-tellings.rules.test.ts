import { describe, expect, it } from 'vitest'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import { ofGroupBuyHost, ofGroupBuyMember, ofGroupBuyStage } from './group-buy-tellings.rules.ts'
import { Params } from './params.rules.ts'
import type { Telling } from './tellings.rules.ts'
import { wordsOf } from './words.rules.ts'

const [hostId, minji, junho] = [newId('mem', 1), newId('mem', 2), newId('mem', 3)]
const groupBuyId = newId('gb', 1)
const envelope = { aggregateId: groupBuyId, version: 1, requestId: 'test', actorId: null }
const data = { groupBuyId, title: '제주 귤', hostId, memberIds: [minji, junho] }
const byMember = { ...data, memberId: minji, units: 2, remainingUnits: 3, others: 0 }
const nameOf = () => '민지'
const said = ({ params }: Telling, count = 1, language: 'ko' | 'en' = 'ko') =>
  wordsOf(Params.parse(JSON.parse(JSON.stringify(params))), count, language)

describe('what is told of a group buy', () => {
  it('tells the host who came and went, and gathers them', () => {
    const [joined] = ofGroupBuyMember(
      eventOf({ ...envelope, type: 'group_buy.joined', data: byMember }, 1),
      nameOf,
    )
    expect(joined?.to).toEqual([hostId])
    expect(joined && said(joined).title).toBe('민지 님이 참여했어요')
    expect(joined && said(joined, 3).title).toBe('민지 님 외 2명이 참여했어요')
    const [crowd] = ofGroupBuyMember(
      eventOf({ ...envelope, type: 'group_buy.joined', data: { ...byMember, others: 4 } }, 1),
      nameOf,
    )
    expect([joined?.collapse?.count, crowd?.collapse?.count]).toEqual([1, 5])
    const [left] = ofGroupBuyMember(
      eventOf({ ...envelope, type: 'group_buy.left', data: byMember }, 1),
      nameOf,
    )
    expect(left?.to).toEqual([hostId])
  })

  it('tells who waited that a place came free, or that it went on for want of money', () => {
    const promoted = ofGroupBuyMember(
      eventOf({ ...envelope, type: 'group_buy.promoted', data: byMember }, 1),
      nameOf,
    )
    expect(promoted.map(({ to }) => to)).toEqual([[minji], [hostId]])
    const passed = ofGroupBuyMember(
      eventOf({ ...envelope, type: 'group_buy.passed_over', data: byMember }, 1),
      nameOf,
    )
    expect(passed.map(({ to }) => to)).toEqual([[minji]])
  })

  it('tells every stage to everybody but who brought it about, in both languages', () => {
    const stages = [
      eventOf({ ...envelope, type: 'group_buy.closing', data: { ...data, hours: 1, remainingUnits: 2 } }, 1),
      eventOf({ ...envelope, type: 'group_buy.filled', data }, 1),
      eventOf({ ...envelope, type: 'group_buy.failed', data }, 1),
      eventOf({ ...envelope, type: 'group_buy.cancelled', data }, 1),
      eventOf({ ...envelope, type: 'group_buy.purchasing', data }, 1),
      eventOf({ ...envelope, type: 'group_buy.vote_opened', data: { ...data, total: 9, closesAtMs: 2 } }, 1),
      eventOf({ ...envelope, type: 'group_buy.arrived', data: { ...data, place: '역 앞' } }, 1),
      eventOf({ ...envelope, type: 'group_buy.settled', data: { ...data, total: 9 } }, 1),
    ]
    for (const stage of stages) {
      const [telling] = ofGroupBuyStage(stage)
      expect(telling?.to).toEqual([hostId, minji, junho])
      expect(ofGroupBuyStage({ ...stage, actorId: hostId })[0]?.to).toEqual([minji, junho])
      for (const language of ['ko', 'en'] as const)
        expect(telling && said(telling, 1, language).body).toContain('제주 귤')
    }
  })

  it('reminds a host of their step, and nobody else', () => {
    for (const step of ['receipt', 'arrival', 'hand_over'] as const) {
      const due = eventOf({ ...envelope, type: 'group_buy.host_due', data: { ...data, step, untilMs: 9 } }, 1)
      const [telling] = ofGroupBuyHost(due)
      expect(telling?.to).toEqual([hostId])
      expect(telling && said(telling, 1, 'ko').title).toContain('하루 남았어요')
      expect(telling && said(telling, 1, 'en').title).toContain('One day left')
    }
  })
})
