import fc from 'fast-check'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { type ClaimsAlone, startClaims } from './p2-claims-alone.ts'
import { ClaimsModel } from './p2-claims-model.ts'
import { expectEnd, lives } from './p2-claims-steps.ts'
import '../support/properties.ts'

const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const LIVES = NIGHTLY ? 200 : 15
const STEPS = NIGHTLY ? 60 : 25
const START = Date.parse('2026-12-01T09:00:00.000Z')
const PRICE = 1_000
/** Of five members one can pay for two units only. */
const PURSES = [50_000, 50_000, 2_000, 50_000, 50_000]

let claims: ClaimsAlone
beforeAll(async () => {
  claims = await startClaims()
})
afterAll(() => claims.close())

describe('a group buy', () => {
  it(`does what its model does through ${LIVES} lives of joining, changing, leaving, waiting, dying, late payment, calling off and deadline`, async () => {
    await fc.assert(
      fc.asyncProperty(lives(STEPS), async (steps) => {
        await claims.setClock(START)
        const groupBuy = claims.groupBuy('sound', {
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
      { numRuns: LIVES, endOnFailure: !NIGHTLY },
    )
  })
})
