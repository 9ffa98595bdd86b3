import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { homeScreenComplaints } from '../tests/support/home-screen.ts'
import { startDev } from './dev-server.ts'
import { prepare } from './prepare.ts'
import { endOnSignal, freePort } from './processes.ts'
import { say } from './progress.ts'
import { main, Refused } from './refused.ts'

/** A platform that runs already, or an empty one of our own that is gone afterwards. */
async function platformAt(origin: string | undefined): Promise<{ origin: string; end: () => Promise<void> }> {
  if (origin) return { origin, end: async () => {} }
  const stateDir = mkdtempSync(join(tmpdir(), 'madang-home-screen-'))
  const workers = await prepare(stateDir)
  const platform = await startDev({ workers, stateDir, port: await freePort(), complain: say })
  const end = async () => {
    await platform.end()
    rmSync(stateDir, { recursive: true, force: true })
  }
  // By name and not by number: browsers allow a service worker and https-only cookies there.
  return { origin: platform.origin.replace('127.0.0.1', 'localhost'), end }
}

/** May the app go onto a home screen? `node scripts/pwa-check.ts [--origin http://localhost:8787]` */
await main(async () => {
  const { values } = parseArgs({ options: { origin: { type: 'string' } } })
  const platform = await platformAt(values.origin)
  endOnSignal(platform.end)
  let complaints: string[]
  try {
    complaints = await homeScreenComplaints(platform.origin)
  } finally {
    await platform.end()
  }
  if (complaints.length > 0) throw new Refused(`Not ready for a home screen:\n${complaints.join('\n')}`)
  say('✓ installable in Korean and English: manifest, icons, service worker, start page without a network')
  process.exit(0)
})
