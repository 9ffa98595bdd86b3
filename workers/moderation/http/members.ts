import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { DecisionId, MemberId } from '#contracts/ids'
import { AppealRequest, BlockedMember, Decision, Report, ReportRequest } from '#contracts/moderation'
import { PageQuery, pageOf } from '#contracts/page'
import { type AppEnv, memberOf, onlyMine, refusal, reply, requireMember } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { bearer, emptyReply, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { tell } from '#kit/telling'
import { appeal } from '../appeal.service.ts'
import { block, listBlocks, unblock } from '../block.service.ts'
import { decisionOf } from '../decision.rules.ts'
import { findDecision, listDecisions } from '../decision.service.ts'
import type { ModerationEnv } from '../env.ts'
import { listReports, reportThing } from '../report.service.ts'
import { askerOf } from './routes.ts'

const security = bearer
const middleware = requireMember<ModerationEnv>()
const OneDecision = z.object({ id: DecisionId })
const OneMember = z.object({ memberId: MemberId })

const report = createRoute({
  method: 'post',
  path: '/api/v1/reports',
  tags: ['reports'],
  summary: 'Report a member, listing, comment or message; the same thing again answers the open report',
  security,
  middleware: [requireMember<ModerationEnv>(), idempotent<ModerationEnv>()] as const,
  request: { headers: idempotencyHeader, ...jsonBody(ReportRequest) },
  responses: {
    200: jsonReply(Report, 'the report of it that is open'),
    201: jsonReply(Report, 'the new report'),
    ...problems(404, 409, 422),
  },
})

const myReports = createRoute({
  method: 'get',
  path: '/api/v1/reports',
  tags: ['reports'],
  security,
  middleware,
  request: { query: PageQuery },
  responses: { 200: jsonReply(pageOf(Report), 'own reports, the newest first'), ...problems() },
})

const myBlocks = createRoute({
  method: 'get',
  path: '/api/v1/me/blocks',
  tags: ['blocks'],
  security,
  middleware,
  request: { query: PageQuery },
  responses: { 200: jsonReply(pageOf(BlockedMember), 'whom one blocked, the latest first'), ...problems() },
})

const putBlock = createRoute({
  method: 'put',
  path: '/api/v1/me/blocks/{memberId}',
  tags: ['blocks'],
  security,
  middleware,
  request: { params: OneMember },
  responses: { 204: emptyReply('blocked'), ...problems(404, 409) },
})

const dropBlock = createRoute({
  method: 'delete',
  path: '/api/v1/me/blocks/{memberId}',
  tags: ['blocks'],
  security,
  middleware,
  request: { params: OneMember },
  responses: { 204: emptyReply('not blocked'), ...problems(409) },
})

const myDecisions = createRoute({
  method: 'get',
  path: '/api/v1/me/decisions',
  tags: ['decisions'],
  security,
  middleware,
  request: { query: PageQuery },
  responses: { 200: jsonReply(pageOf(Decision), 'what was decided about one, newest first'), ...problems() },
})

const myDecision = createRoute({
  method: 'get',
  path: '/api/v1/me/decisions/{id}',
  tags: ['decisions'],
  security,
  middleware,
  request: { params: OneDecision },
  responses: { 200: jsonReply(Decision, 'the decision'), ...problems(404) },
})

const myAppeal = createRoute({
  method: 'post',
  path: '/api/v1/me/decisions/{id}/appeal',
  tags: ['decisions'],
  summary: 'Say why it was wrong, once',
  security,
  middleware: [requireMember<ModerationEnv>(), idempotent<ModerationEnv>()] as const,
  request: { headers: idempotencyHeader, params: OneDecision, ...jsonBody(AppealRequest) },
  responses: { 201: jsonReply(Decision, 'the decision with its appeal'), ...problems(404, 409, 422) },
})

/** What members do: report, block, and answer to decisions about them. */
export function memberRoutes(app: OpenAPIHono<AppEnv<ModerationEnv>>): void {
  app.openapi(report, async (c) => {
    const reported = await reportThing(c.env, askerOf(c), c.req.valid('json'))
    if (!reported.ok) return refusal(c, reported.refusal)
    return c.json(reported.value.report, reported.value.isNew ? 201 : 200)
  })

  app.openapi(myReports, async (c) => {
    onlyMine(c)
    return reply(c, await listReports(c.env, memberOf(c).memberId, c.req.valid('query')))
  })

  app.openapi(myBlocks, async (c) => {
    onlyMine(c)
    return reply(c, await listBlocks(c.env, askerOf(c), c.req.valid('query')))
  })

  app.openapi(putBlock, async (c) => {
    const blocked = await block(c.env, askerOf(c), c.req.valid('param').memberId)
    if (!blocked.ok) return refusal(c, blocked.refusal)
    tell(c, blocked.value)
    return c.body(null, 204)
  })

  app.openapi(dropBlock, async (c) => {
    const unblocked = await unblock(c.env, askerOf(c), c.req.valid('param').memberId)
    if (!unblocked.ok) return refusal(c, unblocked.refusal)
    tell(c, unblocked.value)
    return c.body(null, 204)
  })

  app.openapi(myDecisions, async (c) => {
    onlyMine(c)
    return reply(c, await listDecisions(c.env, memberOf(c).memberId, c.req.valid('query')))
  })

  app.openapi(myDecision, async (c) => {
    onlyMine(c)
    const found = await findDecision(c.env.DB, memberOf(c).memberId, c.req.valid('param').id)
    return found.ok ? c.json(decisionOf(found.value), 200) : refusal(c, found.refusal)
  })

  app.openapi(myAppeal, async (c) => {
    const { text } = c.req.valid('json')
    return reply(c, await appeal(c.env.DB, askerOf(c), c.req.valid('param').id, text), 201)
  })
}
