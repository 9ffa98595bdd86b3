import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inRoot } from '../../scripts/root.ts'

/** The texts of a domain's migrations, in their order. */
export function migrationsOf(domain: string): string[] {
  const dir = inRoot('migrations', domain)
  const names = readdirSync(dir).filter((name) => name.endsWith('.sql'))
  return names.toSorted().map((name) => readFileSync(join(dir, name), 'utf8'))
}
