import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { inRoot } from './root.ts'
import { isAtLeast, isStale } from './run.mjs'

const dir = mkdtempSync(join(tmpdir(), 'madang-run-'))
afterAll(() => rmSync(dir, { recursive: true }))

const lockfile = (name: string, packages: object) => {
  const file = join(dir, name)
  writeFileSync(file, JSON.stringify({ packages }))
  return file
}

test.each([
  ['v20.19.0', true],
  ['v20.18.9', false],
  ['v24.0.0', true],
  ['v9.99.0', false],
])('Node %s is new enough: %s', (version, enough) => {
  expect(isAtLeast(version, [20, 19])).toBe(enough)
})

describe('what is installed', () => {
  const wanted = lockfile('wanted.json', {
    '': { version: '1.0.0' },
    'node_modules/hono': { version: '4.1.0' },
    'node_modules/only-on-windows': { version: '1.0.0', optional: true },
  })

  test('is stale when there is nothing', () => {
    expect(isStale(wanted, join(dir, 'absent.json'))).toBe(true)
  })
  test('is not stale when every needed package has its version, whatever the files’ ages', () => {
    expect(isStale(wanted, lockfile('same.json', { 'node_modules/hono': { version: '4.1.0' } }))).toBe(false)
  })
  test('is stale when a version differs or a package is missing', () => {
    expect(isStale(wanted, lockfile('older.json', { 'node_modules/hono': { version: '4.0.9' } }))).toBe(true)
    expect(isStale(wanted, lockfile('none.json', {}))).toBe(true)
  })
})

test('An npm that is too old gets one sentence and exit code 1, before anything is installed', () => {
  const home = join(dir, 'clone')
  mkdirSync(join(home, 'scripts'), { recursive: true })
  copyFileSync(inRoot('scripts', 'run.mjs'), join(home, 'scripts', 'run.mjs'))
  const ran = spawnSync(process.execPath, [join(home, 'scripts', 'run.mjs'), 'start'], {
    encoding: 'utf8',
    env: { ...process.env, npm_config_user_agent: 'npm/9.2.0 node/v20.19.0' },
  })
  expect(ran.status).toBe(1)
  expect(ran.stdout).toBe('')
  expect(ran.stderr.trim()).toMatch(/^✘ Madang needs npm 10\.8 or newer; this is 9\.2\.0\. .*$/)
})
