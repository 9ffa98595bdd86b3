import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  APPOINTMENT_AHEAD_MAX_MS,
  OUTCOME_FROM_BEFORE_MS,
  OUTCOME_WINDOW_MS,
  OUTCOMES,
  REMINDER_BEFORE_MS,
} from '#contracts/trades'
import { MINUTE_MS } from '#kit/clock'
import { change, meetingTime, REMINDER_NOT_UNDER_MS, remindAtMs, sayOutcome } from './appointment.rules.ts'
import type { Side } from './trade.rules.ts'

const AT = 1_800_000_000_000
const fresh = { state: 'set', meetAtMs: AT, sellerSaid: null, buyerSaid: null } as const
const outcome = fc.constantFrom(...OUTCOMES)
const side = fc.constantFrom<Side>('seller', 'buyer')
const inWindow = fc.integer({ min: -OUTCOME_FROM_BEFORE_MS, max: OUTCOME_WINDOW_MS })

describe('the time of an appointment', () => {
  it('lies ahead, within ninety days', () => {
    const ahead = (ms: number) => meetingTime(AT + ms, AT).ok
    expect([
      ahead(0),
      ahead(1),
      ahead(APPOINTMENT_AHEAD_MAX_MS),
      ahead(APPOINTMENT_AHEAD_MAX_MS + 1),
    ]).toEqual([false, true, true, false])
  })
})

describe('a reminder', () => {
  it('comes an hour before, at once when it is nearer, and not when it is very near', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: APPOINTMENT_AHEAD_MAX_MS }), (aheadMs) => {
        const at = remindAtMs(AT, AT - aheadMs)
        if (aheadMs < REMINDER_NOT_UNDER_MS) expect(at).toBeNull()
        else if (aheadMs < REMINDER_BEFORE_MS) expect(at).toBe(AT - aheadMs)
        else expect(at).toBe(AT - REMINDER_BEFORE_MS)
      }),
    )
  })
})

describe('a change', () => {
  it('is made until its time, while nobody has said how it went', () => {
    expect(change(fresh, AT - 1).ok).toBe(true)
    expect(change(fresh, AT).ok).toBe(false)
    expect(change({ ...fresh, buyerSaid: 'kept' }, AT - 1).ok).toBe(false)
    expect(change({ ...fresh, state: 'cancelled' }, AT - 1).ok).toBe(false)
    expect(change({ ...fresh, state: 'over' }, AT - 1).ok).toBe(false)
  })
})

describe('how it went', () => {
  it('is said from half an hour before until a week after, to the millisecond', () => {
    const says = (ms: number) => sayOutcome(fresh, 'buyer', 'kept', AT + ms).ok
    expect(says(-OUTCOME_FROM_BEFORE_MS - 1)).toBe(false)
    expect(says(-OUTCOME_FROM_BEFORE_MS)).toBe(true)
    expect(says(OUTCOME_WINDOW_MS)).toBe(true)
    expect(says(OUTCOME_WINDOW_MS + 1)).toBe(false)
  })

  it('is never said of one that was called off', () => {
    expect(sayOutcome({ ...fresh, state: 'cancelled' }, 'seller', 'missed', AT + MINUTE_MS).ok).toBe(false)
  })

  it('stands once both have said, is over then and only then, and no side ever writes the other’s word', () => {
    const says = fc.array(fc.record({ side, outcome, atMs: inWindow }), { maxLength: 8 })
    fc.assert(
      fc.property(says, (sayings) => {
        let standing: Parameters<typeof sayOutcome>[0] = fresh
        for (const each of sayings) {
          const settled = standing.sellerSaid !== null && standing.buyerSaid !== null
          const said = sayOutcome(standing, each.side, each.outcome, AT + each.atMs)
          const [mine, theirs] =
            each.side === 'seller'
              ? (['sellerSaid', 'buyerSaid'] as const)
              : (['buyerSaid', 'sellerSaid'] as const)
          expect(said.ok).toBe(!settled || standing[mine] === each.outcome)
          if (!said.ok) continue
          expect([said.value[mine], said.value[theirs]]).toEqual([each.outcome, standing[theirs]])
          standing = { ...standing, ...said.value }
          const both = standing.sellerSaid !== null && standing.buyerSaid !== null
          expect(standing.state).toBe(both ? 'over' : 'set')
        }
      }),
    )
  })
})
