import { expect, test } from 'vitest'
import type { Burst } from './burst.ts'
import type { Result } from './drive.ts'
import { type TogetherFigures, togetherTable, togetherVerdicts } from './together-table.ts'

const burst = (tookMs: number, statuses: Record<string, number> = { 200: 500 }): Burst => ({
  ...{ tookMs, p50Ms: 1, p99Ms: 2 },
  statuses,
})
const result = (requests: number, failed = 0): Result => ({
  requests,
  seconds: 2,
  failed,
  p50Ms: 1,
  p99Ms: 2,
})
const GOOD: TogetherFigures = {
  joins: burst(500),
  joinsFloor: burst(350),
  sizes: { few: 2_000, many: 100_000 },
  near: [{ sort: 'distance', few: result(1_000), many: result(900) }],
}
const missed = (figures: TogetherFigures) => togetherVerdicts(figures).filter(({ reached }) => !reached)

test('Figures that reach every target are said to', () => {
  expect(missed(GOOD)).toEqual([])
  expect(togetherTable(GOOD)).not.toContain('✘')
})

test('Joins slower than 0.6 of the bare object, and a list that grows with the town, are said to miss', () => {
  expect(missed({ ...GOOD, joins: burst(700) })).toHaveLength(1)
  const grown = [{ sort: 'distance', few: result(1_000), many: result(400) }]
  expect(missed({ ...GOOD, near: grown })).toHaveLength(1)
})

test('A join that was refused counts as failed, however fast', () => {
  const [failed] = missed({ ...GOOD, joins: burst(500, { 200: 499, 409: 1 }) })
  expect(failed?.value).toBe(1)
})
