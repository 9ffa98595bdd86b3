import { parseArgs } from 'node:util'
import { startDev } from './dev-server.ts'
import { prepare } from './prepare.ts'
import { endOnSignal, requireFreePort } from './processes.ts'
import { say, step } from './progress.ts'
import { main, Refused } from './refused.ts'
import { ACCOUNTS, seedWhenEmpty } from './seed.ts'
import { openState, STATE_DEFAULT } from './state.ts'
import { tickEveryMinute } from './tick.ts'

/** `npm start`: everything from nothing to an address that answers. Each step is skipped when it was done before. */
await main(async () => {
  const { port, state, empty } = readArguments()
  await requireFreePort(port)
  endOnSignal(async () => say('· Closed'))
  const stateDir = openState(state)
  const workers = await prepare(stateDir)
  const platform = await step(`Starting ${workers.length} workers`, () =>
    startDev({ workers, stateDir, port, complain: say }),
  )
  platform.child.once('exit', () => process.exit(1))
  // The town is open while it is being filled, and so its clock runs: the first audit of the books does not wait for the last photo.
  tickEveryMinute(platform.origin, say)
  await seedWhenEmpty({ origin: platform.origin, stateDir, town: empty ? 'empty' : 'demo' })
  welcome(port, empty)
})

function readArguments(): { port: number; state: string; empty: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '8787' },
        state: { type: 'string', default: STATE_DEFAULT },
        empty: { type: 'boolean', default: false },
      },
    })
    return { port: Number(values.port), state: values.state, empty: values.empty }
  } catch {
    throw new Refused('Use: npm start -- [--port 8787] [--state DIR] [--empty]')
  }
}

function welcome(port: number, empty: boolean): void {
  say('')
  say(`  Madang is open: http://localhost:${port}`)
  say('')
  for (const account of empty ? ACCOUNTS.filter(({ role }) => role === 'operator') : ACCOUNTS) {
    say(`  ${account.loginId.padEnd(10)} ${account.password}`)
  }
  say('')
  say(
    '  Mail it would send: /dev/mail?to=ADDRESS · its log: wrangler.log in the state directory · Ctrl-C ends it.',
  )
}
