import { writeDevVars } from './dev-vars.ts'
import { migrate } from './migrate.ts'
import { step } from './progress.ts'
import { ROOT } from './root.ts'
import { buildWeb, isWebBuilt } from './web-build.ts'
import { readWorkers, type Worker } from './workers.ts'

/**
 * What must be there before the workers start, however they are run: secrets, pages, tables. Returns the workers. What does not
 * look at the pages may take them as they are.
 */
export async function prepare(stateDir: string, pages: 'fresh' | 'as they are' = 'fresh'): Promise<Worker[]> {
  writeDevVars(ROOT)
  if (pages === 'fresh' || !isWebBuilt()) {
    await step('Pages', buildWeb, (built) => (built ? 'built' : 'up to date'))
  }
  const workers = readWorkers(ROOT)
  await step(
    'Databases',
    () => migrate(workers, stateDir),
    (applied) => (applied ? `${applied} migrations applied` : 'up to date'),
  )
  return workers
}
