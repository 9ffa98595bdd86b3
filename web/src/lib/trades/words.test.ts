import { describe, expect, it } from 'vitest'
import { overwriteGetLocale } from '$lib/paraglide/runtime.js'
import { reliability, timeLeft } from './words.ts'

overwriteGetLocale(() => 'ko')

describe('words about a trade', () => {
  it('never promise more time than there is', () => {
    const now = Date.parse('2026-11-21T00:00:00Z')
    expect(timeLeft('2026-11-21T23:59:59Z', now)).toBe('23시간 남음')
    expect(timeLeft('2026-11-24T00:00:00Z', now)).toBe('3일 남음')
    expect(timeLeft('2026-11-21T00:59:59Z', now)).toBe('59분 남음')
    expect(timeLeft('2026-11-20T00:00:00Z', now)).toBe('곧 끝나요')
  })

  it('say how many appointments were kept, and nothing before the first', () => {
    expect(reliability({ appointments: { kept: 10, late: 2, missed: 1 } })).toBe('약속 13번 중 12번 지킴')
    expect(reliability({ appointments: { kept: 0, late: 0, missed: 0 } })).toBeNull()
  })
})
