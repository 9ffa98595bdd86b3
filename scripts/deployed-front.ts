import { spawnSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type IncomingHttpHeaders } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, createBrotliCompress } from 'node:zlib'
import { freePort } from './processes.ts'
import { Refused } from './refused.ts'

const COMPRESSED = /^(text\/|application\/(javascript|json|manifest|problem))|svg/
/** What Cloudflare compresses replies with while they pass. */
const BROTLI_QUALITY = 4
/** These speak of one HTTP/1.1 connection; HTTP/2 does not allow them. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'host'])

/** `keyHash` is what a browser is told to trust the front by (`--ignore-certificate-errors-spki-list`). */
export type DeployedFront = { origin: string; keyHash: string; end: () => Promise<void> }

/**
 * What Cloudflare does before a reply leaves for the browser and the local runtime does not: it answers over HTTP/2 and text
 * goes out compressed. Without it a simulated phone line would carry four times the bytes that any reader's does, six
 * files at a time.
 */
export async function deployedFront(behind: string): Promise<DeployedFront> {
  const target = new URL(behind)
  const port = await freePort()
  const origin = `https://localhost:${port}`
  const { key, cert } = ownCertificate()
  const server = createSecureServer({ key, cert }, (incoming, outgoing) => {
    const onward = request(
      {
        host: target.hostname,
        port: target.port,
        path: incoming.url,
        method: incoming.method,
        headers: headersBehind(incoming, origin, target.origin),
      },
      (reply) => {
        const isText =
          COMPRESSED.test(reply.headers['content-type'] ?? '') &&
          !reply.headers['content-encoding'] &&
          reply.headers['content-length'] !== '0' &&
          reply.statusCode !== 304
        const headers = ofTheMessage(reply.headers)
        if (!isText) {
          outgoing.writeHead(reply.statusCode ?? 502, headers)
          return reply.pipe(outgoing)
        }
        const { 'content-length': _, ...rest } = headers
        outgoing.writeHead(reply.statusCode ?? 502, { ...rest, 'content-encoding': 'br' })
        const brotli = createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
        return reply.pipe(brotli).pipe(outgoing)
      },
    )
    onward.once('error', () => outgoing.stream.close())
    incoming.pipe(onward)
  })
  const sessions = new Set<{ destroy: () => void }>()
  server.on('session', (session) => {
    sessions.add(session)
    session.once('close', () => sessions.delete(session))
  })
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  const end = () =>
    new Promise<void>((closed) => {
      server.close(() => closed())
      for (const session of sessions) session.destroy()
    })
  return { origin, keyHash: keyHashOf(cert), end }
}

/** The workers behind know themselves by their own address: what the browser sends from its page's origin comes from theirs. */
function headersBehind(
  incoming: Http2ServerRequest,
  origin: string,
  originBehind: string,
): Record<string, string | string[] | undefined> {
  const headers = ofTheMessage(incoming.headers)
  return headers.origin === origin ? { ...headers, origin: originBehind } : headers
}

/** All headers but those of the connection and HTTP/2's own. */
const ofTheMessage = (headers: IncomingHttpHeaders): Record<string, string | string[] | undefined> =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith(':') && !OF_THE_CONNECTION.has(name)),
  )

/** A certificate for `localhost`, made for this one run and kept nowhere. */
function ownCertificate(): { key: string; cert: string } {
  const dir = mkdtempSync(join(tmpdir(), 'madang-front-'))
  const [keyFile, certFile] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...[
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      keyFile,
      '-out',
      certFile,
    ],
  ])
  try {
    if (made.status !== 0)
      throw new Refused('A front over HTTPS needs `openssl`: install it (apt-get install openssl).')
    return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const keyHashOf = (cert: string): string =>
  createHash('sha256')
    .update(new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
