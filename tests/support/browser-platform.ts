import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { prepare } from '../../scripts/prepare.ts'
import { freePort } from '../../scripts/processes.ts'
import { servePlatform } from '../../scripts/serve-platform.ts'

/** Where the pages answer, and the file of what went wrong in the workers, a line each. */
export type Site = { origin: string; troubles: string }

declare module 'vitest' {
  export interface ProvidedContext {
    madang: Site
  }
}

/**
 * One platform with its pages and empty databases for all files of the browser project, as `npm run serve` has it: a start costs as much as a
 * story, and `wrangler dev` beside it would look for changed sources all the time. Stories keep
 * apart by their own members and things; a clock is never moved.
 */
export default async function openTown(project: TestProject): Promise<() => Promise<void>> {
  const { end, ...site } = await startSite()
  project.provide('madang', site)
  return end
}

/** A platform with its pages and empty databases. MADANG_ORIGIN names a running one instead (`npm run serve`, while writing a story). */
export async function startSite(): Promise<Site & { end: () => Promise<void> }> {
  const stateDir = mkdtempSync(join(tmpdir(), 'madang-browser-'))
  const troubles = join(stateDir, 'troubles.log')
  appendFileSync(troubles, '')
  const running = process.env.MADANG_ORIGIN
  const platform = running
    ? { origin: running, end: async () => {} }
    : await servePlatform({
        workers: await prepare(stateDir),
        stateDir,
        port: await freePort(),
        complain: (line) => appendFileSync(troubles, `${line}\n`),
      })
  const end = async () => {
    await platform.end()
    rmSync(stateDir, { recursive: true, force: true })
  }
  // `localhost` and not the number: browsers let cookies that ask for https live there.
  return { origin: platform.origin.replace('127.0.0.1', 'localhost'), troubles, end }
}
