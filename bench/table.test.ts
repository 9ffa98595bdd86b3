import { expect, test } from 'vitest'
import type { Row } from './measure.ts'
import { table, verdicts } from './table.ts'

const row = (
  size: number,
  name: string,
  perSecond: number,
  floor: 'a' | 'b',
  floorPerSecond: number,
): Row => ({
  size,
  name,
  perSecond,
  p50Ms: 1,
  p99Ms: 2,
  failed: 0,
  floor,
  floorPerSecond,
})
const GOOD = [
  row(2_000, 'list, repeated', 12_000, 'a', 8_700),
  row(2_000, 'list, past every cache', 1_800, 'b', 2_000),
  row(2_000, 'search, past every cache', 1_500, 'b', 1_700),
  row(100_000, 'list, repeated', 12_000, 'a', 8_700),
  row(100_000, 'list, past every cache', 1_700, 'b', 2_000),
  row(100_000, 'search, past every cache', 1_200, 'b', 1_400),
]
const missed = (rows: Row[]) => verdicts(rows).filter(({ reached }) => !reached)

test('Figures that reach every target are said to', () => {
  expect(missed(GOOD)).toEqual([])
  expect(table(GOOD)).not.toContain('✘')
})

test('A repeated list slower than 1.2 times its floor, and a failed request, are said to miss', () => {
  expect(missed([row(2_000, 'list, repeated', 9_000, 'a', 8_700)])).toHaveLength(1)
  expect(missed([{ ...row(2_000, 'create', 900, 'b', 1_000), failed: 1 }])).toHaveLength(1)
})

test('A search that grows with the listings is said to miss, even beside a floor that grows as well', () => {
  const grown = GOOD.map((one) =>
    one.size === 100_000 && one.name.startsWith('search')
      ? { ...one, perSecond: 600, floorPerSecond: 650 }
      : one,
  )
  expect(missed(grown).map(({ what }) => what)).toEqual([
    'search, past every cache: its time at 100000 over that at 2000',
    'search, past every cache: searches a second at 100000 over floor (a)',
  ])
})
