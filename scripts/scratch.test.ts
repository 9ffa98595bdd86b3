import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { openScratch } from './scratch.ts'

const made: string[] = []
const open = (): string => {
  const dir = openScratch('short')
  made.push(dir)
  return dir
}
afterEach(() => {
  for (const dir of made.splice(0)) rmSync(dir, { recursive: true, force: true })
})

it('is a folder of its own for each who asks', () => {
  const [one, other] = [open(), open()]
  expect(one).not.toBe(other)
  expect([one, other].map((dir) => existsSync(dir))).toEqual([true, true])
})

it('takes away what a run that was killed left, and nothing of one that goes on', () => {
  const running = open()
  const { pid } = spawnSync(process.execPath, ['--version'])
  const left = join(dirname(running), `madang-scratch-${pid}-abcdef`)
  const foreign = join(dirname(running), `madang-other-${pid}-abcdef`)
  made.push(left, foreign)
  for (const dir of [left, foreign]) mkdirSync(join(dir, 'v3'), { recursive: true })
  const next = open()
  expect([left, foreign, running, next].map((dir) => existsSync(dir))).toEqual([false, true, true, true])
  expect(basename(next)).toContain(String(process.pid))
})
