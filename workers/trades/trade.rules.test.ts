import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { REVIEW_HIDDEN_MS, TRADE_STATES, UNDO_WINDOW_MS } from '#contracts/trades'
import { newId } from '#kit/id'
import {
  isShown,
  mayBecome,
  otherSide,
  type Side,
  sideOf,
  undo,
  undoUntilMs,
  writeReview,
} from './trade.rules.ts'

const state = fc.constantFrom(...TRADE_STATES)
const side = fc.constantFrom<Side>('seller', 'buyer')
const AT = 1_800_000_000_000
const closed = { kind: 'deal', state: 'completed', completedAtMs: AT } as const

describe('the states of a trade', () => {
  it.each([
    ['pending', ['paid', 'completed', 'failed']],
    ['completed', ['cancelled']],
    ['cancelled', []],
    ['failed', []],
    ['paid', ['completed', 'cancelled', 'disputed']],
    ['disputed', ['completed', 'cancelled']],
  ] as const)('from %s leads only to %j', (from, to) => {
    expect(TRADE_STATES.filter((each) => mayBecome(from, each)).sort()).toEqual([...to].sort())
  })
})

describe('an undo', () => {
  it('is not for what was paid with the wallet: that money goes back by a refund', () => {
    expect(undo({ ...closed, kind: 'escrow' }, [], 'seller', AT + 1)).toEqual({
      ok: false,
      refusal: { code: 'CONFLICT' },
    })
    expect(undoUntilMs({ ...closed, kind: 'escrow' }, AT + 1)).toBeNull()
  })

  it('is the seller’s alone, whatever state the trade is in', () => {
    fc.assert(
      fc.property(state, fc.nat(), (from, later) => {
        const refused = undo({ kind: 'deal', state: from, completedAtMs: AT }, [], 'buyer', AT + later)
        expect(refused).toEqual({ ok: false, refusal: { code: 'FORBIDDEN' } })
      }),
    )
  })

  it('is there for a day, to the millisecond, and says so', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: UNDO_WINDOW_MS * 2 }), (waitedMs) => {
        const isOpen = waitedMs < UNDO_WINDOW_MS
        expect(undo(closed, [], 'seller', AT + waitedMs).ok).toBe(isOpen)
        expect(undoUntilMs(closed, AT + waitedMs)).toBe(isOpen ? AT + UNDO_WINDOW_MS : null)
      }),
    )
  })

  it('is for a closed trade, and changes nothing the second time', () => {
    for (const from of TRADE_STATES) {
      const undone = undo({ kind: 'deal', state: from, completedAtMs: AT }, [], 'seller', AT + 1)
      const said = undone.ok ? undone.value : undone.refusal.code
      expect(said, from).toBe(from === 'completed' ? 'now' : from === 'cancelled' ? 'again' : 'CONFLICT')
    }
  })
})

describe('a review', () => {
  type Act = { side: Side; waitMs: number }
  const act: fc.Arbitrary<Act> = fc.record({ side, waitMs: fc.integer({ min: 0, max: REVIEW_HIDDEN_MS }) })

  it('is read by the other side only when both wrote or the fourteen days are over, in whatever order they write', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 6 }), fc.nat(REVIEW_HIDDEN_MS * 2), (acts, lookMs) => {
        const kept = new Map<Side, { atMs: number; showsAtMs: number }>()
        let nowMs = AT
        for (const { side: author, waitMs } of acts) {
          nowMs += waitMs
          const written = writeReview(closed, [...kept.keys()], author, nowMs)
          if (!written.ok) continue
          kept.set(author, { atMs: nowMs, ...written.value })
          // What the batch does beside the insert: the first one shows from now on as well.
          for (const each of kept.values()) {
            if (written.value.showsAtMs === nowMs) each.showsAtMs = Math.min(each.showsAtMs, nowMs)
          }
        }
        const look = nowMs + lookMs
        for (const each of kept.values()) {
          expect(isShown(each, look)).toBe(kept.size === 2 || look >= AT + REVIEW_HIDDEN_MS)
        }
      }),
    )
  })

  it('is written once a side', () => {
    for (const author of ['seller', 'buyer'] as const) {
      expect(writeReview(closed, [author], author, AT + 1)).toMatchObject({
        refusal: { code: 'REVIEW_WRITTEN' },
      })
      expect(writeReview(closed, [otherSide(author)], author, AT + 1).ok).toBe(true)
    }
  })

  it('is never written of a trade that is not closed, or after its fourteen days', () => {
    fc.assert(
      fc.property(state, side, fc.nat(REVIEW_HIDDEN_MS * 2), (from, author, laterMs) => {
        const allowed = writeReview({ state: from, completedAtMs: AT }, [], author, AT + laterMs)
        expect(allowed.ok).toBe(from === 'completed' && laterMs < REVIEW_HIDDEN_MS)
      }),
    )
  })
})

describe('a side', () => {
  it('is nobody’s but the seller’s and the buyer’s', () => {
    const [sellerId, buyerId, stranger] = [newId('mem', AT), newId('mem', AT), newId('mem', AT)]
    const sides = { sellerId, buyerId }
    expect([sideOf(sides, sellerId), sideOf(sides, buyerId), sideOf(sides, stranger)]).toEqual([
      'seller',
      'buyer',
      null,
    ])
  })
})
