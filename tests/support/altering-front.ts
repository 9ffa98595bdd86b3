import { createServer, request } from 'node:http'
import { freePort } from '../../scripts/processes.ts'

/** What a front does to one path: other words for its body, null for what comes from behind. */
export type Alter = (path: string, body: Buffer) => Buffer | null

/** The same site at another address, with some of its files altered: a newer version, or a broken one. */
export async function alteringFront(
  behind: string,
  alter: Alter,
): Promise<{ origin: string; end: () => Promise<void> }> {
  const target = new URL(behind)
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming
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
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening))
  const end = () =>
    new Promise<void>((closed) => {
      server.close(() => closed())
      server.closeAllConnections()
    })
  return { origin: `http://localhost:${port}`, end }
}
