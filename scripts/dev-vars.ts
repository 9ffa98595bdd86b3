import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { z } from 'zod'

/**
 * Makes `.dev.vars` beside each wrangler.toml that names secrets under `[secrets] required = [...]`, with random values of
 * this machine. A file that is there and names them all is left alone, so tokens outlive a restart.
 */
export function writeDevVars(root: string): void {
  // The edge's own wrangler.toml stands at the root.
  const folders = ['.', ...readdirSync(join(root, 'workers')).map((worker) => join('workers', worker))]
  for (const folder of folders) {
    const toml = join(root, folder, 'wrangler.toml')
    if (!existsSync(toml)) continue
    const names = WithSecrets.parse(parse(readFileSync(toml, 'utf8'))).secrets?.required ?? []
    if (names.length > 0) writeMissing(join(root, folder, '.dev.vars'), names)
  }
}

const WithSecrets = z.object({ secrets: z.object({ required: z.array(z.string()) }).optional() })

function writeMissing(file: string, names: string[]): void {
  const present = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const missing = names.filter((name) => !new RegExp(`^${name}=`, 'm').test(present))
  if (missing.length === 0) return
  const lines = missing.map(
    (name) => `${name}='${name === 'TOKEN_KEYS' ? tokenKeys() : randomBytes(32).toString('hex')}'`,
  )
  writeFileSync(file, `${[present.trimEnd(), ...lines].filter(Boolean).join('\n')}\n`, { mode: 0o600 })
}

/** One ES256 key pair as a JSON array of private JWKs; the first signs, all verify. */
function tokenKeys(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return JSON.stringify([
    {
      ...privateKey.export({ format: 'jwk' }),
      kid: randomBytes(6).toString('hex'),
      alg: 'ES256',
      use: 'sig',
    },
  ])
}
