import { spawnSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Refused } from './refused.ts'

export type OwnCertificate = { key: string; cert: string; keyHash: string }

/**
 * A certificate for `localhost`, made for this one run and kept nowhere. A browser trusts it by the hash of its key
 * (`--ignore-certificate-errors-spki-list`).
 */
export function ownCertificate(): OwnCertificate {
  const dir = mkdtempSync(join(tmpdir(), 'madang-certificate-'))
  const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  const { status } = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
    ...['-keyout', keyFile, '-out', certFile],
  ])
  try {
    if (status !== 0)
      throw new Refused('Pages over HTTPS need `openssl`: install it (apt-get install openssl).')
    const cert = readFileSync(certFile, 'utf8')
    return { key: readFileSync(keyFile, 'utf8'), cert, keyHash: keyHashOf(cert) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const keyHashOf = (cert: string): string =>
  createHash('sha256')
    .update(new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
