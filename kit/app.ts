import { OpenAPIHono, type z } from '@hono/zod-openapi'
import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import type { FieldError, Refusal, Result } from '#contracts/errors'
import { bearerOf, type KeySource, type TokenHolder, UNASKED_HEADER, verifyAccessToken } from './auth.ts'
import { nowMs } from './clock.ts'
import { readEnv } from './env.ts'
import { type Completion, noCompletion } from './idempotency.ts'
import { describeError, log } from './log.ts'
import { type Locale, localeOf, problemResponse } from './problem.ts'
import { requestIdOf } from './trace.ts'
import { passOverUnread } from './unread-body.ts'

export type Variables = {
  requestId: string
  locale: Locale
  /** Who the access token speaks for; null for a guest. */
  holder: TokenHolder | null
  /** An opaque key of the browser or client in front of us, set by the edge; the same for a day. */
  visitor: string
  completion: Completion
}
export type AppEnv<Bindings> = { Bindings: Bindings & object; Variables: Variables }

/** JSON bodies of this API are small; photos are the only large thing and have their own limit. */
const JSON_BYTES_MAX = 64 * 1024

export type AppOptions<Schema extends z.ZodType<object>> = {
  worker: string
  env: Schema
  /** Where this worker gets the public keys that verify access tokens. */
  keys: (env: z.infer<Schema>) => KeySource
  /** Paths (exact) whose body is not JSON and is bounded by their own route. */
  rawBodyPaths?: readonly string[]
}

/**
 * The Hono app every domain starts from: request id, checked environment, caller, body limits, zod-openapi validation, and
 * one way to answer refusals (`application/problem+json`). Its document is served at `/openapi.json` for the edge to merge.
 */
export function createApp<Schema extends z.ZodType<object>>(options: AppOptions<Schema>) {
  const app = new OpenAPIHono<AppEnv<z.infer<Schema>>>({
    defaultHook: (result, c) => {
      if (result.success) return
      const errors = result.error.issues.slice(0, 20).map(
        (issue): FieldError => ({
          path:
            issue.path.map(String).join('.') ||
            (issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : result.target),
          message: issue.message,
        }),
      )
      return problemResponse({ code: 'VALIDATION_FAILED', errors }, c.var.locale, c.var.requestId)
    },
  })
  app.onError((error, c) =>
    answerThrown(error, c.get('locale') ?? 'ko', c.get('requestId') ?? 'unknown', options.worker),
  )
  app.notFound((c) => problemResponse({ code: 'NOT_FOUND' }, c.var.locale, c.var.requestId))
  app.use(passOverUnread)
  app.use(introduce(options))
  app.use(limitBody(options.rawBodyPaths ?? []))
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  })
  app.doc31('/openapi.json', { openapi: '3.1.0', info: { title: `madang-${options.worker}`, version: '1' } })
  return app
}

/** Sets who asks and under which request id, before anything else looks at the request. */
function introduce<Schema extends z.ZodType<object>>(
  options: AppOptions<Schema>,
): MiddlewareHandler<AppEnv<z.infer<Schema>>> {
  return async (c, next) => {
    const headers = c.req.raw.headers
    const requestId = requestIdOf(headers)
    c.set('requestId', requestId)
    c.set('locale', localeOf(headers))
    c.set('visitor', headers.get('x-madang-visitor') ?? 'unknown')
    c.set('completion', noCompletion)
    const env = readEnv(options.env, c.env)
    const token = bearerOf(headers)
    const holder = token === null ? null : await verifyAccessToken(token, options.keys(env))
    c.set('holder', holder)
    // A client that shows a bad token on purpose is told so.
    if (holder === null && headers.has('authorization') && !headers.has(UNASKED_HEADER))
      return refusal(c, { code: 'UNAUTHENTICATED' })
    const startedMs = nowMs()
    await next()
    if (c.req.method !== 'GET' || c.res.status >= 500) {
      log('info', 'request', {
        requestId,
        worker: options.worker,
        method: c.req.method,
        path: c.req.path,
        status: c.res.status,
        tookMs: nowMs() - startedMs,
        memberId: holder?.memberId,
      })
    }
  }
}

function limitBody<Bindings>(rawBodyPaths: readonly string[]): MiddlewareHandler<AppEnv<Bindings>> {
  const limit = bodyLimit({
    maxSize: JSON_BYTES_MAX,
    onError: (c) => problemResponse({ code: 'BODY_TOO_LARGE' }, c.get('locale'), c.get('requestId')),
  })
  return async (c, next) => {
    if (c.req.method === 'GET' || c.req.method === 'HEAD' || rawBodyPaths.includes(c.req.path))
      return await next()
    const hasBody = c.req.raw.body !== null && c.req.header('content-length') !== '0'
    if (c.req.header('content-encoding') !== undefined) return refusal(c, { code: 'MEDIA_TYPE_UNSUPPORTED' })
    if (hasBody && !/^application\/json\b/i.test(c.req.header('content-type') ?? ''))
      return refusal(c, { code: 'MEDIA_TYPE_UNSUPPORTED' })
    return await limit(c, next)
  }
}

function answerThrown(error: unknown, locale: Locale, requestId: string, worker: string): Response {
  // Hono throws a 400 for a body that is no JSON; everything else thrown is a bug or an outage.
  if (error instanceof HTTPException && error.status === 400) {
    return problemResponse(
      { code: 'VALIDATION_FAILED', errors: [{ path: 'body', message: 'not readable as JSON' }] },
      locale,
      requestId,
    )
  }
  log('error', 'request failed', { requestId, worker, ...describeError(error) })
  return problemResponse(
    {
      code: isOverload(error) ? 'UNAVAILABLE' : 'INTERNAL',
      ...(isOverload(error) ? { retryAfterSeconds: 2 } : {}),
    },
    locale,
    requestId,
  )
}

const isOverload = (error: unknown): boolean =>
  error instanceof Error &&
  (('overloaded' in error && error.overloaded === true) || ('retryable' in error && error.retryable === true))

/** Answers a refusal in the caller's language. */
export const refusal = <Bindings>(c: Context<AppEnv<Bindings>>, refused: Refusal): Response =>
  problemResponse(refused, c.var.locale, c.var.requestId)

/** Answers a service's result: the value as JSON with `status`, or its refusal. */
export function reply<Value, Bindings>(
  c: Context<AppEnv<Bindings>>,
  result: Result<Value>,
  status: 200 | 201 = 200,
): Response {
  return result.ok ? c.json(result.value as object, status) : refusal(c, result.refusal)
}

/** For routes that need a signed-in member; `memberOf(c)` is then safe. */
export const requireMember =
  <Bindings>(): MiddlewareHandler<AppEnv<Bindings>> =>
  async (c, next) =>
    c.var.holder === null ? refusal(c, { code: 'UNAUTHENTICATED' }) : await next()

/** The signed-in member of a route behind `requireMember`. */
export function memberOf<Bindings>(c: Context<AppEnv<Bindings>>): TokenHolder {
  if (c.var.holder === null) throw new Error('this route forgot requireMember')
  return c.var.holder
}

/**
 * Marks a reply as the same for everyone, so that the edge may keep it: fresh for a second, then served while a newer one is
 * fetched. `tags` name what it shows; a write that answers `purges(…)` with one of them drops it at once.
 */
export function cacheable<Bindings>(c: Context<AppEnv<Bindings>>, tags: string[], staleSeconds = 30): void {
  const stale = staleSeconds > 0 ? `, stale-while-revalidate=${staleSeconds}` : ''
  c.header('cache-control', `public, max-age=0, s-maxage=1${stale}`)
  c.header('cache-tag', tags.join(','))
}

/** Tells the edge which public replies this write made old. */
export const purges = <Bindings>(c: Context<AppEnv<Bindings>>, tags: string[]): void =>
  c.header('x-madang-purge', tags.join(','))

/** Marks a reply about one member, which nobody else may be given. */
export const onlyMine = <Bindings>(c: Context<AppEnv<Bindings>>): void =>
  c.header('cache-control', 'private, no-store')
