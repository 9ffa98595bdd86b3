import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A fingerprint of the files that `patterns` name, by path and content; it changes exactly when one of them does. */
export function fingerprint(root: string, patterns: string[], except: string[] = []): string {
  const hash = createHash('sha256')
  const isOut = (path: string) => except.some((part) => path.split(/[\\/]/).includes(part))
  for (const path of globSync(patterns, { cwd: root, exclude: isOut }).sort()) {
    const file = join(root, path)
    if (isOut(path) || !statSync(file).isFile()) continue
    hash.update(path).update('\0').update(readFileSync(file)).update('\0')
  }
  return hash.digest('hex')
}

/**
 * Builds only when the fingerprint differs from the one kept beside the last good build. The mark is written after the
 * build, so one that failed or was killed is simply made again. Returns whether it built.
 */
export async function buildWhenStale(
  mark: string,
  print: string,
  build: () => Promise<void>,
): Promise<boolean> {
  if (existsSync(mark) && readFileSync(mark, 'utf8') === print) return false
  await build()
  mkdirSync(dirname(mark), { recursive: true })
  writeFileSync(mark, print)
  return true
}
