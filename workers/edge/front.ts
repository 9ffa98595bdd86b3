import type { ErrorCode } from '#contracts/errors'
import { describeError, log } from '#kit/log'
import { localeOf, problemResponse } from '#kit/problem'
import { traceOf } from '#kit/trace'
import { passOver } from '#kit/unread-body'
import { type Client, isLoopback } from './client.ts'
import { credentialOf, isSameOrigin } from './credentials.ts'
import type { EdgeEnv } from './env.ts'
import { mergedDocument } from './openapi.ts'
import { askUpstream, headOf, inwardRequest, noteWrite, type Passage } from './passage.ts'
import { purge, readThrough, serveKept } from './public-reads.ts'
import { dressed } from './reply-headers.ts'
import { upstreamOf } from './routes.ts'

/** Longer addresses and heads than these are nobody's honest request; the local runtime has no limit of its own. */
const TARGET_LENGTH_MAX = 8_192
const HEAD_LENGTH_MAX = 32 * 1024
const LIMIT_PERIOD_SECONDS = 60

/** Where a request comes from: the connection, or the web worker on behalf of a visitor it was told of. */
export type From = { client: () => Client; visitor: string | null }

/** Answers a request: from what is kept, or through its worker; the reply is dressed for the outside. */
export async function pass(
  request: Request,
  env: EdgeEnv,
  ctx: ExecutionContext,
  from: From,
): Promise<Response> {
  const trace = traceOf(request.headers)
  const reply = await answer(request, env, ctx, from, trace)
  // A WebSocket's reply must pass untouched.
  if (reply.webSocket) return reply
  reply.headers.set('x-request-id', trace.requestId)
  reply.headers.set('traceparent', trace.traceparent)
  return reply
}

async function answer(
  request: Request,
  env: EdgeEnv,
  ctx: ExecutionContext,
  { client, visitor }: From,
  { requestId, traceparent }: ReturnType<typeof traceOf>,
): Promise<Response> {
  const target = targetOf(request.url)
  const pathname = pathnameOf(target)
  const upstream = isTooLong(target) ? null : upstreamOf(pathname)
  if (pathname === '/api/openapi.json') return dressed(await documentReply(env))
  if (upstream === null)
    return dressed(refused(request, requestId, isTooLong(target) ? 'VALIDATION_FAILED' : 'NOT_FOUND'))
  const cookies = request.headers.get('cookie')
  const credential = credentialOf(request.headers, cookies)
  const connection = { client, knownVisitor: visitor, cookies, credential, requestId, traceparent, env, ctx }
  const passage: Passage = { request, target, pathname, upstream, ...connection }
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  // What is kept is kept dressed: the hot path of every public page copies nothing.
  const kept = isRead && upstream !== 'WEB' ? serveKept(passage) : null
  if (kept !== null) return kept
  try {
    if (isRead) return await read(passage)
    const reply = await write(passage)
    // A body that went on to its worker is read there; that of a request refused here is read by nobody.
    await passOver(request.body)
    return dressed(reply)
  } catch (error) {
    log('error', 'edge failed', { requestId, target: target.slice(0, 200), ...describeError(error) })
    return dressed(refused(request, requestId, 'UNAVAILABLE', 2))
  }
}

const isTooLong = (target: string): boolean => target.length > TARGET_LENGTH_MAX

async function read(passage: Passage): Promise<Response> {
  if (isHeadTooLong(passage)) return dressed(refused(passage.request, passage.requestId, 'VALIDATION_FAILED'))
  if (!(await isWithinLimit(passage, passage.env.READ_LIMIT))) return dressed(tooMany(passage))
  if (passage.upstream === 'WEB') return dressed(await askUpstream(passage, await inwardRequest(passage)))
  return await readThrough(passage)
}

async function write(passage: Passage): Promise<Response> {
  const { request, requestId, credential, env } = passage
  if (isHeadTooLong(passage)) return refused(request, requestId, 'VALIDATION_FAILED')
  if (credential.kind === 'cookie' && passage.upstream !== 'WEB' && !isSameOrigin(request)) {
    return refused(request, requestId, 'ORIGIN_REFUSED')
  }
  if (!(await isWithinLimit(passage, env.WRITE_LIMIT))) return tooMany(passage)
  const reply = await askUpstream(passage, await inwardRequest(passage))
  const stale = reply.headers.get('x-madang-purge')
  if (stale !== null) purge(stale.split(','))
  return reply.ok ? noteWrite(passage, reply) : reply
}

async function isWithinLimit({ client }: Passage, limiter: RateLimit): Promise<boolean> {
  return isLoopback(client()) || (await limiter.limit({ key: client().ip })).success
}

const tooMany = ({ request, requestId }: Passage) =>
  refused(request, requestId, 'TOO_MANY_REQUESTS', LIMIT_PERIOD_SECONDS)

function refused(request: Request, requestId: string, code: ErrorCode, retryAfterSeconds?: number): Response {
  const refusal = retryAfterSeconds === undefined ? { code } : { code, retryAfterSeconds }
  return problemResponse(refusal, localeOf(request.headers), requestId)
}

/** Path and query as they came, without parsing the whole URL again on the hot path. */
function targetOf(url: string): string {
  const path = url.indexOf('/', url.indexOf('://') + 3)
  return path < 0 ? '/' : url.slice(path)
}

function pathnameOf(target: string): string {
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}

const isHeadTooLong = ({ request }: Passage): boolean => headOf(request.headers).length > HEAD_LENGTH_MAX

async function documentReply(env: EdgeEnv): Promise<Response> {
  const { text, isWhole } = await mergedDocument(env)
  const keeping = isWhole ? 'public, max-age=60' : 'no-store'
  return new Response(text, { headers: { 'content-type': 'application/json', 'cache-control': keeping } })
}
