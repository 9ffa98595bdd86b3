import { createServer, request } from 'node:http'
import { freePort } from '../../scripts/processes.ts'

/** What a front does to one path: other words for its body, null for what comes from behind. */
export type Alter = (path: string, body: Buffer) => Buffer | null

/** `cut` is a network that is really gone, for pages and service workers alike; `mend` brings it back. */
export type Front = {
  origin: string
  cut: () => Promise<void>
  mend: () => Promise<void>
  end: () => Promise<void>
}

/** The same site at another address, with some of its files altered: a newer version, or a broken one. Sockets do not pass. */
export async function alteringFront(behind: string, alter: Alter = () => null): Promise<Front> {
  const target = new URL(behind)
  const server = createServer((incoming, outgoing) => {
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
  const mend = () => new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  const cut = () =>
    new Promise<void>((closed) => {
      server.close(() => closed())
      server.closeAllConnections()
    })
  await mend()
  return { origin: `http://localhost:${port}`, cut, mend, end: cut }
}
