import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  countLooks,
  emptyTally,
  endBatch,
  isQuiet,
  type Look,
  MARKS_MAX,
  PENDING_MAX,
  startBatch,
  type TallyState,
} from './tally.rules.ts'

const look = fc.tuple(fc.constantFrom('lst_a', 'lst_b'), fc.constantFrom('m1', 'm2', 'm3'))
/** What can befall a tally: looks, a flush that ends well, a flush that dies after its batch was taken. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant('looks' as const), looks: fc.array(look, { maxLength: 6 }) }),
  fc.record({ kind: fc.constant('flushed' as const) }),
  fc.record({ kind: fc.constant('died' as const), committed: fc.boolean() }),
)
type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never

/** A database that, like listings' own, takes each batch number once. */
function run(happenings: Happening[], takesTwice: boolean): string[] {
  const database = new Map<number, string[]>()
  const counted: string[] = []
  const flush = (state: TallyState) => {
    const batch = state.sending
    if (!batch || (database.has(batch.sequence) && !takesTwice)) return
    const looks = Object.entries(batch.looks).flatMap(([subject, marks]) =>
      marks.map((mark) => `${subject} ${mark}`),
    )
    database.set(batch.sequence, looks)
    counted.push(...looks)
  }
  let state = emptyTally()
  for (const happened of [...happenings, { kind: 'flushed' as const }, { kind: 'flushed' as const }]) {
    if (happened.kind === 'looks') {
      state = countLooks(state, '2026-11-21', happened.looks)
      continue
    }
    state = startBatch(state)
    if (happened.kind === 'flushed' || happened.committed) flush(state)
    if (happened.kind === 'flushed' && state.sending) state = endBatch(state, state.sending.sequence)
  }
  expect(isQuiet(state)).toBe(true)
  return counted.toSorted()
}

const wanted = (happenings: Happening[]) =>
  [
    ...new Set(
      happenings.flatMap((happened) =>
        happened.kind === 'looks' ? happened.looks.map(([subject, mark]) => `${subject} ${mark}`) : [],
      ),
    ),
  ].toSorted()

describe('a tally', () => {
  it('counts each visitor of each thing once a day, whatever dies on the way to the database', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 20 }), (happenings) => {
        expect(run(happenings, false)).toEqual(wanted(happenings))
      }),
    )
  })

  it('would count twice if the database took a batch number twice', () => {
    const happenings: Happening[] = [
      { kind: 'looks', looks: [['lst_a', 'm1']] },
      { kind: 'died', committed: true },
    ]
    expect(run(happenings, true)).not.toEqual(wanted(happenings))
  })

  it('counts the same visitor again the next day', () => {
    const looks: Look[] = [['lst_a', 'm1']]
    const today = countLooks(emptyTally(), '2026-11-21', looks)
    expect(countLooks(today, '2026-11-21', looks)).toBe(today)
    expect(countLooks(today, '2026-11-22', looks).pending).toEqual({ lst_a: ['m1', 'm1'] })
  })

  it('stays small however many come', () => {
    let state = emptyTally()
    for (let round = 0; round < 12; round++) {
      const looks = Array.from({ length: 1_000 }, (_, index): Look => [`lst_${round}`, `m${index}`])
      state = countLooks(state, '2026-11-21', looks)
      const pending = Object.values(state.pending).flat().length
      expect(pending).toBeLessThanOrEqual(PENDING_MAX)
      if (round % 3 === 2) state = endBatch(startBatch(state), state.sequence + 1)
    }
    expect(Object.values(state.seen).flat().length).toBeLessThanOrEqual(MARKS_MAX)
  })
})
