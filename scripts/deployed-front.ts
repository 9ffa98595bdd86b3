import { type IncomingHttpHeaders, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { Duplex } from 'node:stream'
import { constants, createBrotliCompress } from 'node:zlib'
import { ownCertificate } from './own-certificate.ts'
import { freePort } from './processes.ts'

const COMPRESSED = /^(text\/|application\/(javascript|json|manifest|problem))|svg/
/** What Cloudflare compresses replies with while they pass. */
const BROTLI_QUALITY = 4
/** These speak of one HTTP/1.1 connection; HTTP/2 does not allow them. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'host'])

type Headers = Record<string, string | string[] | undefined>
/** What the browser sees, and what answers. */
type Ends = { origin: string; behind: URL }
/** `keyHash` is what a browser is told to trust it by. */
export type DeployedFront = { origin: string; keyHash: string; end: () => Promise<void> }

/**
 * What Cloudflare does before a reply leaves for the browser and the local runtime does not: it answers over HTTP/2 and text
 * goes out compressed. Without it a simulated phone line would carry four times the bytes that any reader's does, six
 * files at a time.
 */
export async function deployedFront(behind: string): Promise<DeployedFront> {
  const port = await freePort()
  const ends = { origin: `https://localhost:${port}`, behind: new URL(behind) }
  const { key, cert, keyHash } = ownCertificate()
  // A WebSocket opens over HTTP/1.1.
  const server = createSecureServer({ key, cert, allowHTTP1: true }, (incoming, outgoing) =>
    passOn(ends, incoming, outgoing),
  )
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex) => passUpgrade(ends, incoming, socket))
  const sockets = new Set<Duplex>()
  server.on('secureConnection', (socket: Duplex) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  const end = () =>
    new Promise<void>((closed) => {
      server.close(() => closed())
      for (const socket of sockets) socket.destroy()
    })
  return { origin: ends.origin, keyHash, end }
}

function passOn(ends: Ends, incoming: Http2ServerRequest, outgoing: Http2ServerResponse): void {
  const onward = request(onwardOf(ends, incoming, withoutConnection(incoming.headers)), (reply) => {
    const { 'content-length': length, ...rest } = withoutConnection(reply.headers)
    const status = reply.statusCode ?? 502
    if (!isCompressed(reply)) {
      outgoing.writeHead(status, length === undefined ? rest : { ...rest, 'content-length': length })
      reply.pipe(outgoing)
      return
    }
    outgoing.writeHead(status, { ...rest, 'content-encoding': 'br' })
    const brotli = createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } })
    reply.pipe(brotli).pipe(outgoing)
  })
  onward.once('error', () => {
    if (!outgoing.headersSent) outgoing.writeHead(502)
    outgoing.end()
  })
  incoming.pipe(onward)
}

/** From the upgrade on, bytes go both ways as they are. */
function passUpgrade(ends: Ends, incoming: IncomingMessage, socket: Duplex): void {
  const onward = request(onwardOf(ends, incoming, { ...incoming.headers, host: ends.behind.host }))
  onward.once('upgrade', (reply, behind) => {
    const lines = Object.entries(reply.headers).map(([name, value]) => `${name}: ${value}`)
    socket.write(['HTTP/1.1 101 Switching Protocols', ...lines, '', ''].join('\r\n'))
    behind.once('error', () => socket.destroy())
    socket.once('error', () => behind.destroy())
    behind.pipe(socket).pipe(behind)
  })
  onward.once('response', () => socket.destroy())
  onward.once('error', () => socket.destroy())
  onward.end()
}

/** The workers behind know themselves by their own address: what the browser sends from its page's origin comes from theirs. */
function onwardOf(
  { origin, behind }: Ends,
  { url, method }: { url?: string | undefined; method?: string | undefined },
  headers: Headers,
): RequestOptions {
  const { hostname: host, port } = behind
  const sent = headers.origin === origin ? { ...headers, origin: behind.origin } : headers
  return { host, port, ...(url ? { path: url } : {}), ...(method ? { method } : {}), headers: sent }
}

const isCompressed = ({ headers, statusCode }: IncomingMessage): boolean =>
  COMPRESSED.test(headers['content-type'] ?? '') &&
  !headers['content-encoding'] &&
  headers['content-length'] !== '0' &&
  statusCode !== 304

/** All headers but those of the connection and HTTP/2's own. */
const withoutConnection = (headers: IncomingHttpHeaders | Http2ServerRequest['headers']): Headers =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith(':') && !OF_THE_CONNECTION.has(name)),
  )
