import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { freePort, requireFreePort } from './processes.ts'
import { Refused } from './refused.ts'
import { openState } from './state.ts'

const dir = mkdtempSync(join(tmpdir(), 'madang-state-'))
afterAll(() => rmSync(dir, { recursive: true }))

test('A state directory that is a file, or lies in one, is refused in one sentence', () => {
  const file = join(dir, 'file')
  writeFileSync(file, '')
  expect(() => openState(file)).toThrow(/is a file; name a directory with --state\.$/)
  expect(() => openState(join(file, 'inside'))).toThrow(Refused)
})

test('A state directory is made when absent and holds the lock of its process', () => {
  const state = openState(join(dir, 'deep', 'state'))
  expect(JSON.parse(readFileSync(join(state, 'madang.lock'), 'utf8'))).toEqual({ pid: process.pid })
})

test('A state directory that a running Madang has is refused; the lock of one that died is taken over', async () => {
  const script = join(dir, 'scripts', 'start.ts')
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', script], { stdio: 'ignore' })
  const state = openState(join(dir, 'shared'))
  writeFileSync(join(state, 'madang.lock'), JSON.stringify({ pid: other.pid }))
  expect(() => openState(state)).toThrow(/Another Madang/)
  const ended = new Promise((resolve) => other.once('exit', resolve))
  other.kill('SIGKILL')
  await ended
  expect(openState(state)).toBe(state)
})

test('A taken port and a port that is none are refused in one sentence', async () => {
  const port = await freePort()
  const server = createServer().listen(port, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  await expect(requireFreePort(port)).rejects.toThrow(`Port ${port} is taken`)
  await new Promise((resolve) => server.close(resolve))
  await expect(requireFreePort(port)).resolves.toBeUndefined()
  await expect(requireFreePort(70_000)).rejects.toThrow(Refused)
})
