import { z } from '@hono/zod-openapi'
import { Problem } from '#contracts/errors'

type StatusCode = 400 | 401 | 403 | 404 | 409 | 411 | 413 | 415 | 422 | 429 | 503

const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: Problem } },
})

/**
 * The refusals any route may answer, and more that this one names. The type hides their content: only then does zod-openapi
 * let a handler answer a plain `Response`, which every refusal is.
 */
export const problems = (...statuses: StatusCode[]): { 400: { description: string } } => ({
  400: problem('refused (400)'),
  ...Object.fromEntries(
    [401, 413, 415, 429, 500, 503, ...statuses].map((status) => [status, problem(`refused (${status})`)]),
  ),
})

/** A JSON body that must be there. */
export const jsonBody = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true, content: { 'application/json': { schema } } },
})

/** A JSON reply. */
export const jsonReply = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

/** A reply without a body. */
export const emptyReply = (description: string) => ({ description })

/** The header that makes a POST safe to repeat. */
export const idempotencyHeader = z.object({ 'idempotency-key': z.string().max(255).optional() })

export const bearer = [{ bearer: [] }]
