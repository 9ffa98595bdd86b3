import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { IncidentId } from '#contracts/ids'
import { pageOf } from '#contracts/page'
import { Books, CloseIncidentRequest, Incident, ListIncidentsQuery } from '#contracts/payments'
import { type AppEnv, memberOf, onlyMine, reply } from '#kit/app'
import { nowMs } from '#kit/clock'
import { requireOperator } from '#kit/dead-letters'
import { idempotent } from '#kit/idempotency'
import { bearer, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { booksOf } from '../books.service.ts'
import type { PaymentsEnv } from '../env.ts'
import { closeIncident, pageOfIncidents } from '../incident.service.ts'

const shared = { tags: ['operator'], security: bearer }
const middleware = requireOperator<PaymentsEnv>()

const books = createRoute({
  method: 'get',
  path: '/api/v1/operator/payments/books',
  ...shared,
  middleware,
  responses: {
    200: jsonReply(Books, "the platform's accounts, and what is owed to members"),
    ...problems(403),
  },
})

const incidents = createRoute({
  method: 'get',
  path: '/api/v1/operator/payments/incidents',
  ...shared,
  middleware,
  request: { query: ListIncidentsQuery },
  responses: {
    200: jsonReply(pageOf(Incident), 'what the audit found off, the newest first'),
    ...problems(403),
  },
})

const close = createRoute({
  method: 'post',
  path: '/api/v1/operator/payments/incidents/{id}/close',
  ...shared,
  middleware: [requireOperator<PaymentsEnv>(), idempotent<PaymentsEnv>()] as const,
  request: {
    headers: idempotencyHeader,
    params: z.object({ id: IncidentId }),
    ...jsonBody(CloseIncidentRequest),
  },
  responses: { 200: jsonReply(Incident, 'closed; what it froze moves again'), ...problems(403, 404, 409) },
})

/** How the books stand, and what to do about what is off. */
export function operatorRoutes(app: OpenAPIHono<AppEnv<PaymentsEnv>>): void {
  app.openapi(books, async (c) => {
    onlyMine(c)
    return c.json(await booksOf(c.env), 200)
  })

  app.openapi(incidents, async (c) => {
    onlyMine(c)
    return reply(c, await pageOfIncidents(c.env, c.req.valid('query')))
  })

  app.openapi(close, async (c) => {
    const closing = {
      ...c.req.valid('json'),
      ...c.req.valid('param'),
      by: memberOf(c).memberId,
      atMs: nowMs(),
    }
    return reply(c, await closeIncident(c.env, closing, c.var.completion))
  })
}
