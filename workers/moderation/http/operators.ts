import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { AppealId, ReportId } from '#contracts/ids'
import {
  AuditLine,
  Case,
  CaseInContext,
  DecideAppealRequest,
  DecideRequest,
  ListCasesQuery,
} from '#contracts/moderation'
import { PageQuery, pageOf } from '#contracts/page'
import { type AppEnv, onlyMine, purges, refusal, reply } from '#kit/app'
import { requireOperator } from '#kit/dead-letters'
import { idempotent } from '#kit/idempotency'
import { bearer, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { tell } from '#kit/telling'
import { decideAppeal } from '../appeal.service.ts'
import { listAudit } from '../audit.service.ts'
import { listCases, lookAtCase } from '../case.service.ts'
import { type Acted, decide } from '../decision.service.ts'
import type { ModerationEnv } from '../env.ts'
import { askerOf, type ModerationContext } from './routes.ts'

const tags = ['operator']
const security = bearer
const middleware = requireOperator<ModerationEnv>()
const OneCase = z.object({ id: ReportId })
const OneAppeal = z.object({ id: AppealId })

const cases = createRoute({
  method: 'get',
  path: '/api/v1/operator/cases',
  tags,
  summary: 'What was reported: open and appealed the oldest first, decided the newest first',
  security,
  middleware,
  request: { query: ListCasesQuery },
  responses: { 200: jsonReply(pageOf(Case), 'a page of cases'), ...problems(403) },
})

const oneCase = createRoute({
  method: 'get',
  path: '/api/v1/operator/cases/{id}',
  tags,
  summary: 'A case with what surrounds the thing; the look is written to the audit log',
  security,
  middleware,
  request: { params: OneCase },
  responses: { 200: jsonReply(CaseInContext, 'the case'), ...problems(403, 404) },
})

const decideCase = createRoute({
  method: 'post',
  path: '/api/v1/operator/cases/{id}/decision',
  tags,
  security,
  middleware: [requireOperator<ModerationEnv>(), idempotent<ModerationEnv>()] as const,
  request: { headers: idempotencyHeader, params: OneCase, ...jsonBody(DecideRequest) },
  responses: { 200: jsonReply(Case, 'the decided case'), ...problems(403, 404, 409, 422) },
})

const answerAppeal = createRoute({
  method: 'post',
  path: '/api/v1/operator/appeals/{id}/decision',
  tags,
  security,
  middleware: [requireOperator<ModerationEnv>(), idempotent<ModerationEnv>()] as const,
  request: { headers: idempotencyHeader, params: OneAppeal, ...jsonBody(DecideAppealRequest) },
  responses: { 200: jsonReply(Case, 'the case with the answered appeal'), ...problems(403, 404, 409, 422) },
})

const audit = createRoute({
  method: 'get',
  path: '/api/v1/operator/audit',
  tags,
  summary: 'Every act and look of the operators, the newest first',
  security,
  middleware,
  request: { query: PageQuery },
  responses: { 200: jsonReply(pageOf(AuditLine), 'a page of the log'), ...problems(403) },
})

/** What operators do, each act and look of it in the log. */
export function operatorRoutes(app: OpenAPIHono<AppEnv<ModerationEnv>>): void {
  app.openapi(cases, async (c) => {
    onlyMine(c)
    return reply(c, await listCases(c.env, c.req.valid('query'), c.var.requestId))
  })

  app.openapi(oneCase, async (c) => {
    onlyMine(c)
    return reply(c, await lookAtCase(c.env, askerOf(c), c.req.valid('param').id))
  })

  app.openapi(decideCase, async (c) =>
    acted(c, await decide(c.env, askerOf(c), c.req.valid('param').id, c.req.valid('json'))),
  )

  app.openapi(answerAppeal, async (c) =>
    acted(c, await decideAppeal(c.env, askerOf(c), c.req.valid('param').id, c.req.valid('json'))),
  )

  app.openapi(audit, async (c) => {
    onlyMine(c)
    return reply(c, await listAudit(c.env, c.req.valid('query')))
  })
}

function acted<Value extends object>(c: ModerationContext, result: Awaited<Acted<Value>>): Response {
  if (!result.ok) return refusal(c, result.refusal)
  const { value, events, purged } = result.value
  tell(c, events)
  if (purged.length > 0) purges(c, purged)
  return c.json(value, 200)
}
