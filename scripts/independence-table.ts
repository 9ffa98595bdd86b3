import { z } from 'zod'

export const DOMAINS: readonly string[] = [
  ...['search', 'notifications', 'media', 'coupons', 'moderation', 'payments', 'chat', 'trades'],
  ...['group-buys', 'listings', 'identity'],
]

const REASONS = {
  refused: 'was refused as an outage (503), as a call that needs it is',
  waited: 'needs what it does, and did not get it',
  fault: 'met a server error (500)',
  setup: 'could not be set up without it',
} as const
const Reason = z.enum(['refused', 'waited', 'fault', 'setup'])
type Reason = z.infer<typeof Reason>

/** What one suite did while one worker was stopped. */
const Cell = z.object({
  stopped: z.string(),
  suite: z.string(),
  files: z.int(),
  /** Files that can notice: they run the whole platform, or their worker binds the stopped one. */
  meeting: z.int(),
  passed: z.int(),
  failures: z.array(z.object({ name: z.string(), reason: Reason })),
})
export type Cell = z.infer<typeof Cell>
export const Cells = z.array(Cell)
export const keyOf = ({ stopped, suite }: Pick<Cell, 'stopped' | 'suite'>): string => `${stopped} ${suite}`

/** Why a test failed, by what it said. */
export function reasonOf(words: string): Reason {
  if (/\b500\b|INTERNAL/.test(words)) return 'fault'
  if (/\b503\b|UNAVAILABLE/.test(words)) return 'refused'
  return /the worker is stopped|Stopped|hook/i.test(words) ? 'setup' : 'waited'
}

/** The whole page: how it was measured, the table, and every test that did not pass. */
export function documentOf(cells: readonly Cell[]): string {
  const cellOf = new Map(cells.map((cell) => [keyOf(cell), cell]))
  const rows = DOMAINS.map((stopped) => {
    const figures = DOMAINS.map((suite) => figureOf(stopped, suite, cellOf.get(keyOf({ stopped, suite }))))
    return `| ${stopped} | ${figures.join(' | ')} |`
  })
  const whole = DOMAINS.map((suite) => totalOf(cellOf.get(keyOf({ stopped: 'nothing', suite }))))
  return [
    HEAD,
    `| stopped ↓ suite → | ${DOMAINS.join(' | ')} |`,
    `| --- |${' --- |'.repeat(DOMAINS.length)}`,
    `| (nothing) | ${whole.join(' | ')} |`,
    ...rows,
    '',
    ...failuresOf(cells),
  ].join('\n')
}

const totalOf = (cell: Cell | undefined): string =>
  cell ? `${cell.passed}/${cell.passed + cell.failures.length}` : ''

function figureOf(stopped: string, suite: string, cell: Cell | undefined): string {
  if (stopped === suite) return '×'
  if (!cell) return ''
  if (cell.meeting === 0) return '–'
  return totalOf(cell)
}

function failuresOf(cells: readonly Cell[]): string[] {
  const failed = cells.filter(({ stopped, failures }) => stopped !== 'nothing' && failures.length > 0)
  return failed.flatMap(({ stopped, suite, failures }) => [
    `### ${suite} without ${stopped}`,
    '',
    ...failures.map(({ name, reason }) => `- ${name}: ${REASONS[reason]}`),
    '',
  ])
}

const HEAD = `# Independence

What still passes while one worker is stopped, measured by the domains' own suites (\`tests/platform/<domain>\`): \`npm run independence\`
writes this page. A stopped worker fails whoever asks it and hears nothing (\`tests/support/stoppable.worker.ts\`); members had joined before.
Each figure is passed/run, of the suite's files that can notice: those that run the whole platform, and all of them where the suite's worker
is bound to the stopped one (then its stand-in is stopped). \`–\`: no file can notice, since the worker is alone with stand-ins of others.
An empty field was not measured. What a stopped worker's own calls do, that nothing is left half done, and that what was told meanwhile
is heard within a minute of its return, is \`tests/promises/p21-one-worker-down.test.ts\`.
`
