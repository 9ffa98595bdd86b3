import { describe, expect, it } from 'vitest'
import { overwriteGetLocale } from '$lib/paraglide/runtime.js'
import { reliability, timeLeft } from './words.ts'

overwriteGetLocale(() => 'ko')

describe('words about a trade', () => {
  it('round days as people do: seven that have just begun are seven', () => {
    const now = Date.parse('2026-11-21T00:00:00Z')
    expect(timeLeft('2026-11-27T23:59:00Z', now)).toBe('7일 남음')
    expect(timeLeft('2026-11-27T12:00:00Z', now)).toBe('7일 남음')
    expect(timeLeft('2026-11-27T11:59:00Z', now)).toBe('6일 남음')
    expect(timeLeft('2026-11-24T00:00:00Z', now)).toBe('3일 남음')
    expect(timeLeft('2026-11-23T00:00:00Z', now)).toBe('2일 남음')
  })

  it('never promise more time than there is once it is hours', () => {
    const now = Date.parse('2026-11-21T00:00:00Z')
    expect(timeLeft('2026-11-22T23:59:59Z', now)).toBe('47시간 남음')
    expect(timeLeft('2026-11-21T23:59:59Z', now)).toBe('23시간 남음')
    expect(timeLeft('2026-11-21T00:59:59Z', now)).toBe('59분 남음')
    expect(timeLeft('2026-11-20T00:00:00Z', now)).toBe('곧 끝나요')
  })

  it('say how many appointments were kept, and nothing before the first', () => {
    expect(reliability({ appointments: { kept: 10, late: 2, missed: 1 } })).toBe('약속 13번 중 12번 지킴')
    expect(reliability({ appointments: { kept: 0, late: 0, missed: 0 } })).toBeNull()
  })
})
