import { readFileSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { inRoot } from './root.ts'

/**
 * Adds to package-lock.json the optional packages of other platforms that the registry at hand did not have. Without their
 * entries `npm ci` refuses the lockfile everywhere; with them it skips what is not for its machine. Run after `npm install`.
 */
const Package = z.looseObject({
  version: z.string().optional(),
  dev: z.boolean().optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
})
const Lockfile = z.looseObject({ packages: z.record(z.string(), Package) })

const SYSTEMS = [
  'darwin',
  'linux',
  'win32',
  'windows',
  'android',
  'freebsd',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'openharmony',
]
const PROCESSORS = [
  'arm64',
  'x64',
  'arm',
  'ia32',
  'ppc64',
  's390x',
  'riscv64',
  'loong64',
  'mips64el',
  'wasm32',
  '64',
]

/** Where a package named like `@x/cli-linux-x64-musl` may be installed. */
function platformOf(name: string): { os?: string[]; cpu?: string[]; libc?: string[] } {
  const parts = name.split(/[/-]/)
  const system = SYSTEMS.find((each) => parts.includes(each))
  const processor = PROCESSORS.find((each) => parts.includes(each))
  return {
    ...(system ? { os: [system === 'windows' ? 'win32' : system] } : {}),
    ...(processor ? { cpu: [processor === '64' ? 'x64' : processor] } : {}),
    ...(parts.includes('musl') ? { libc: ['musl'] } : {}),
  }
}

const file = inRoot('package-lock.json')
const lockfile = Lockfile.parse(JSON.parse(readFileSync(file, 'utf8')))
const added: string[] = []
for (const [path, entry] of Object.entries(lockfile.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const places = [`node_modules/${name}`, `${path}/node_modules/${name}`]
    if (places.some((place) => lockfile.packages[place])) continue
    const platform = platformOf(name)
    // A package for every machine that is missing is a real gap, not another platform's.
    if (!platform.os && !platform.cpu) throw new Error(`${name}, wanted by ${path}, is not in the lockfile`)
    lockfile.packages[`node_modules/${name}`] = { version, dev: true, optional: true, ...platform }
    added.push(name)
  }
}
const sorted = Object.fromEntries(Object.entries(lockfile.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify({ ...lockfile, packages: sorted }, null, 2)}\n`)
console.log(added.length === 0 ? 'nothing was missing' : `added ${added.join(', ')}`)
