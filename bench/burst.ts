import { connect, type Socket } from 'node:net'

export type Burst = { tookMs: number; p50Ms: number; p99Ms: number; statuses: Record<string, number> }
export type Asked = { path: string; token?: string; method?: 'POST' | 'PUT'; body?: string }

/**
 * Many who ask at once: every request is sent as soon as one of so many open sockets is free, and the clock stops with the last answer.
 * Plain sockets and a reader of no more than our own replies: a client library would be measured instead of the platform.
 */
export async function burst(origin: string, asked: readonly Asked[], socketCount: number): Promise<Burst> {
  const { hostname, port } = new URL(origin)
  const sockets = await Promise.all(Array.from({ length: socketCount }, () => opened(hostname, Number(port))))
  const waiting = asked.map((one) => requestOf(one, hostname))
  const latencies: number[] = []
  const statuses: Record<string, number> = {}
  let turn = 0
  const startedAt = performance.now()
  await Promise.all(
    sockets.map(async (socket) => {
      for (let request = waiting[turn++]; request !== undefined; request = waiting[turn++]) {
        const askedAt = performance.now()
        const status = await answered(socket, request)
        latencies.push(performance.now() - askedAt)
        statuses[status] = (statuses[status] ?? 0) + 1
      }
    }),
  )
  const tookMs = performance.now() - startedAt
  for (const socket of sockets) socket.destroy()
  const sorted = latencies.sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  return { tookMs, p50Ms: at(0.5), p99Ms: at(0.99), statuses }
}

const requestOf = ({ path, token, method = 'POST', body }: Asked, host: string): string =>
  [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    `content-length: ${Buffer.byteLength(body ?? '')}`,
    ...(body === undefined ? [] : ['content-type: application/json']),
    ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
    '',
    body ?? '',
  ].join('\r\n')

const opened = (host: string, port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })

/** The status of the one answer to the one request under way on this socket. */
function answered(socket: Socket, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const cutOff = () => reject(new Error('the platform closed a socket in a burst'))
    const hear = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (!isWhole(text)) return
      socket.off('data', hear)
      socket.off('close', cutOff)
      resolve(text.slice(9, 12))
    }
    socket.on('data', hear)
    socket.once('close', cutOff)
    socket.write(request)
  })
}

/** Our replies say how long they are, or come in chunks that end with an empty one. */
function isWhole(text: string): boolean {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1]
  return length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= headEnd + 4 + Number(length)
}
