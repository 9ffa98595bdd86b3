import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOTIFICATION_TYPES } from '#contracts/notifications'
import { isOnAtFirst } from './channels.rules.ts'
import { retryAtOf, TRIES_MAX } from './outgoing.rules.ts'

describe('what could not be sent', () => {
  it('is tried later each time, and never before a service asked for it', () => {
    const tries = fc.integer({ min: 0, max: TRIES_MAX })
    fc.assert(
      fc.property(tries, fc.option(fc.integer({ min: 0, max: 3_600_000 })), (count, askedMs) => {
        const atMs = retryAtOf(1_000, count, askedMs)
        expect(atMs).toBeGreaterThanOrEqual(1_000 + (askedMs ?? 0))
        expect(retryAtOf(1_000, count + 1, askedMs)).toBeGreaterThanOrEqual(atMs)
      }),
    )
  })

  it('is not put off for days by a service that asks for it', () => {
    expect(retryAtOf(0, 0, 30 * 86_400_000)).toBeLessThan(86_400_000)
  })
})

describe('the ways a member is told by at first', () => {
  it('are pushes of all but wishes, and letters about money', () => {
    expect(NOTIFICATION_TYPES.filter((type) => !isOnAtFirst('push', type))).toEqual(['wish'])
    expect(NOTIFICATION_TYPES.filter((type) => isOnAtFirst('mail', type))).toEqual(['trade', 'wallet'])
  })
})
