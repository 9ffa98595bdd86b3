import { createServer, request } from 'node:http'
import { freePort } from '../../scripts/processes.ts'

/** What a front does to one path: other words for its body, null for what comes from behind. */
export type Alter = (path: string, body: Buffer) => Buffer | null

/**
 * `cut` is a network that is really gone, for pages and service workers alike; `hush` one that takes every question and answers none, as in a lift;
 * `mend` brings it back.
 */
export type Front = {
  origin: string
  cut: () => Promise<void>
  hush: () => void
  mend: () => Promise<void>
  end: () => Promise<void>
}

/** The same site at another address, with some of its files altered: a newer version, or a broken one. Sockets do not pass. */
export async function alteringFront(behind: string, alter: Alter = () => null): Promise<Front> {
  const target = new URL(behind)
  let isHushed = false
  const server = createServer((incoming, outgoing) => {
    if (isHushed) return
    // In plain: words are added to words, not to what is packed.
    const { method, url: path, headers } = incoming
    headers['accept-encoding'] = 'identity'
    const onward = request({ host: target.hostname, port: target.port, path, method, headers }, (reply) => {
      const parts: Buffer[] = []
      reply.on('data', (part) => parts.push(part))
      reply.on('end', () => {
        const body = Buffer.concat(parts)
        const altered = alter(path ?? '/', body)
        const { 'content-length': _, etag: __, 'transfer-encoding': ___, ...kept } = reply.headers
        outgoing.writeHead(reply.statusCode ?? 502, altered ? { ...kept, 'cache-control': 'no-cache' } : kept)
        outgoing.end(altered ?? body)
      })
    })
    onward.once('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  const port = await freePort()
  const hush = () => {
    isHushed = true
  }
  const listen = () => new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  const mend = async () => {
    isHushed = false
    // Who was not answered asks anew.
    if (server.listening) server.closeAllConnections()
    else await listen()
  }
  const cut = () =>
    new Promise<void>((closed) => {
      server.close(() => closed())
      server.closeAllConnections()
    })
  await listen()
  return { origin: `http://localhost:${port}`, cut, hush, mend, end: cut }
}
