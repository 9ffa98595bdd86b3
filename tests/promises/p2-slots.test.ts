import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ClaimsAlone, startClaims } from './p2-claims-alone.ts'
import { faultsOf } from './p2-claims-log.ts'
import { crowd, type Ending } from './p2-crowd.ts'

/** P2 at the object, with a crowd at it, the object dying under them, and broken objects that the checker has to catch. */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const MEMBERS = NIGHTLY ? 500 : 60
const OPS = NIGHTLY ? 5_000 : 300
const RUNS = NIGHTLY ? 20 : 1
const FIRST_SEED = 20_261_121
const ENDINGS: readonly Ending[] = ['afterwards', 'deadline', 'cancel']

let claims: ClaimsAlone
beforeAll(async () => {
  claims = await startClaims()
})
afterAll(() => claims.close())

describe('30 units', () => {
  it.each(ENDINGS)(
    `wanted, changed and given up by ${MEMBERS} members at once, ${OPS} times, are never promised beyond, and end once (%s)`,
    async (ending) => {
      for (let run = 0; run < RUNS; run++) {
        const history = await crowd(claims, { members: MEMBERS, ops: OPS, ending, seed: FIRST_SEED + run })
        expect(faultsOf(history)).toEqual([])
        expect(history.acked.length).toBeGreaterThan(10)
      }
    },
    600_000,
  )
})

describe('the checker of P2', () => {
  const small = { members: 60, ops: 150, seed: FIRST_SEED }
  it('would catch an object that waits between looking and giving', async () => {
    const faults = faultsOf(
      await crowd(claims, { ...small, kind: 'pausing', isGreedy: true, ending: 'afterwards' }),
    )
    expect(faults.join('\n')).toMatch(/\d+ of 30 are taken/)
  })

  it('would catch an object whose clock is slow', async () => {
    const faults = faultsOf(await crowd(claims, { ...small, kind: 'tardy', ending: 'deadline' }))
    expect(faults.join('\n')).toMatch(/acknowledged after the end/)
  })

  it('would catch an object that keeps the money of who left', async () => {
    const faults = faultsOf(await crowd(claims, { ...small, kind: 'miserly', ending: 'afterwards' }))
    expect(faults.join('\n')).toMatch(/stay held for nothing/)
  })
})
