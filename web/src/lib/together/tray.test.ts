import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CELLS_MAX, cellsOf, minimumAt } from './tray.ts'

test('a small tray has a cell for each unit: the host’s, mine, the others’ and the free ones', () => {
  expect(cellsOf({ totalUnits: 8, filledUnits: 5, hostUnits: 1, mine: 2 })).toEqual([
    'host',
    'mine',
    'mine',
    'others',
    'others',
    'free',
    'free',
    'free',
  ])
})

test('a large one never looks full before it is, nor empty when somebody is in it', () => {
  expect(cellsOf({ totalUnits: 10_000, filledUnits: 9_999, hostUnits: 0, mine: 0 }).at(-1)).toBe('free')
  expect(cellsOf({ totalUnits: 10_000, filledUnits: 1, hostUnits: 0, mine: 1 })[0]).toBe('mine')
  expect(cellsOf({ totalUnits: 10_000, filledUnits: 10_000, hostUnits: 0, mine: 0 })).not.toContain('free')
})

test('there are never more cells than fit', () => {
  const units = fc.integer({ min: 2, max: 10_000 })
  fc.assert(
    fc.property(
      units,
      fc.nat(10_000),
      fc.nat(100),
      fc.nat(100),
      (totalUnits, filledUnits, hostUnits, mine) => {
        const cells = cellsOf({ totalUnits, filledUnits, hostUnits, mine })
        expect(cells).toHaveLength(Math.min(totalUnits, CELLS_MAX))
      },
    ),
  )
})

test('the mark of the minimum stands behind as many units', () => {
  expect(minimumAt(6, 8)).toBe(6)
  expect(minimumAt(5_000, 10_000)).toBe(CELLS_MAX / 2)
})
