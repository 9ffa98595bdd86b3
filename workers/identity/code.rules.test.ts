import fc from 'fast-check'
import { describe, it } from 'vitest'
import { newCode } from './code.rules.ts'

describe('a mailed code', () => {
  it('has six digits whatever was drawn, and never comes from the unfair end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (drawn) => {
        const draws = [drawn, 7]
        const code = newCode(() => draws.shift() ?? 7)
        return /^\d{6}$/.test(code) && (drawn < 4_294_000_000 || code === '000007')
      }),
    )
  })
})
