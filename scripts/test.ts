import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { writeDevVars } from './dev-vars.ts'
import { endOnSignal, startTree } from './processes.ts'
import { step } from './progress.ts'
import { main } from './refused.ts'
import { inRoot, ROOT } from './root.ts'
import { openScratch } from './scratch.ts'
import { requireChromium, wishForHeadlessShell } from './system-packages.ts'
import { buildWeb } from './web-build.ts'

const Report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int().default(0),
  numTodoTests: z.int().default(0),
  testResults: z.array(
    z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
})

/**
 * `npm test [-- --nightly] [anything vitest takes]`: brings what the tests need, runs them, and ends with one line of
 * figures. `--nightly` is the same tests at their full scale.
 */
await main(async () => {
  const nightly = process.argv.includes('--nightly')
  const scratch = openScratch(nightly ? 'long' : 'short')
  endOnSignal()
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }))
  const args = process.argv.slice(2).filter((arg) => arg !== '--nightly')
  const chromium = await requireChromium()
  await wishForHeadlessShell()
  writeDevVars(ROOT)
  await step('Pages', buildWeb, (built) => (built ? 'built' : 'up to date'))
  const report = join(scratch, 'report.json')
  const code = await vitest(
    [...args, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    {
      CHROMIUM: chromium,
      MADANG_SCALE: nightly ? 'nightly' : 'commit',
      TMPDIR: scratch,
    },
  )
  const line = resultLine(report)
  console.log(line ?? '0 passed, 1 failed')
  process.exit(line === null ? 1 : code)
})

function vitest(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = startTree([inRoot('node_modules', 'vitest', 'vitest.mjs'), 'run', ...args], { env })
    child.stdout.pipe(process.stdout)
    child.stderr.pipe(process.stderr)
    child.once('error', reject)
    // Once it has ended, so does what a crashed test left running (a platform, a browser).
    child.once('close', (code) => resolve(code ?? 1))
  })
}

/** `12 passed, 0 failed`; a file that failed before its first test counts as one failure. Null without a report. */
function resultLine(file: string): string | null {
  let report: z.infer<typeof Report>
  try {
    report = Report.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return null
  }
  const isFailed = ({ status }: { status: string }) => status === 'failed'
  const brokenFiles = report.testResults.filter(
    (file) => isFailed(file) && !file.assertionResults.some(isFailed),
  )
  const failed = report.numFailedTests + brokenFiles.length
  const skipped = report.numPendingTests + report.numTodoTests
  return `${report.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
