import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { domainFiles, linesToAdd } from './new-domain.files.ts'
import { main, Refused } from './refused.ts'
import { ROOT } from './root.ts'

const NAME = /^[a-z][a-z]*(-[a-z]+)*$/

/** Makes a worker like the others under `root`; nothing that exists is written over. Returns the files it made. */
export function makeDomain(root: string, name: string): string[] {
  if (!NAME.test(name))
    throw new Refused('Name the domain in small letters, words joined by hyphens: group-buys.')
  if (existsSync(join(root, 'workers', name))) throw new Refused(`There is a worker ${name} already.`)
  const edge = readFileSync(join(root, 'wrangler.toml'), 'utf8')
  const compatibilityDate = /^compatibility_date = "(.*)"$/m.exec(edge)?.[1]
  if (!compatibilityDate) throw new Refused('wrangler.toml names no compatibility_date.')
  const files = domainFiles(name, compatibilityDate)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text, { flag: 'wx' })
  }
  const migration = `migrations/${name}/0001_platform.sql`
  mkdirSync(join(root, 'migrations', name), { recursive: true })
  copyFileSync(join(root, 'kit', '0001_platform.sql'), join(root, migration))
  return [...Object.keys(files), migration]
}

if (import.meta.main) {
  await main(async () => {
    const [name = ''] = process.argv.slice(2)
    for (const path of makeDomain(ROOT, name)) console.log(`✓ ${path}`)
    console.log(`\nNow add, so that it is reached and hears:\n\n${linesToAdd(name)}\n\nThen: npm run check`)
  })
}
