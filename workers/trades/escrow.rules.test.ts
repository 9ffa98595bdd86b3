import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RELEASE_AFTER_MS, RELEASE_NOTICE_BEFORE_MS, TRADE_STATES } from '#contracts/trades'
import { HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import {
  CODE_TRIES_MAX,
  countTry,
  decideBy,
  dueAtMs,
  dutyOf,
  ENDS,
  type Escrowed,
  endBy,
  INTENTS,
  isNoticeDue,
  isSilent,
  mayDispute,
  refundBy,
} from './escrow.rules.ts'

const AT = 1_800_000_000_000
const escrow: Escrowed = {
  ...{ category: 'furniture', paid: 27_000, discount: 3_000, refunded: 0, couponId: null, couponTitle: null },
  ...{ intent: null, ended: null, endedBy: null, failure: null, releaseAtMs: AT + RELEASE_AFTER_MS },
  ...{ noticed: 0, heldUntilMs: AT + 60 * 24 * HOUR_MS, handoverCode: '0417', tries: 0, triedFromMs: 0 },
  ...{ dispute: null, retryKey: null, dueAtMs: null, refunds: [] },
  ...{ taken: null, auditAtMs: 0, frozenAtMs: null, saleSeen: 0 },
}
const paid = { state: 'paid', escrow, completedAtMs: null } as const
const dispute = {
  openedBy: 'buyer',
  reason: 'broken',
  text: '깨졌어요',
  openedAtMs: AT,
  decision: null,
} as const
const disputed = { ...paid, state: 'disputed', escrow: { ...escrow, dispute } } as const
const side = fc.constantFrom('seller', 'buyer')
const standing = fc.record({
  state: fc.constantFrom(...TRADE_STATES),
  escrow: fc
    .record({ intent: fc.constantFrom(null, ...INTENTS), ended: fc.constantFrom(null, ...ENDS) })
    .map((part) => ({ ...escrow, ...part })),
})

describe('what a row decides', () => {
  it('lets nobody decide again while something is being carried out, or after the end', () => {
    fc.assert(
      fc.property(standing, fc.constantFrom(...ENDS), side, (now, end, who) => {
        const allowed = endBy(now, end, who)
        const isOpen = now.state === 'paid' && now.escrow.intent === null
        if (allowed.ok && allowed.value === 'now')
          expect([isOpen, now.escrow.ended === end]).toEqual([true, false])
        if (mayDispute(now).ok) expect(isOpen).toBe(true)
      }),
    )
  })

  it('has nothing left to carry out once it has ended, and the tick looks at all that has', () => {
    fc.assert(
      fc.property(standing, (now) => {
        const isOver = ['completed', 'cancelled', 'failed'].includes(now.state)
        if (isOver) expect(dutyOf(now)).toBeNull()
        if (dutyOf(now) !== null) expect(dueAtMs(now, AT)).toBeGreaterThan(AT)
        if (!isOver) expect(dueAtMs(now, AT)).not.toBeNull()
      }),
    )
  })

  it('lets the buyer alone confirm and the seller alone enter the code', () => {
    expect(endBy(paid, 'confirmed', 'seller')).toEqual({ ok: false, refusal: { code: 'FORBIDDEN' } })
    expect(endBy(paid, 'code', 'buyer')).toEqual({ ok: false, refusal: { code: 'FORBIDDEN' } })
    for (const who of ['seller', 'buyer'] as const) expect(endBy(paid, 'cancelled', who).ok).toBe(true)
  })

  it('speaks of silence at its time and of its notice a day before, to the millisecond', () => {
    const endMs = AT + RELEASE_AFTER_MS
    expect([isSilent(paid, endMs - 1), isSilent(paid, endMs), isSilent(disputed, endMs)]).toEqual([
      false,
      true,
      false,
    ])
    const noticeMs = endMs - RELEASE_NOTICE_BEFORE_MS
    expect([isNoticeDue(paid, noticeMs - 1), isNoticeDue(paid, noticeMs)]).toEqual([false, true])
    expect(isNoticeDue({ ...paid, escrow: { ...escrow, noticed: 1 } }, noticeMs)).toBe(false)
  })
})

describe('wrong codes', () => {
  it('are five an hour, whenever they are entered', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: HOUR_MS }), { maxLength: 60 }), (pauses) => {
        let kept = { tries: 0, triedFromMs: 0 }
        let nowMs = AT
        const taken: number[] = []
        for (const pause of pauses) {
          nowMs += pause
          const counted = countTry(kept, nowMs)
          if (!counted.ok) continue
          kept = counted.value
          taken.push(nowMs)
        }
        const windows = taken.map((from) => taken.filter((at) => at >= from && at < from + HOUR_MS).length)
        // Two windows of an hour may meet within one.
        for (const within of windows) expect(within).toBeLessThanOrEqual(2 * CODE_TRIES_MAX - 1)
      }),
    )
  })
})

describe('an operator’s word', () => {
  it('undoes the trade with all, releases it with less, and never takes away what the seller promised back', () => {
    expect(decideBy(disputed, 27_000)).toEqual({ ok: true, value: { intent: 'undo', more: 0 } })
    expect(decideBy(disputed, 5_000)).toEqual({ ok: true, value: { intent: 'release', more: 5_000 } })
    expect(decideBy(disputed, 0)).toEqual({ ok: true, value: { intent: 'release', more: 0 } })
    const promised = { ...disputed, escrow: { ...disputed.escrow, refunded: 2_000 } }
    expect(decideBy(promised, 5_000)).toMatchObject({ value: { more: 3_000 } })
    expect(decideBy(promised, 1_000)).toMatchObject({ value: { more: 0 } })
    expect(decideBy(disputed, 27_001)).toEqual({ ok: false, refusal: { code: 'REFUND_TOO_MUCH' } })
    expect(decideBy(paid, 1)).toEqual({ ok: false, refusal: { code: 'TRADE_NOT_PAID' } })
  })
})

describe('money given back', () => {
  it('in whatever parts stays within what the buyer paid', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 30_000 })), (amounts) => {
        let now: { state: 'paid'; escrow: Escrowed; completedAtMs: null } = paid
        for (const amount of amounts) {
          if (!refundBy(now, amount, AT).ok) continue
          const one = { id: newId('rfd', AT), amount, by: 'seller', reason: null, done: 1, atMs: AT } as const
          now = { ...now, escrow: { ...now.escrow, refunds: [...now.escrow.refunds, one] } }
        }
        const sum = now.escrow.refunds.reduce((total, { amount }) => total + amount, 0)
        expect(sum).toBeLessThanOrEqual(escrow.paid)
      }),
    )
  })
})
