/** Whose a cell of the tray is. */
export type Cell = 'host' | 'mine' | 'others' | 'free'
export const CELLS_MAX = 60
/** In a list, where it is a line. */
export const ROW_CELLS_MAX = 30

type Taken = { totalUnits: number; filledUnits: number; hostUnits: number; mine: number; max?: number }

/**
 * One cell a unit; a large one has a cell for several. Who has any has at least a cell, and a tray that is not full shows a free one.
 */
export function cellsOf({ totalUnits, filledUnits, hostUnits, mine, max = CELLS_MAX }: Taken): Cell[] {
  const count = Math.min(totalUnits, max)
  const scale = count / totalUnits
  const filled = Math.min(filledUnits, totalUnits)
  const full = filled === totalUnits ? count : Math.min(count - 1, Math.ceil(filled * scale))
  const atLeastOne = (units: number) => (units > 0 ? Math.max(1, Math.round(units * scale)) : 0)
  const host = Math.min(full, atLeastOne(hostUnits))
  const own = Math.min(full - host, atLeastOne(mine))
  return Array.from({ length: count }, (_, at) => {
    if (at < host) return 'host'
    if (at < host + own) return 'mine'
    return at < full ? 'others' : 'free'
  })
}

/** Before which cell the mark of the minimum stands. */
export const minimumAt = (minUnits: number, totalUnits: number, max = CELLS_MAX): number =>
  Math.ceil(minUnits * (Math.min(totalUnits, max) / totalUnits))
