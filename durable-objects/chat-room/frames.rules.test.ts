import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FRAME_BYTES_MAX, MESSAGE_LENGTH_MAX } from '#contracts/chat'
import { MemberId } from '#contracts/ids'
import {
  type Bucket,
  clientIdOf,
  countFrame,
  isOversized,
  passesTyping,
  presenceKey,
  ROOM_LIMITS,
  readFrame,
} from './frames.rules.ts'

describe('the frames of a socket', () => {
  const verdicts = (gapsMs: number[]) => {
    let bucket: Bucket | undefined
    let atMs = 0
    return gapsMs.map((gapMs) => {
      atMs += gapMs
      const counted = countFrame(bucket, ROOM_LIMITS, atMs)
      bucket = counted.bucket
      return counted.verdict
    })
  }

  it('are taken at the allowed pace for ever, and in a burst after a pause', () => {
    const steady = Array.from({ length: 2_000 }, () => 1_000 / ROOM_LIMITS.framesPerSecond)
    expect(new Set(verdicts(steady))).toEqual(new Set(['taken']))
    const burst = Array.from({ length: ROOM_LIMITS.frameBurst }, () => 0)
    expect(new Set(verdicts([...burst, 10_000, ...burst.slice(1)]))).toEqual(new Set(['taken']))
  })

  it('beyond it are refused, then held to be abuse; whoever slows down in time is heard again', () => {
    const flood = verdicts(Array.from({ length: 1_000 }, () => 1))
    expect(flood[0]).toBe('taken')
    expect(flood.indexOf('refused')).toBeGreaterThanOrEqual(ROOM_LIMITS.frameBurst)
    expect(flood.indexOf('abuse')).toBeLessThan(200)
    expect(verdicts([...Array.from({ length: 60 }, () => 0), 5_000]).at(-1)).toBe('taken')
  })

  it('are never more than the burst and the pace allow, however they are spread', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 300 }), (gapsMs) => {
        const taken = verdicts(gapsMs).filter((verdict) => verdict === 'taken').length
        const lastedMs = gapsMs.slice(1).reduce((sum, gapMs) => sum + gapMs, 0)
        expect(taken).toBeLessThanOrEqual(
          ROOM_LIMITS.frameBurst + (lastedMs / 1_000) * ROOM_LIMITS.framesPerSecond + 1e-6,
        )
      }),
    )
  })

  it('are read only as the contract has them, whatever comes', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => readFrame(text) === null))
    expect(readFrame('{"t":"typing"}')).toEqual({ t: 'typing' })
    const longest = JSON.stringify({
      t: 'send',
      clientId: 'c'.repeat(64),
      kind: 'text',
      text: '가'.repeat(MESSAGE_LENGTH_MAX),
    })
    expect(isOversized(longest)).toBe(false)
    expect(clientIdOf(readFrame(longest))).toEqual({ clientId: 'c'.repeat(64) })
    expect(clientIdOf(readFrame('{"t":"read","seq":1}'))).toEqual({})
  })

  it('are measured in bytes', () => {
    expect(isOversized('x'.repeat(FRAME_BYTES_MAX))).toBe(false)
    expect(isOversized('x'.repeat(FRAME_BYTES_MAX + 1))).toBe(true)
    expect(isOversized('가'.repeat(FRAME_BYTES_MAX / 3 + 1))).toBe(true)
  })
})

it('typing is passed on once in two seconds', () => {
  expect([undefined, 0, 1_999, 2_000].map((atMs) => passesTyping(atMs, 2_000))).toEqual([
    true,
    true,
    false,
    false,
  ])
})

const memberOf = (digit: string) => MemberId.parse(`mem_${digit.repeat(26)}`)

it('presence is the same in whatever order its members come', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...['1', '2', '3'].map(memberOf))), (members) => {
      expect(presenceKey(members)).toBe(presenceKey(members.toReversed()))
    }),
  )
})
