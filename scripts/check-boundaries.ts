import { main } from './refused.ts'
import { ROOT } from './root.ts'
import { importsOf, readSources, type SourceTree, targetOf, waits } from './source-tree.ts'

export type Finding = { path: string; problem: string; weight: 'error' | 'warning' }

/** A kit file is for what many have in common: below this many workers it belongs to the worker that has it. */
const KIT_USERS_MIN = 3

const LAYERS = ['transport', 'service', 'rules', 'store', 'part'] as const
type Layer = (typeof LAYERS)[number]

/** What a layer must not import at run time; types may travel. */
const FORBIDDEN: Record<Layer, readonly Layer[]> = {
  transport: [],
  service: ['transport'],
  store: ['transport', 'service'],
  rules: ['transport', 'service', 'store'],
  part: ['transport'],
}

/** Packages a pure rule may use: they compute, and touch nothing outside. */
const PURE_PACKAGES = /^(zod|@hono\/zod-openapi|es-hangul|arctic|itty-router)$/

/** Holds the tree against the directions of the design; pure, so that tests give it broken trees. */
export function checkBoundaries(tree: SourceTree): Finding[] {
  return [...Array.from(tree.keys()).flatMap((path) => checkFile(tree, path)), ...checkKitUsers(tree)]
}

function checkFile(tree: SourceTree, path: string): Finding[] {
  const text = tree.get(path) ?? ''
  const error = (problem: string): Finding => ({ path, problem, weight: 'error' })
  const findings: Finding[] = []
  if (/(^|\/)(utils?|helpers?|common|manager)(\.|\/)/.test(path))
    findings.push(error('is named for no concept'))
  if (layerOf(path) === 'rules' && !isTest(path) && waits(path, text))
    findings.push(error('is a rule, yet it awaits'))
  if (path.startsWith('workers/') && /\bdrizzle\b[\s\S]*\.transaction\(/.test(text)) {
    findings.push(error('uses db.transaction, which D1 does not have; use runBatch'))
  }
  for (const { specifier, isTypeOnly } of importsOf(path, text)) {
    const target = targetOf(tree, path, specifier)
    const problem =
      target === null
        ? problemOfPackage(path, specifier, isTypeOnly)
        : (problemOfPlace(path, target) ?? (isTypeOnly ? null : problemOfLayer(tree, path, target)))
    if (problem) findings.push(error(`${problem} (${specifier})`))
  }
  return findings
}

function problemOfPackage(path: string, specifier: string, isTypeOnly: boolean): string | null {
  if (isTest(path) || isTypeOnly) return null
  if (path.startsWith('contracts/') && !/^(zod|@hono\/zod-openapi)$/.test(specifier))
    return 'contracts import zod only'
  if (layerOf(path) === 'rules' && !PURE_PACKAGES.test(specifier))
    return 'a rule imports nothing that reaches outside'
  return null
}

/** Which folder may import which. Types count too: a type from a foreign worker ties to it just as well. */
function problemOfPlace(path: string, target: string): string | null {
  const [from = '', to = ''] = [placeOf(path), placeOf(target)]
  if (from === to || isTest(path))
    return from.startsWith('workers/') && to.startsWith('workers/') && from !== to
      ? 'a worker imports another worker'
      : null
  if (to.startsWith('workers/'))
    return from.startsWith('workers/') ? 'a worker imports another worker' : `${from} imports a worker`
  if (from === 'contracts') return 'contracts import nothing of ours'
  if (from === 'web') return to === 'contracts' ? null : 'web imports only contracts'
  if (from === 'kit') return to === 'contracts' ? null : 'the kit imports only contracts'
  if (from === 'durable-objects') return to === 'web' ? 'a Durable Object imports the pages' : null
  return to === 'web' ? 'a worker imports the pages' : null
}

function problemOfLayer(tree: SourceTree, path: string, target: string): string | null {
  if (isTest(path)) return null
  const from = layerOf(path)
  if (from === null) return null
  const to = placeOf(target) === placeOf(path) ? layerOf(target) : null
  if (to && FORBIDDEN[from].includes(to)) return `${from} imports ${to}`
  if (from === 'rules' && to !== 'rules' && waits(target, tree.get(target) ?? ''))
    return 'a rule imports what awaits'
  return null
}

function placeOf(path: string): string {
  const [top = '', second = ''] = path.split('/')
  return top === 'workers' ? `workers/${second}` : top
}

/** The layer of a file of a worker by its name; null outside of workers. */
export function layerOf(path: string): Layer | null {
  const inside = /^workers\/[^/]+\/(.+)$/.exec(path)?.[1]
  if (inside === undefined) return null
  if (/^(index|http|rpc|consumer)\.ts$/.test(inside) || inside.startsWith('http/')) return 'transport'
  if (inside.endsWith('.service.ts')) return 'service'
  if (inside.endsWith('.rules.ts')) return 'rules'
  return inside.endsWith('.store.ts') || inside === 'schema.ts' ? 'store' : 'part'
}

const isTest = (path: string): boolean => path.endsWith('.test.ts')

function checkKitUsers(tree: SourceTree): Finding[] {
  const users = new Map<string, Set<string>>()
  const mark = (kitFile: string, user: string): void => {
    const known = users.get(kitFile) ?? new Set<string>()
    if (known.has(user)) return
    users.set(kitFile, known.add(user))
    for (const target of ourImports(tree, kitFile)) if (target.startsWith('kit/')) mark(target, user)
  }
  for (const path of tree.keys()) {
    if (isTest(path) || !/^(workers|durable-objects)\//.test(path)) continue
    for (const target of ourImports(tree, path)) if (target.startsWith('kit/')) mark(target, placeOf(path))
  }
  return Array.from(tree.keys())
    .filter(
      (path) => path.startsWith('kit/') && !isTest(path) && (users.get(path)?.size ?? 0) < KIT_USERS_MIN,
    )
    .map((path) => ({
      path,
      problem: `has ${users.get(path)?.size ?? 0} users; the kit is for three and more`,
      weight: 'warning',
    }))
}

const ourImports = (tree: SourceTree, path: string): string[] =>
  importsOf(path, tree.get(path) ?? '').flatMap(({ specifier }) => targetOf(tree, path, specifier) ?? [])

/** Prints findings and makes the process fail when one of them is an error. */
export function report(name: string, findings: Finding[]): void {
  for (const { path, problem, weight } of findings) console.log(`${weight}: ${path}: ${problem}`)
  const errors = findings.filter(({ weight }) => weight === 'error').length
  console.log(`${name}: ${errors} errors, ${findings.length - errors} warnings`)
  if (errors > 0) process.exitCode = 1
}

if (import.meta.main) await main(async () => report('boundaries', checkBoundaries(readSources(ROOT))))
