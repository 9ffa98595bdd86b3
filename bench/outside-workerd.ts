import { registerHooks } from 'node:module'

/** Nothing of the object itself is asked here: recording answers without counting views. */
const STAND_IN =
  'data:text/javascript,export const createDurable = () => class {}; export const proxyDurable = () => ({ get: () => ({}) })'

/**
 * itty-durable is published in a form that only bundlers read. The apps are recorded in plain Node, so its place is held
 * there by a class that does nothing; called before the apps are imported.
 */
export function letAppsLoadOutsideWorkerd(): void {
  // What the bundler would write in: measured is what production runs.
  Object.assign(globalThis, { MADANG_STAND_INS: false })
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'itty-durable' ? { url: STAND_IN, shortCircuit: true } : next(specifier, context),
  })
}
