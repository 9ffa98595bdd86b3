import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { writeDevVars } from './dev-vars.ts'
import { type Cell, Cells, DOMAINS, documentOf, keyOf, reasonOf } from './independence-table.ts'
import { endOnSignal, startTree } from './processes.ts'
import { main } from './refused.ts'
import { inRoot, ROOT } from './root.ts'
import { readWorkers } from './workers.ts'

const KEPT = inRoot('.madang', 'independence.json')
const DOCUMENT = inRoot('docs', 'independence.md')
/** A test that waits for what a stopped worker would have done has waited long enough. */
const TEST_TIMEOUT_MS = 30_000
const HOOK_TIMEOUT_MS = 90_000
const SUITE_TIMEOUT_MS = 15 * 60_000

/** How a test comes by the whole platform, itself or through what its suite repeats. */
const WHOLE = /\b(open|start)Platform\(/
const PLATFORM = join('tests', 'support', 'platform.ts')
const IMPORTED = /from '(\.{1,2}\/[^']+\.ts)'/g

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          fullName: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
})

/**
 * `npm run independence [-- --stopped search,media] [--suites chat,trades] [--again]`: runs each domain's own suite with one
 * other worker stopped, keeps what came of it and writes docs/independence.md. Cut short it goes on where it was.
 */
await main(async () => {
  endOnSignal()
  const { values } = parseArgs({
    options: { stopped: { type: 'string' }, suites: { type: 'string' }, again: { type: 'boolean' } },
  })
  const among = (asked: string | undefined) => (asked === undefined ? DOMAINS : asked.split(','))
  writeDevVars(ROOT)
  const cells = readKept()
  const asked = ['nothing', ...among(values.stopped)].flatMap((stopped) =>
    among(values.suites).flatMap((suite) => (stopped === suite ? [] : [{ stopped, suite }])),
  )
  // The smallest first: cut short, it has measured as many as could be.
  const size = ({ stopped, suite }: (typeof asked)[number]) => filesOf(suite, stopped).meeting.length
  for (const { stopped, suite } of asked.sort((one, other) => size(one) - size(other))) {
    if (cells.has(keyOf({ stopped, suite })) && !values.again) continue
    const cell = await measure(stopped, suite)
    cells.set(keyOf(cell), cell)
    keep(cells)
    console.log(`${stopped} stopped, ${suite}: ${cell.passed} passed, ${cell.failures.length} failed`)
  }
  keep(cells)
})

function readKept(): Map<string, Cell> {
  const kept = existsSync(KEPT) ? Cells.parse(JSON.parse(readFileSync(KEPT, 'utf8'))) : []
  return new Map(kept.map((cell) => [keyOf(cell), cell]))
}

function keep(cells: Map<string, Cell>): void {
  mkdirSync(inRoot('.madang'), { recursive: true })
  writeFileSync(KEPT, JSON.stringify([...cells.values()], null, 1))
  writeFileSync(DOCUMENT, documentOf([...cells.values()]))
}

/** The files of a suite, and those of them that can notice that a domain is stopped: they run the platform, or bind it. */
function filesOf(suite: string, stopped: string): { all: string[]; meeting: string[] } {
  const dir = inRoot('tests', 'platform', suite)
  const all = readdirSync(dir)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('tests', 'platform', suite, name))
  const bindsIt = readWorkers(ROOT)
    .find(({ toml }) => toml.name === `madang-${suite}`)
    ?.toml.services.some(({ service }) => service === `madang-${stopped}`)
  const meeting = bindsIt || stopped === 'nothing' ? all : all.filter(runsThePlatform)
  return { all, meeting }
}

/** `file` or anything of the tests it imports. What defines the platform's own start is no use of it. */
function runsThePlatform(file: string): boolean {
  if (file === PLATFORM || !file.startsWith('tests')) return false
  const text = readFileSync(inRoot(file), 'utf8')
  if (WHOLE.test(text)) return true
  return Array.from(text.matchAll(IMPORTED), ([, path]) => join(dirname(file), path ?? '')).some(
    runsThePlatform,
  )
}

async function measure(stopped: string, suite: string): Promise<Cell> {
  const { all, meeting } = filesOf(suite, stopped)
  const files = { files: all.length, meeting: meeting.length }
  if (meeting.length === 0) return { stopped, suite, ...files, passed: 0, failures: [] }
  const report = inRoot('.madang', `independence-${stopped}-${suite}.json`)
  await vitest([...meeting, '--reporter=json', `--outputFile.json=${report}`], stopped)
  const { testResults } = Report.parse(JSON.parse(readFileSync(report, 'utf8')))
  const tests = testResults.flatMap(({ assertionResults, message, name }) =>
    assertionResults.length > 0
      ? assertionResults.map((test) => ({
          name: test.fullName,
          hasPassed: test.status === 'passed',
          why: test.failureMessages?.join('\n') || message,
        }))
      : [{ name: name.slice(name.indexOf('tests/')), hasPassed: false, why: message }],
  )
  const failures = tests
    .filter(({ hasPassed }) => !hasPassed)
    .map(({ name, why }) => ({ name, reason: reasonOf(why) }))
  return { stopped, suite, ...files, passed: tests.length - failures.length, failures }
}

function vitest(args: string[], stopped: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const limits = [`--testTimeout=${TEST_TIMEOUT_MS}`, `--hookTimeout=${HOOK_TIMEOUT_MS}`]
    const child = startTree(
      [inRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'platform', ...limits, ...args],
      { env: { MADANG_STOPPED: stopped === 'nothing' ? '' : stopped } },
    )
    child.stdout.resume()
    child.stderr.resume()
    const impatience = setTimeout(() => child.kill('SIGKILL'), SUITE_TIMEOUT_MS)
    child.once('error', reject)
    child.once('close', () => {
      clearTimeout(impatience)
      resolve()
    })
  })
}
