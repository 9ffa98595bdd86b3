import { checkBoundaries, type Finding } from './check-boundaries.ts'
import { checkWiring } from './check-wiring.ts'
import { checkHygiene, readTracked } from './hygiene.ts'
import { endOnSignal, runTool } from './processes.ts'
import { step } from './progress.ts'
import { main } from './refused.ts'
import { inRoot, ROOT } from './root.ts'
import { readSources } from './source-tree.ts'
import { buildWeb } from './web-build.ts'
import { readWiring } from './wiring.ts'

type Outcome = { passed: boolean; words: string }

/** `npm run check`: every part runs, side by side; one line each, and the words of those that failed. */
await main(async () => {
  endOnSignal()
  // The pages' types are made by their build.
  await step('pages built', buildWeb, (built) => (built ? 'anew' : 'up to date'))
  const outcomes = await Promise.all([
    part('types', () => tool(['typescript', 'bin', 'tsc'], ['--noEmit', '-p', 'tsconfig.json'])),
    part('types of the pages', () =>
      tool(
        ['svelte-check', 'bin', 'svelte-check'],
        ['--tsconfig', './tsconfig.json', '--output', 'human'],
        inRoot('web'),
      ),
    ),
    part('lint and format', () =>
      tool(['@biomejs', 'biome', 'bin', 'biome'], ['check', '--error-on-warnings', '.']),
    ),
    part('boundaries', async () => findings(checkBoundaries(readSources(ROOT)))),
    part('wiring', async () => findings(checkWiring(await readWiring(ROOT)))),
    part('repository', async () => findings(checkHygiene(readTracked(ROOT)))),
  ])
  if (outcomes.some(({ passed }) => !passed)) process.exitCode = 1
})

async function part(name: string, run: () => Promise<Outcome>): Promise<Outcome> {
  const startedAt = performance.now()
  const outcome = await run()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  if (outcome.words.trim() !== '') console.log(outcome.words.trim())
  console.log(`${outcome.passed ? '✓' : '✘'} ${name} (${seconds} s)`)
  return outcome
}

function findings(found: Finding[]): Outcome {
  const lines = found.map(({ path, problem, weight }) => `  ${weight}: ${path}: ${problem}`)
  return { passed: found.every(({ weight }) => weight !== 'error'), words: lines.join('\n') }
}

/** A tool of node_modules; its words are shown only when it fails. */
async function tool(bin: string[], args: string[], cwd = ROOT): Promise<Outcome> {
  const { code, words } = await runTool([inRoot('node_modules', ...bin), ...args], cwd)
  return { passed: code === 0, words: code === 0 ? '' : words }
}
