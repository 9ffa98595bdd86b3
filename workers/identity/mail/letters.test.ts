import { describe, expect, it } from 'vitest'
import { letterOf } from './letters.ts'

const suspended = (appealAt: string | null) =>
  ({ kind: 'suspended', loginId: 'minji', untilMs: 0, reason: '약속에 안 나왔어요', appealAt }) as const
const PATH = '/notices/dec_1?key=k'

describe('the letter to a suspended member', () => {
  it.each(['ko', 'en'] as const)('names the way to appeal on a line of its own (%s)', (locale) => {
    for (const at of [PATH, `https://madang.example${PATH}`])
      expect(letterOf('m@example.com', locale, suspended(at)).text.split('\n')).toContain(at)
  })

  it('says how to open a bare path, and nothing of an appeal when there is no way', () => {
    expect(letterOf('m@example.com', 'ko', suspended(PATH)).text).toContain('마당 주소 뒤에')
    expect(letterOf('m@example.com', 'ko', suspended(`https://m.example${PATH}`)).text).not.toContain(
      '뒤에 아래',
    )
    expect(letterOf('m@example.com', 'en', suspended(null)).text).not.toContain('appeal')
  })
})
