import { describe, expect, it } from 'vitest'
import { overwriteGetLocale } from '$lib/paraglide/runtime.js'
import { amountOf, amountTrouble, caretAfter, money, ownPath, signed, typedOf } from './money.ts'

overwriteGetLocale(() => 'ko')

describe('money in a wallet', () => {
  it('is never called a gift, and says which way it went', () => {
    expect(money(0)).toBe('0원')
    expect(money(-12_000)).toBe('−12,000원')
    expect(signed(12_000)).toBe('+12,000원')
    expect(signed(-500)).toBe('−500원')
  })

  it('is read from whatever a hand types, and never grows past what the books take', () => {
    expect(amountOf('12,000원')).toBe(12_000)
    expect(amountOf('')).toBeNull()
    expect(amountOf('-5')).toBe(5)
    expect(amountOf('9'.repeat(30))).toBe(999_999_999)
    expect(typedOf(1_234_567)).toBe('1,234,567')
    expect(typedOf(null)).toBe('')
  })

  it('keeps the caret behind the digit it stood behind', () => {
    expect(caretAfter('12,345', 2)).toBe(2)
    expect(caretAfter('12,345', 3)).toBe(4)
    expect(caretAfter('12,345', 5)).toBe(6)
    expect(caretAfter('', 0)).toBe(0)
  })

  it('says the nearest reason why an amount cannot go', () => {
    const bounds = { min: 1_000, atOnce: 2_000_000, today: 500_000, have: 700_000 }
    expect(amountTrouble(999, bounds)).toContain('1,000원')
    expect(amountTrouble(800_000, bounds)).toContain('700,000원')
    expect(amountTrouble(600_000, bounds)).toContain('500,000원')
    expect(amountTrouble(500_000, bounds)).toBeNull()
  })

  it.each([
    ['/listings/lst_1', '/listings/lst_1'],
    ['//evil.example', null],
    ['/\\evil.example', null],
    ['https://evil.example', null],
    [null, null],
  ])('goes on to pages of ours only: %s', (asked, path) => {
    expect(ownPath(asked)).toBe(path)
  })
})
