import { globSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import ts from 'typescript'

/** Source files by their path from the root, with forward slashes. */
export type SourceTree = ReadonlyMap<string, string>

export type Import = { specifier: string; isTypeOnly: boolean }
export type Exported = { names: ReadonlySet<string>; hasDefault: boolean }

const SOURCES = [
  'contracts/**/*.ts',
  'kit/**/*.ts',
  'workers/**/*.ts',
  'durable-objects/**/*.ts',
  'web/src/**/*.ts',
  'web/src/**/*.svelte',
]
const GENERATED = /(^|\/)(node_modules|\.svelte-kit|paraglide|generated)(\/|$)/

/** Everything the checkers look at. */
export function readSources(root: string): SourceTree {
  const paths = globSync(SOURCES, { cwd: root, exclude: (path) => GENERATED.test(slashed(path)) })
  return new Map(
    paths
      .map(slashed)
      .filter((path) => !GENERATED.test(path))
      .sort()
      .map((path) => [path, readFileSync(posix.join(slashed(root), path), 'utf8')]),
  )
}

const slashed = (path: string): string => path.replaceAll('\\', '/')

/** What a file imports or re-exports, type-only imports marked. */
export function importsOf(path: string, text: string): Import[] {
  const source = parse(path, text)
  const found: Import[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ specifier: node.moduleSpecifier.text, isTypeOnly: isTypeOnly(node) })
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      found.push({ specifier: node.moduleSpecifier.text, isTypeOnly: node.isTypeOnly })
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments
      if (specifier && ts.isStringLiteral(specifier))
        found.push({ specifier: specifier.text, isTypeOnly: false })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function isTypeOnly(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause
  if (!clause) return false
  if (clause.isTypeOnly) return true
  const named = clause.namedBindings
  return !clause.name && named !== undefined && ts.isNamedImports(named) && named.elements.length > 0
    ? named.elements.every((element) => element.isTypeOnly)
    : false
}

/** Does the file wait for anything: an `await`, an `async` function, a promise made by hand? */
export function waits(path: string, text: string): boolean {
  let found = false
  const visit = (node: ts.Node): void => {
    if (ts.isAwaitExpression(node) || node.kind === ts.SyntaxKind.AsyncKeyword) found = true
    if (!found) ts.forEachChild(node, visit)
  }
  visit(parse(path, text))
  return found
}

/** The names a module gives away itself (types left out). */
export function exportsOf(path: string, text: string): Exported {
  const names = new Set<string>()
  let hasDefault = false
  for (const statement of parse(path, text).statements) {
    if (ts.isExportAssignment(statement)) hasDefault = true
    if (
      ts.isExportDeclaration(statement) &&
      statement.exportClause &&
      ts.isNamedExports(statement.exportClause)
    ) {
      for (const element of statement.exportClause.elements)
        if (!statement.isTypeOnly && !element.isTypeOnly) names.add(element.name.text)
    }
    if (!ts.canHaveModifiers(statement)) continue
    const modifiers = ts.getModifiers(statement)?.map(({ kind }) => kind) ?? []
    if (!modifiers.includes(ts.SyntaxKind.ExportKeyword)) continue
    if (modifiers.includes(ts.SyntaxKind.DefaultKeyword)) hasDefault = true
    else if (ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)) {
      if (statement.name) names.add(statement.name.text)
    } else if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations)
        if (ts.isIdentifier(name)) names.add(name.text)
    }
  }
  return { names, hasDefault: hasDefault || names.has('default') }
}

const parse = (path: string, text: string): ts.SourceFile =>
  ts.createSourceFile(
    path,
    path.endsWith('.svelte') ? scriptsOf(text) : text,
    ts.ScriptTarget.Latest,
    true,
    ts.ScriptKind.TS,
  )

const scriptsOf = (svelte: string): string =>
  Array.from(svelte.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g), ([, script]) => script ?? '').join('\n')

/** The file of ours that an import means (`kit/app.ts`), or null for a package, an asset or an alias of the pages. */
export function targetOf(tree: SourceTree, from: string, specifier: string): string | null {
  const alias = /^#(contracts|kit|do)\/(.+)$/.exec(specifier)
  const base = alias
    ? posix.join(alias[1] === 'do' ? 'durable-objects' : String(alias[1]), String(alias[2]))
    : specifier.startsWith('$lib/')
      ? posix.join('web/src/lib', specifier.slice('$lib/'.length))
      : specifier.startsWith('.')
        ? posix.join(posix.dirname(from), specifier)
        : null
  if (base === null) return null
  return (
    [base, `${base}.ts`, `${base}/index.ts`, base.replace(/\.js$/, '.ts')].find((path) => tree.has(path)) ??
    base
  )
}
