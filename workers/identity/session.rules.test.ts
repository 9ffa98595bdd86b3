import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideRefresh, deviceOf, idleExpiryOf, REFRESH_GRACE_MS } from './session.rules.ts'

const NOW_MS = 1_000_000_000
const live = { endedAtMs: null, idleExpiresAtMs: NOW_MS + 1, expiresAtMs: NOW_MS + 1 }

describe('a presented refresh token', () => {
  it('is spent when it is the head, repeated within the grace, and ends its family after it', () => {
    const spentAgo = (ms: number) => decideRefresh({ spentAtMs: NOW_MS - ms, session: live }, NOW_MS)
    expect(decideRefresh({ spentAtMs: null, session: live }, NOW_MS)).toBe('rotate')
    expect(spentAgo(0)).toBe('repeat')
    expect(spentAgo(REFRESH_GRACE_MS)).toBe('repeat')
    expect(spentAgo(REFRESH_GRACE_MS + 1)).toBe('reused')
  })

  it('earns nothing when it is unknown or its session is over, whatever else is true', () => {
    expect(decideRefresh(null, NOW_MS)).toBe('ended')
    const moment = fc.integer({ min: 0, max: 2 * NOW_MS })
    fc.assert(
      fc.property(fc.option(moment), fc.option(moment), moment, moment, (spent, ended, idle, end) => {
        const session = { endedAtMs: ended, idleExpiresAtMs: idle, expiresAtMs: end }
        const isOver = ended !== null || idle <= NOW_MS || end <= NOW_MS
        return (decideRefresh({ spentAtMs: spent, session }, NOW_MS) === 'ended') === isOver
      }),
    )
  })
})

describe('a session', () => {
  it('never idles past its absolute end', () => {
    fc.assert(fc.property(fc.nat(), fc.nat(), (nowMs, endMs) => idleExpiryOf(nowMs, endMs) <= endMs))
  })

  it.each([
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1',
      'Safari · iPhone',
    ],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0.0.0 Safari/537.36 Edg/141.0', 'Edge · Windows'],
    [
      'Mozilla/5.0 (Linux; Android 16) SamsungBrowser/29.0 Chrome/136 Mobile Safari/537.36',
      'Samsung Internet · Android',
    ],
    ['curl/8.5.0', 'curl'],
    ['<script>alert(1)</script>', '?'],
    [undefined, '?'],
  ])('is named by its device: %s', (agent, name) => expect(deviceOf(agent)).toBe(name))
})
