import { join } from 'node:path'
import { deriveWorker } from '../../scripts/derived-worker.ts'
import { endOnSignal } from '../../scripts/processes.ts'
import { say } from '../../scripts/progress.ts'
import { ROOT } from '../../scripts/root.ts'
import { serveBundles } from '../../scripts/serve-platform.ts'
import { readWorkers } from '../../scripts/workers.ts'

/** In production a poison event is tried for minutes before it is given up; here twice is enough to see the same path. */
const RETRIES = 1

/** Serves the bundled workers but the pages until it is killed: `node killable-platform.process.ts STATE_DIR PORT`. */
const [stateDir = '', port = ''] = process.argv.slice(2)
const workers = readWorkers(ROOT)
  .filter(({ toml }) => toml.name !== 'madang-web')
  .map((worker) =>
    deriveWorker(worker, join(stateDir, 'workers', worker.toml.name), {
      main: join(worker.dir, worker.toml.main),
      consumer: { max_retries: RETRIES },
    }),
  )
const served = await serveBundles({
  ...{ workers, stateDir, port: Number(port), complain: say },
  // Whatever would go to the pages meets the stand-ins' 404.
  services: { 'madang-edge': { WEB: 'madang-stand-ins' } },
})
endOnSignal(served.end)
