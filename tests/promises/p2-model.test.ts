import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { type ClaimsAlone, type ClaimsKind, startClaims } from './p2-claims-alone.ts'
import { ClaimsModel } from './p2-claims-model.ts'
import { expectEnd, lives } from './p2-claims-steps.ts'
import '../support/properties.ts'

const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const LIVES = NIGHTLY ? 200 : 15
const STEPS = NIGHTLY ? 60 : 25
/** A broken object goes another way in the first few. */
const BROKEN_LIVES_MAX = 30
const START = Date.parse('2026-12-01T09:00:00.000Z')
const PRICE = 1_000
/** Of five members one can pay for two units only. */
const PURSES = [50_000, 50_000, 2_000, 50_000, 50_000]

let claims: ClaimsAlone
beforeAll(async () => {
  claims = await startClaims()
})
afterAll(() => claims.close())

/** So many lives of a group buy are lived beside its model; rejected when one goes another way. */
const live = (kind: ClaimsKind, count: number, { endOnFailure }: { endOnFailure: boolean }) =>
  fc.assert(
    fc.asyncProperty(lives(STEPS), async (steps) => {
      await claims.setClock(START)
      const groupBuy = claims.groupBuy(kind, {
        ...{ totalUnits: 8, minUnits: 5, hostUnits: 1, unitPrice: PRICE, deadlineMs: START + 3 * HOUR_MS },
      })
      const members = PURSES.map((_purse, index) => newId('mem', START + index))
      await Promise.all(members.map((memberId, index) => groupBuy.give(memberId, PURSES[index] ?? 0)))
      await groupBuy.replan({})
      const purses = new Map(members.map((memberId, index) => [memberId, PURSES[index] ?? 0]))
      const model = new ClaimsModel(groupBuy.plan, purses, START)
      const real = { groupBuy, claims, members }
      await fc.asyncModelRun(() => ({ model, real }), steps)
      await expectEnd(model, real)
    }),
    { numRuns: count, endOnFailure },
  )

describe('a group buy', () => {
  it(`does what its model does through ${LIVES} lives of joining, changing, leaving, waiting, dying, late payment, calling off and deadline`, async () => {
    await live('sound', LIVES, { endOnFailure: !NIGHTLY })
  })
})

describe('the model of a group buy', () => {
  it.each([
    ['promises more than there is', 'pausing', /standing|answer|to pay/],
    ['has a slow clock', 'tardy', /standing|answer|confirmed/],
    ['keeps the money of who left', 'miserly', /what is held/],
    ['forgets in a crash what is being paid for', 'forgetful', /to pay, asked again|standing|confirmed/],
  ] as const)('would catch an object that %s', async (_what, kind, difference) => {
    expect(await differenceOf(live(kind, BROKEN_LIVES_MAX, { endOnFailure: true }))).toMatch(difference)
  })
})

/** What fast-check found to go another way; it keeps that as the cause of its own error. */
const differenceOf = (lived: Promise<void>): Promise<string> =>
  lived.then(
    () => 'none',
    (error: unknown) => String(error instanceof Error ? (error.cause ?? error) : error),
  )
