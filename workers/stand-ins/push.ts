import { Hono } from 'hono'
import { z } from 'zod'
import { nowMs, SECOND_MS, toIso } from '#kit/clock'

/** What real services take at most. */
const MESSAGE_BYTES_MAX = 4096
const KEPT_MAX = 200
const ENDPOINTS_MAX = 500
const DELAY_MS_MAX = 60 * SECOND_MS

/** How one endpoint answers its next messages: `times` of them, after which it is well again. */
const Behaviour = z.object({
  status: z.int().min(200).max(599),
  times: z.int().min(1).default(1),
  /** `Retry-After`, as it is given. */
  retryAfter: z.string().optional(),
  /** `Location`, for an endpoint that sends its callers elsewhere. */
  location: z.string().optional(),
  delayMs: z.int().min(0).max(DELAY_MS_MAX).default(0),
})
type Behaviour = z.infer<typeof Behaviour>

type Message = { status: number; headers: Record<string, string>; body: string; at: string }
type Endpoint = { messages: Message[]; behaviour: Behaviour | null }

/** In memory: a push service's own memory is nobody's promise. The newest few of each endpoint. */
const endpoints = new Map<string, Endpoint>()

/**
 * A push service as browsers have one: takes what RFC 8030, 8188 and 8292 say, at `/dev/push/{id}` for any id, and shows what it got,
 * refused ones included, still sealed. It can answer as real ones do on bad days: busy, broken, gone, elsewhere.
 */
export const pushService = new Hono()

pushService.post('/dev/push/:id', async (c) => {
  const endpoint = endpointOf(c.req.param('id'))
  const bytes = new Uint8Array(await c.req.arrayBuffer())
  const headers = Object.fromEntries(c.req.raw.headers)
  const behaviour = nextBehaviour(endpoint)
  if (behaviour !== null && behaviour.delayMs > 0)
    await new Promise((resolve) => setTimeout(resolve, behaviour.delayMs))
  const status = refusalOf(headers, bytes) ?? behaviour?.status ?? 201
  const body = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
  endpoint.messages.push({ status, headers, body, at: toIso(nowMs()) })
  endpoint.messages.splice(0, endpoint.messages.length - KEPT_MAX)
  return new Response(null, {
    status,
    headers: {
      ...(status === 201 ? { location: `/dev/push/messages/${crypto.randomUUID()}` } : {}),
      ...(behaviour?.retryAfter === undefined ? {} : { 'retry-after': behaviour.retryAfter }),
      ...(behaviour?.location === undefined ? {} : { location: behaviour.location }),
    },
  })
})

pushService.get('/dev/push/:id', (c) => {
  c.header('cache-control', 'no-store')
  return c.json({ items: endpoints.get(c.req.param('id'))?.messages ?? [] })
})

pushService.post('/dev/push/:id/behaviour', async (c) => {
  endpointOf(c.req.param('id')).behaviour = Behaviour.parse(await c.req.json())
  return c.body(null, 204)
})

/** What a real service answers to a message that is not sealed, has no lifetime or comes from nobody. */
function refusalOf(headers: Record<string, string>, bytes: Uint8Array): number | null {
  if (!/^vapid t=[\w-]+\.[\w-]+\.[\w-]+, ?k=[\w-]+$/.test(headers.authorization ?? '')) return 401
  if (!/^\d+$/.test(headers.ttl ?? '') || headers['content-encoding'] !== 'aes128gcm') return 400
  if (headers.topic !== undefined && !/^[\w-]{1,32}$/.test(headers.topic)) return 400
  return bytes.length > MESSAGE_BYTES_MAX ? 413 : null
}

function endpointOf(id: string): Endpoint {
  const known = endpoints.get(id)
  if (known) return known
  const [oldest] = endpoints.keys()
  if (endpoints.size >= ENDPOINTS_MAX && oldest !== undefined) endpoints.delete(oldest)
  const fresh: Endpoint = { messages: [], behaviour: null }
  endpoints.set(id, fresh)
  return fresh
}

function nextBehaviour(endpoint: Endpoint): Behaviour | null {
  const now = endpoint.behaviour
  if (now !== null) endpoint.behaviour = now.times > 1 ? { ...now, times: now.times - 1 } : null
  return now
}
