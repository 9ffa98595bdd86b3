import { defineConfig } from 'vitest/config'
import { LongestFirst } from './tests/support/longest-first.ts'

// Wrangler's harness writes a trace of every call into a database nobody reads here: a third of all CPU, and gigabytes at full scale.
process.env.X_LOCAL_OBSERVABILITY = 'false'
process.env.X_LOCAL_EXPLORER = 'false'

const MINUTE_MS = 60_000
/** At full scale one promise may run for a long time. */
const PLATFORM_TEST_MS = (process.env.MADANG_SCALE === 'nightly' ? 20 : 2) * MINUTE_MS

/** A platform's tests wait more than half of their time (for alarms, sleeps, a kill, the other process): three files fill two cores. */
const PLATFORM_FILES_AT_ONCE = 3
/** Two browsers fill two cores; with a third each page waits for its turn, and what a person would wait for is not seen in time. */
const BROWSER_FILES_AT_ONCE = 2

/**
 * Three projects. `unit` runs beside the code and starts nothing; `platform` starts the workers with wrangler's harness (or
 * as a child, to be killed); `browser` drives Chromium against one running platform that all its files share. The files of one process share
 * what it has started (`isolate: false`), above all a whole platform.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{contracts,kit,workers,durable-objects,scripts,bench}/**/*.test.ts',
            'web/src/**/*.test.ts',
          ],
          alias: { $lib: new URL('./web/src/lib', import.meta.url).pathname },
          setupFiles: ['tests/support/properties.ts'],
          pool: 'forks',
          isolate: false,
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'platform',
          include: ['tests/{platform,promises,stories,crash}/**/*.test.ts'],
          globalSetup: ['tests/support/platform-bundles.ts'],
          setupFiles: ['tests/support/properties.ts'],
          pool: 'forks',
          isolate: false,
          maxWorkers: PLATFORM_FILES_AT_ONCE,
          testTimeout: PLATFORM_TEST_MS,
          hookTimeout: 2 * MINUTE_MS,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'browser',
          include: ['tests/browser/**/*.test.ts'],
          globalSetup: ['tests/support/browser-platform.ts'],
          // The machine may be busy: what is polled for comes or does not.
          expect: { poll: { timeout: 15_000 } },
          pool: 'forks',
          isolate: false,
          maxWorkers: BROWSER_FILES_AT_ONCE,
          testTimeout: 3 * MINUTE_MS,
          hookTimeout: 3 * MINUTE_MS,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
