import { createServer, request } from 'node:http'
import { createGzip } from 'node:zlib'
import { freePort } from './processes.ts'

const COMPRESSED = /^(text\/|application\/(javascript|json|manifest|problem))|svg/

/**
 * What Cloudflare does before a reply leaves for the browser and the local runtime does not: text goes out gzipped. Without
 * it a simulated phone line would carry four times the bytes that any reader's does.
 */
export async function compressingFront(
  behind: string,
): Promise<{ origin: string; end: () => Promise<void> }> {
  const target = new URL(behind)
  const server = createServer((incoming, outgoing) => {
    const onward = request(
      {
        host: target.hostname,
        port: target.port,
        path: incoming.url,
        method: incoming.method,
        headers: incoming.headers,
      },
      (reply) => {
        const { 'content-length': length, ...headers } = reply.headers
        const isText =
          COMPRESSED.test(headers['content-type'] ?? '') && !headers['content-encoding'] && length !== '0'
        if (!isText || reply.statusCode === 304) {
          outgoing.writeHead(reply.statusCode ?? 502, reply.headers)
          return reply.pipe(outgoing)
        }
        outgoing.writeHead(reply.statusCode ?? 502, { ...headers, 'content-encoding': 'gzip' })
        return reply.pipe(createGzip()).pipe(outgoing)
      },
    )
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
