import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Finding } from './check-boundaries.ts'

/** Larger files are data, and nobody types a path into them. */
const READ_BYTES_MAX = 1024 * 1024
const BINARY = /\.(png|jpe?g|webp|avif|ico|woff2?|ttf|otf|gz|zip|wasm)$/
const FORBIDDEN_PLACES = ['work', 'root', 'home/\\w+', 'Users/\\w+']
const MACHINE_PATH = new RegExp(`(?<![\\w.$}/-])/(?:${FORBIDDEN_PLACES.join('|')})/[\\w.-]`)
const SECRET_FILE = /(^|\/)(\.dev\.vars|\.env)(\.|$)/

/** Every file git has or would take. */
export function trackedFiles(root: string): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * READ_BYTES_MAX,
  })
  return listed.split('\0').filter(Boolean)
}

/** Nothing that ties the repository to one machine, and no secrets. */
export function checkHygiene(files: ReadonlyMap<string, string>): Finding[] {
  return Array.from(files).flatMap(([path, text]) => {
    const error = (problem: string): Finding => ({ path, problem, weight: 'error' })
    const line = text.split('\n').findIndex((words) => MACHINE_PATH.test(words))
    return [
      ...(line >= 0 ? [error(`line ${line + 1} names a path of one machine`)] : []),
      ...(path === 'package-lock.json' && /"resolved": "http/.test(text)
        ? [error('names a registry host; keep omit-lockfile-registry-resolved')]
        : []),
      ...(SECRET_FILE.test(path) ? [error('holds secrets and must not be committed')] : []),
      ...(/^<<<<<<< |^>>>>>>> /m.test(text) ? [error('has the marks of an unfinished merge')] : []),
    ]
  })
}

/** The texts of the repository. */
export function readTracked(root: string): ReadonlyMap<string, string> {
  const texts = trackedFiles(root).flatMap((path): [string, string][] => {
    const stat = statSync(join(root, path), { throwIfNoEntry: false })
    if (!stat?.isFile() || stat.size > READ_BYTES_MAX || BINARY.test(path)) return []
    return [[path, readFileSync(join(root, path), 'utf8')]]
  })
  return new Map(texts)
}
