import { UNASKED_HEADER } from '#kit/auth'
import { nowMs, SECOND_MS } from '#kit/clock'
import { type Client, visitorOf } from './client.ts'
import { type Credential, cookieOf, WROTE_COOKIE } from './credentials.ts'
import type { EdgeEnv, Upstream } from './env.ts'

/** A request on its way through the edge. */
export type Passage = {
  request: Request
  /** Path and query as they came. */
  target: string
  pathname: string
  upstream: Upstream
  /** Read only when it is needed: most replies are kept ones, and ask nothing of it. */
  client: () => Client
  /** Set when the web worker asks on behalf of a visitor it was told of. */
  knownVisitor: string | null
  /** The Cookie header as it came. */
  cookies: string | null
  credential: Credential
  requestId: string
  traceparent: string
  env: EdgeEnv
  ctx: ExecutionContext
}

/**
 * The request as its worker sees it: every identity header that came from outside is gone, ours are set. Whose token it carries, and
 * whether it is one, the worker finds (decision 0019).
 */
export async function inwardRequest(passage: Passage): Promise<Request> {
  const { request, upstream, client, credential } = passage
  const headers = new Headers(request.headers)
  for (const name of headOf(request.headers).claims) headers.delete(name)
  headers.set('traceparent', passage.traceparent)
  headers.set('x-madang-visitor', await visitorKeyOf(passage))
  headers.set('x-madang-ip', client().ip)
  if (upstream !== 'WEB') {
    headers.delete('cookie')
    if (credential.kind === 'cookie') {
      headers.set('authorization', `Bearer ${credential.token}`)
      headers.set(UNASKED_HEADER, '1')
    }
  }
  if (!passage.pathname.startsWith('/api/v1/dev/'))
    return new Request(request, { headers, redirect: 'manual' })
  return new Request(
    request.url.replace('/api/v1/dev/', '/dev/'),
    new Request(request, { headers, redirect: 'manual' }),
  )
}

/** How long a request's head is, and which of its headers claim to be somebody: one look at them all. */
export function headOf(headers: Headers): { length: number; claims: string[] } {
  const head = { length: 0, claims: [] as string[] }
  headers.forEach((value, name) => {
    head.length += name.length + value.length
    if (isIdentityHeader(name)) head.claims.push(name)
  })
  return head
}

/** The opaque key by which this visitor is counted. */
export const visitorKeyOf = async ({ knownVisitor, client, env }: Passage): Promise<string> =>
  knownVisitor ?? (await visitorOf(client(), env.VISITOR_SECRET))

const isIdentityHeader = (name: string): boolean =>
  name.startsWith('x-madang-') ||
  name.startsWith('x-forwarded-') ||
  name === 'forwarded' ||
  name === 'x-real-ip'

/** Longer than any reply may be served stale, so that a writer never meets their own past. */
const WROTE_FOR_SECONDS = 35
const WRITERS_MAX = 5_000
/** When a token last wrote: API clients keep no cookie that could remember it. */
const wroteAtMs = new Map<string, number>()

/** `Cache-Control` decides, and having just written: never a list of paths. */
export function mayUseCache({ request, cookies, credential }: Passage): boolean {
  const asked = request.headers.get('cache-control')
  if (asked !== null && /no-cache|no-store/.test(asked)) return false
  if (credential.kind === 'bearer')
    return nowMs() - (wroteAtMs.get(credential.token) ?? 0) > WROTE_FOR_SECONDS * SECOND_MS
  return cookieOf(cookies, WROTE_COOKIE) === null
}

/** Remembers that this client wrote; the browser is asked to say so itself, at any edge it reaches next. */
export function noteWrite({ credential }: Passage, reply: Response): Response {
  if (credential.kind === 'bearer') {
    if (wroteAtMs.size >= WRITERS_MAX) wroteAtMs.clear()
    wroteAtMs.set(credential.token, nowMs())
  }
  if (credential.kind !== 'cookie') return reply
  const marked = new Response(reply.body, reply)
  const cookie = `${WROTE_COOKIE}=1; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=${WROTE_FOR_SECONDS}`
  marked.headers.append('set-cookie', cookie)
  return marked
}

/** Sends a request to its worker. A worker that cannot run answers nothing of ours, whatever the runtime says for it: that throws. */
export async function askUpstream({ env, upstream }: Passage, request: Request): Promise<Response> {
  const fetcher = env[upstream]
  if (!fetcher) throw new Error(`no binding ${upstream}`)
  const reply = await fetcher.fetch(request)
  const speaksProblems = upstream !== 'WEB' && upstream !== 'STAND_INS'
  if (reply.status < 500 || !speaksProblems || isProblem(reply)) return reply
  await reply.body?.cancel()
  throw new Error(`${upstream} did not answer: ${reply.status}`)
}

const isProblem = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('application/problem+json') ?? false
