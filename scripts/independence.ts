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
const RUN_TIMEOUT_MS = 60 * 60_000

/** How a test comes by the whole platform, itself or through what its suite repeats. */
const WHOLE = /\b(open|start)Platform\(/
const PLATFORM = join('tests', 'support', 'platform.ts')
const IMPORTED = /from '(\.{1,2}\/[^']+\.ts)'/g

const FileResult = z.object({
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
})
type FileResult = z.infer<typeof FileResult>
const Report = z.object({ testResults: z.array(FileResult) })

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
  for (const stopped of ['nothing', ...among(values.stopped)]) {
    const missing = among(values.suites).filter(
      (suite) => suite !== stopped && (values.again || !cells.has(keyOf({ stopped, suite }))),
    )
    for (const cell of await measure(stopped, missing)) {
      cells.set(keyOf(cell), cell)
      console.log(`${stopped} stopped, ${cell.suite}: ${cell.passed} passed, ${cell.failures.length} failed`)
    }
    keep(cells)
  }
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

/** All suites in one run, since their files share what a process has started. */
async function measure(stopped: string, suites: readonly string[]): Promise<Cell[]> {
  const asked = suites.map((suite) => ({ suite, ...filesOf(suite, stopped) }))
  const meeting = asked.flatMap((each) => each.meeting)
  const results = meeting.length === 0 ? [] : await resultsOf(stopped, meeting)
  return asked.map((each) => {
    const own = results.filter(({ name }) => each.meeting.some((file) => name.endsWith(file)))
    const tests = own.flatMap(testsOf)
    const failures = tests
      .filter(({ hasPassed }) => !hasPassed)
      .map(({ name, why }) => ({ name, reason: reasonOf(why) }))
    const files = { files: each.all.length, meeting: each.meeting.length }
    return { stopped, suite: each.suite, ...files, passed: tests.length - failures.length, failures }
  })
}

async function resultsOf(stopped: string, files: readonly string[]): Promise<FileResult[]> {
  const report = inRoot('.madang', `independence-${stopped}.json`)
  await vitest([...files, '--reporter=json', `--outputFile.json=${report}`], stopped)
  return Report.parse(JSON.parse(readFileSync(report, 'utf8'))).testResults
}

/** A file that fell before its first test counts as one that failed. */
function testsOf({ assertionResults, message, name }: FileResult) {
  if (assertionResults.length === 0)
    return [{ name: name.slice(name.indexOf('tests/')), hasPassed: false, why: message }]
  return assertionResults.map((test) => ({
    name: test.fullName,
    hasPassed: test.status === 'passed',
    why: test.failureMessages?.join('\n') || message,
  }))
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
    const impatience = setTimeout(() => child.kill('SIGKILL'), RUN_TIMEOUT_MS)
    child.once('error', reject)
    child.once('close', () => {
      clearTimeout(impatience)
      resolve()
    })
  })
}
