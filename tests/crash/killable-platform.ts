import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Platform, startAnswering } from '../../scripts/dev-server.ts'
import { writeDevVars } from '../../scripts/dev-vars.ts'
import { migrate } from '../../scripts/migrate.ts'
import { freePort, signalTree } from '../../scripts/processes.ts'
import { ROOT } from '../../scripts/root.ts'
import { tickOnce } from '../../scripts/tick.ts'
import { readWorkers } from '../../scripts/workers.ts'

const RESEND_MS = 10 * 60_000
const PROCESS = join(import.meta.dirname, 'killable-platform.process.ts')

/** The platform without its pages as a child process with state on disk, to be killed and started again. */
export async function killablePlatform(stateDir: string) {
  writeDevVars(ROOT)
  await migrate(readWorkers(ROOT), stateDir)
  const port = await freePort()
  let platform: Platform | null = null
  return {
    /** Starts it and, as `npm start` does, lets the outboxes send again what a queue in memory may have lost. */
    start: async (): Promise<string> => {
      platform = await startAnswering([PROCESS, stateDir, String(port)], {
        stateDir,
        port,
        complain: () => {},
      })
      await tickOnce(platform.origin, Date.now() - RESEND_MS)
      return platform.origin
    },
    /** kill -9 of the whole tree: nothing gets to say goodbye. */
    kill: async (): Promise<void> => {
      const child = platform?.child
      if (!child) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      signalTree(child, 'SIGKILL')
      await ended
      platform = null
    },
    end: async (): Promise<void> => {
      await platform?.end()
      platform = null
    },
    log: (): string => readFileSync(join(stateDir, 'wrangler.log'), 'utf8'),
  }
}
