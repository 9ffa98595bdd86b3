import { describe, expect, it } from 'vitest'
import { bestOffset, sampleOf } from './clock.ts'

describe('the clock of the server, seen from a page', () => {
  it('is what its quickest answer says, taken in the middle of the round', () => {
    const slow = sampleOf(10_400, 0, 800)
    const quick = sampleOf(11_020, 1_000, 1_040)
    expect(bestOffset([slow, quick])).toBe(10_000)
  })

  it('is not guessed from nothing', () => {
    expect(bestOffset([])).toBeNull()
  })
})
