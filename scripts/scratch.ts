import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Memory that Linux mounts as a disk. */
const MEMORY_DISK = '/dev/shm'
/** A whole run of `npm test` writes a tenth of it. */
const ROOM_BYTES = 3 * 1024 ** 3
const NAME = /^madang-scratch-(\d+)-/

/**
 * A folder for what one run writes and throws away: databases, browser profiles. A `short` run's is in memory where there is plenty of it, since
 * every commit of every database would otherwise wait for a disk. The caller removes it; what a killed run left goes with the next one.
 */
export function openScratch(run: 'short' | 'long'): string {
  const base = run === 'short' && hasRoomInMemory() ? MEMORY_DISK : tmpdir()
  removeLeftIn(base)
  return mkdtempSync(join(base, `madang-scratch-${process.pid}-`))
}

function hasRoomInMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY_DISK)
    return Math.min(bavail * bsize, process.availableMemory()) >= ROOM_BYTES
  } catch {
    return false
  }
}

function removeLeftIn(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = Number(NAME.exec(name)?.[1])
    if (pid > 0 && !isRunning(pid)) rmSync(join(base, name), { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
