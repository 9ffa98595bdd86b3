import { bundleAll } from '../../scripts/derived-worker.ts'
import { writeDevVars } from '../../scripts/dev-vars.ts'
import { ROOT } from '../../scripts/root.ts'
import { buildWeb, isWebBuilt } from '../../scripts/web-build.ts'

/** Each test that starts workers starts them from their bundles: made once, and only when a source has changed. */
export default async function bundleOnce(): Promise<void> {
  writeDevVars(ROOT)
  if (!isWebBuilt()) await buildWeb()
  await bundleAll()
}
