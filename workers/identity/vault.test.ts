import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyedHash, sameText, seal, unseal } from './vault.ts'

describe('the vault', () => {
  const text = fc.string({ unit: 'binary' })

  it('gives back what it sealed, and only under the same secret and purpose', () => {
    fc.assert(
      fc.property(text, text, (secret, plain) => {
        const sealed = seal(secret, 'a', plain)
        expect(unseal(secret, 'a', sealed)).toBe(plain)
        expect(() => unseal(`${secret}x`, 'a', sealed)).toThrow()
        expect(() => unseal(secret, 'b', sealed)).toThrow()
      }),
      { numRuns: 30 },
    )
  })

  it('never seals the same text to the same bytes', () => {
    expect(seal('secret', 'a', 'plain')).not.toBe(seal('secret', 'a', 'plain'))
  })

  it('keys hashes by secret and purpose', () => {
    const hashes = [keyedHash('a', 'x', '1'), keyedHash('b', 'x', '1'), keyedHash('a', 'y', '1')]
    expect(new Set(hashes).size).toBe(3)
    expect(sameText('abc', 'abd')).toBe(false)
    expect(sameText('abc', 'abcd')).toBe(false)
  })
})
