import { describe, expect, it } from 'vitest'
import { NOTIFICATION_TYPES } from '#contracts/notifications'
import { HOUR_MS } from '#kit/clock'
import { letterOf } from './letter.rules.ts'
import { outcomeOf, retryAfterMs, ttlSecondsOf } from './push.rules.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')

describe('a push service’s answer', () => {
  it('says taken, gone, later or no', () => {
    expect([200, 201, 202].map((status) => outcomeOf(status, null, NOW).kind)).toEqual(
      Array.from({ length: 3 }, () => 'taken'),
    )
    expect([404, 410, 301, 307].map((status) => outcomeOf(status, null, NOW).kind)).toEqual(
      Array.from({ length: 4 }, () => 'gone'),
    )
    expect([400, 401, 403, 413].map((status) => outcomeOf(status, null, NOW).kind)).toEqual(
      Array.from({ length: 4 }, () => 'refused'),
    )
    expect(outcomeOf(429, '30', NOW)).toEqual({ kind: 'later', afterMs: 30_000 })
    expect(outcomeOf(503, null, NOW)).toEqual({ kind: 'later', afterMs: null })
  })

  it('asks for patience in seconds or until a moment', () => {
    expect(retryAfterMs('Sat, 21 Nov 2026 12:01:00 GMT', NOW)).toBe(60_000)
    expect(retryAfterMs('Sat, 21 Nov 2026 11:00:00 GMT', NOW)).toBe(0)
    expect(retryAfterMs('soon', NOW)).toBeNull()
  })
})

describe('a push message', () => {
  it('of every type is worth carrying for a while, and not for ever', () => {
    for (const type of NOTIFICATION_TYPES) {
      expect(ttlSecondsOf(type, NOW, NOW)).toBeGreaterThan(HOUR_MS / 1_000)
      expect(ttlSecondsOf(type, NOW - 8 * 24 * HOUR_MS, NOW)).toBe(0)
    }
  })
})

describe('a letter', () => {
  it('says what the line says, where to see it and where to have no more of them', () => {
    const line = { title: '출금이 안 됐어요', body: '돈은 지갑에 있어요.', url: '/wallet' }
    const { subject, text } = letterOf(line, 'ko', 'https://madang.example')
    expect(subject).toBe('[마당] 출금이 안 됐어요')
    expect(text).toContain('돈은 지갑에 있어요.')
    expect(text).toContain('https://madang.example/wallet')
    expect(text).toContain('https://madang.example/me/notifications')
    expect(letterOf(line, 'en', '').text).toContain(': /wallet')
  })
})
