import type { Row } from './measure.ts'

/** What each case must reach beside its floor. */
const REPEATED_MIN = 1.2
const MISSING_MIN = 0.8
/** How much longer a list or a search may take among 100,000 listings than among 2,000. */
const GROWTH_MAX = 1.5
/** 1,000 searches a second on the machine where floor (a) gives 8,700. */
const SEARCH_SHARE_MIN = 1_000 / 8_700

export type Verdict = { what: string; value: number; target: string; reached: boolean }

/** Every target of the issue, held against the figures. */
export function verdicts(rows: Row[]): Verdict[] {
  const aimed = rows.filter(({ floor, name }) => floor === 'b' || name.endsWith('repeated'))
  const beside = aimed.map((row): Verdict => {
    const least = row.floor === 'a' ? REPEATED_MIN : MISSING_MIN
    const value = row.perSecond / Math.max(1, row.floorPerSecond)
    return {
      what: `${row.name}, ${row.size} listings, beside floor (${row.floor})`,
      value,
      target: `≥ ${least}`,
      reached: value >= least && row.failed === 0,
    }
  })
  return [...beside, ...growth(rows), ...searchShare(rows)]
}

function growth(rows: Row[]): Verdict[] {
  const sizes = rows.map(({ size }) => size)
  const [small, large] = [Math.min(...sizes), Math.max(...sizes)]
  return ['list, past every cache', 'search, past every cache'].flatMap((name): Verdict[] => {
    const at = (size: number) => rows.find((row) => row.size === size && row.name === name)?.perSecond
    const [fast, slow] = [at(small), at(large)]
    if (!fast || !slow || small === large) return []
    const value = fast / slow
    return [
      {
        what: `${name}: its time at ${large} over that at ${small}`,
        value,
        target: `≤ ${GROWTH_MAX}`,
        reached: value <= GROWTH_MAX,
      },
    ]
  })
}

function searchShare(rows: Row[]): Verdict[] {
  const largest = Math.max(...rows.map(({ size }) => size))
  const floor = rows.find(({ size, floor }) => size === largest && floor === 'a')?.floorPerSecond
  if (!floor) return []
  // Through the caches, as people search, and past all of them.
  const searches = rows.filter(({ size, name }) => size === largest && name.startsWith('search'))
  return searches.map(({ name, perSecond }) => ({
    what: `${name}: searches a second at ${largest} over floor (a)`,
    value: perSecond / floor,
    target: `≥ ${SEARCH_SHARE_MIN.toFixed(3)}`,
    reached: perSecond / floor >= SEARCH_SHARE_MIN,
  }))
}

/** The figures and the verdicts as two tables. */
export function table(rows: Row[]): string {
  const figures = rows.map((row) =>
    [
      String(row.size).padStart(8),
      row.name.padEnd(26),
      String(row.perSecond).padStart(8),
      `${row.p50Ms.toFixed(1)}/${row.p99Ms.toFixed(1)}`.padStart(12),
      `(${row.floor}) ${row.floorPerSecond}`.padStart(12),
      (row.perSecond / Math.max(1, row.floorPerSecond)).toFixed(2).padStart(6),
      row.failed > 0 ? `${row.failed} failed` : '',
    ]
      .join('  ')
      .trimEnd(),
  )
  const head = [
    'listings'.padStart(8),
    'case'.padEnd(26),
    'req/s'.padStart(8),
    'p50/p99 ms'.padStart(12),
    'floor req/s'.padStart(12),
    ' ratio',
  ].join('  ')
  const judged = verdicts(rows).map(
    ({ what, value, target, reached }) => `${reached ? '✓' : '✘'} ${what}: ${value.toFixed(2)} (${target})`,
  )
  return [head, ...figures, '', ...judged].join('\n')
}
