import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { Refused } from './refused.ts'
import { inRoot } from './root.ts'

/** Where a platform's data lives on this machine unless --state says otherwise. */
export const STATE_DEFAULT = inRoot('.madang', 'state')

const Lock = z.object({ pid: z.int() })

/**
 * Makes the state directory usable by this process alone: it is made when absent, refused when it is a file, cannot be
 * written, or a running Madang has it. The lock of a process that died is taken over. Returns its absolute path.
 */
export function openState(directory: string): string {
  const dir = resolve(directory)
  if (existsSync(dir) && !statSync(dir).isDirectory()) {
    throw new Refused(`The state directory ${dir} is a file; name a directory with --state.`)
  }
  try {
    mkdirSync(dir, { recursive: true })
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
    takeLock(join(dir, 'madang.lock'), dir)
  } catch (error) {
    if (error instanceof Refused) throw error
    throw new Refused(`The state directory ${dir} cannot be written; name another with --state.`)
  }
  return dir
}

function takeLock(file: string, dir: string): void {
  const holder = existsSync(file) ? lockHolder(file) : null
  if (holder !== null && holder !== process.pid && isMadang(holder)) {
    throw new Refused(
      `Another Madang (process ${holder}) is using ${dir}; end it or name another with --state.`,
    )
  }
  writeFileSync(file, JSON.stringify({ pid: process.pid }))
  process.on('exit', () => rmSync(file, { force: true }))
}

function lockHolder(file: string): number | null {
  try {
    return Lock.parse(JSON.parse(readFileSync(file, 'utf8'))).pid
  } catch {
    // A half-written lock belongs to a process that died while writing it.
    return null
  }
}

/** Is that process alive and one of ours? Process numbers are used again, so where the system tells, its words are read. */
function isMadang(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const words = `/proc/${pid}/cmdline`
  return !existsSync(words) || /scripts[/\\]\w+\.ts/.test(readFileSync(words, 'utf8'))
}
