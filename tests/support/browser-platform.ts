import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startDev } from '../../scripts/dev-server.ts'
import { prepare } from '../../scripts/prepare.ts'
import { freePort } from '../../scripts/processes.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the pages answer, and the file of what went wrong in the workers, a line each. */
    madang: { origin: string; troubles: string }
  }
}

/**
 * One platform with its pages and empty databases for all files of the browser project: a start costs as much as a story. Stories keep
 * apart by their own members and things; a clock is never moved. MADANG_ORIGIN names a running one instead (`npm run serve`, while
 * writing a story).
 */
export default async function openPlatform(project: TestProject): Promise<() => Promise<void>> {
  const stateDir = mkdtempSync(join(tmpdir(), 'madang-browser-'))
  const troubles = join(stateDir, 'troubles.log')
  appendFileSync(troubles, '')
  const running = process.env.MADANG_ORIGIN
  const platform = running
    ? { origin: running, end: async () => {} }
    : await startDev({
        workers: await prepare(stateDir),
        stateDir,
        port: await freePort(),
        complain: (line) => appendFileSync(troubles, `${line}\n`),
      })
  // `localhost` and not the number: browsers let cookies that ask for https live there.
  project.provide('madang', { origin: platform.origin.replace('127.0.0.1', 'localhost'), troubles })
  return async () => {
    await platform.end()
    rmSync(stateDir, { recursive: true, force: true })
  }
}
