import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOTIFICATION_TYPES } from '#contracts/notifications'
import type { Language, Params } from './params.rules.ts'
import { WORDED_TYPES, wordsOf } from './words.rules.ts'

const told = (params: Params, count = 1, language: Language = 'ko') => wordsOf(params, count, language)

describe('the words of a notification', () => {
  it('are there for every type there is', () => {
    expect(WORDED_TYPES).toEqual(NOTIFICATION_TYPES)
  })

  it('name who did it, and a neighbour where the name is not known', () => {
    const chat = {
      type: 'chat',
      name: '서연',
      title: '장스탠드',
      room: 'two',
      kind: 'text',
      preview: '안녕하세요',
    } as const
    expect(told(chat)).toEqual({ title: '서연 님의 메시지', body: '안녕하세요' })
    expect(told(chat, 3).title).toBe('서연 님의 메시지 3개')
    expect(told({ ...chat, name: null }, 1, 'en').title).toBe('Message from a neighbour')
    expect(told({ ...chat, kind: 'image', preview: '' }).body).toBe('사진을 보냈어요.')
    const group = { ...chat, title: '제주 귤 5kg', room: 'group' } as const
    expect(told(group, 2)).toEqual({ title: '제주 귤 5kg', body: '서연: 안녕하세요' })
    expect(told({ ...group, kind: 'image', name: null }, 1, 'en').body).toBe('A neighbour: sent a photo.')
  })

  it('tell prices and times as they are written here', () => {
    const drop = { type: 'price_drop', title: '의자', from: 12_000, to: 0 } as const
    expect(told(drop).body).toBe('의자 · 12,000원 → 나눔')
    expect(told(drop, 1, 'en').body).toBe('의자 · ₩12,000 → free')
    const due = {
      ...({ type: 'appointment', what: 'due', name: '민지', place: '망원역' } as const),
      meetAtMs: Date.UTC(2026, 10, 22, 5, 30),
    }
    expect(told(due).body).toContain('11월 22일')
    expect(told(due).body).toContain('2:30')
    expect(told(due).body).toContain('망원역')
  })

  it('say of a review whether it can be read yet', () => {
    const review = { type: 'review', name: '민지', title: '의자', shown: false } as const
    expect(told(review).body).toContain('내 후기를 쓰면')
    expect(told({ ...review, shown: true }).title).toContain('모두 나왔어요')
  })

  it('quote what somebody wrote cut between whole characters, however it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 160 }), (text) => {
        const { body } = told({ type: 'comment', name: null, title: null, text })
        expect(Array.from(body).length).toBeLessThanOrEqual(120)
        expect(body.isWellFormed()).toBe(text.isWellFormed())
        expect(text.startsWith(body.replace(/…$/, ''))).toBe(true)
      }),
    )
  })
})
