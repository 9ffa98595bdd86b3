import { describe, expect, it } from 'vitest'
import { isWeakPin } from './pin.rules.ts'

describe('a PIN', () => {
  it.each(['000000', '123456', '654321', '890123', '210987', '121212', '123123', '778877'])(
    'is weak when it is a run or a repeat: %s',
    (pin) => expect(isWeakPin(pin)).toBe(true),
  )

  it.each(['493817', '135790', '112358', '908172'])('is good enough otherwise: %s', (pin) =>
    expect(isWeakPin(pin)).toBe(false),
  )
})
