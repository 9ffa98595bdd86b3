import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(join(folder, 'wrangler.toml')))
  for (const folder of folders) {
    const toml = readFileSync(join(folder, 'wrangler.toml'), 'utf8')
    const names = WithSecrets.parse(parse(toml)).secrets?.required ?? []
    if (names.length > 0) writeMissing(join(folder, '.dev.vars'), names, join(root, '.madang', 'agreed'))
  }
}

/** Secrets agreed with somebody outside: the stand-in that plays them has the same value as the worker that asks them. */
const AGREED = /^(PORTONE|TOSS)_/

const WithSecrets = z.object({ secrets: z.object({ required: z.array(z.string()) }).optional() })

function writeMissing(file: string, names: string[], agreedDir: string): void {
  const present = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const missing = names.filter((name) => !new RegExp(`^${name}=`, 'm').test(present))
  if (missing.length === 0) return
  const lines = missing.map(
    (name) => `${name}='${AGREED.test(name) ? agreedSecret(agreedDir, name) : secretFor(name)}'`,
  )
  writeFileSync(file, `${[present.trimEnd(), ...lines].filter(Boolean).join('\n')}\n`, { mode: 0o600 })
}

/** The same for whoever asks first and after: of two processes that make one at once, the link of the first stands. */
function agreedSecret(dir: string, name: string): string {
  const file = join(dir, name)
  if (!existsSync(file)) {
    mkdirSync(dir, { recursive: true })
    const fresh = join(dir, `${name}.${process.pid}`)
    writeFileSync(fresh, secretFor(name), { mode: 0o600 })
    try {
      linkSync(fresh, file)
    } catch (error) {
      if (!existsSync(file)) throw error
    } finally {
      rmSync(fresh)
    }
  }
  return readFileSync(file, 'utf8')
}

/** A fresh secret of the form its reader wants: a key pair where it signs, else 32 random bytes as hex. */
export function secretFor(name: string): string {
  switch (name) {
    case 'TOKEN_KEYS':
      return tokenKeys()
    case 'VAPID_KEYS':
      return vapidKeys()
    case 'RECEIPT_KEY':
      return receiptKey()
    default:
      return randomBytes(32).toString('hex')
  }
}

/** The key pair push services know us by: the public point and the private scalar, base64url. */
function vapidKeys(): string {
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
  const part = (value: string | undefined) => Buffer.from(value ?? '', 'base64url')
  const point = Buffer.concat([Buffer.from([4]), part(jwk.x), part(jwk.y)])
  return JSON.stringify({ publicKey: point.toString('base64url'), privateKey: jwk.d })
}

/** An Ed25519 key as a private JWK: signatures of the same receipt are the same bytes. */
function receiptKey(): string {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  return JSON.stringify({ ...jwk, kid: randomBytes(6).toString('hex'), alg: 'EdDSA', use: 'sig' })
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
