import { parseArgs } from 'node:util'
import { bundle } from './bundles.ts'
import { prepare } from './prepare.ts'
import { endOnSignal, requireFreePort } from './processes.ts'
import { say, step } from './progress.ts'
import { main, Refused } from './refused.ts'
import { servePlatform } from './serve-platform.ts'
import { openState, STATE_DEFAULT } from './state.ts'
import { tickEveryMinute } from './tick.ts'

/** `npm run serve`: production-like on one machine; no reload, no demo town (it serves the state that is there). */
await main(async () => {
  const { port, state } = readArguments()
  await requireFreePort(port)
  let close = async () => {}
  endOnSignal(() => close())
  const stateDir = openState(state)
  const workers = await prepare(stateDir)
  await step(
    'Bundles',
    () => bundle(workers),
    (built) => (built ? 'built' : 'up to date'),
  )
  const platform = await step(`Starting ${workers.length} workers`, () =>
    servePlatform({ workers, stateDir, port, complain: say }),
  )
  close = platform.end
  tickEveryMinute(platform.origin, say)
  say(`\n  Madang is served: http://localhost:${port}\n`)
})

function readArguments(): { port: number; state: string } {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '8787' },
        state: { type: 'string', default: STATE_DEFAULT },
      },
    })
    return { port: Number(values.port), state: values.state }
  } catch {
    throw new Refused('Use: npm run serve -- [--port 8787] [--state DIR]')
  }
}
