import { describe, expect, it } from 'vitest'
import { seal, unseal } from './seal.ts'

const SECRET = 'a secret of this test, long enough'
const sealed = seal(SECRET, 'pay_1', '3333011234567')

describe('A bank account at rest', () => {
  it('is not to be read, and opens for its own pay-out', () => {
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('3333011234567')
    expect(unseal(SECRET, 'pay_1', sealed)).toBe('3333011234567')
  })

  it('opens for no other pay-out, under no other secret, and not when it was changed', () => {
    const changed = `${sealed.slice(0, -2)}${sealed.endsWith('AA') ? 'BB' : 'AA'}`
    expect(() => unseal(SECRET, 'pay_2', sealed)).toThrow()
    expect(() => unseal(`${SECRET}!`, 'pay_1', sealed)).toThrow()
    expect(() => unseal(SECRET, 'pay_1', changed)).toThrow()
  })
})
