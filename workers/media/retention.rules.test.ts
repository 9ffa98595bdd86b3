import { expect, it } from 'vitest'
import { DAY_MS } from '#kit/clock'
import { dueAtMs } from './retention.rules.ts'

it('a photo nobody hung is over a day after its upload', () => {
  expect(dueAtMs({ createdAtMs: 1000, detachedAtMs: null })).toBe(1000 + DAY_MS)
})

it('a photo taken down is over 30 days after that, however old it is', () => {
  expect(dueAtMs({ createdAtMs: 0, detachedAtMs: 90 * DAY_MS })).toBe(120 * DAY_MS)
})
