import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { pageOf } from '#contracts/page'
import { DecideDisputeRequest, DisputedTrade, ListDisputesQuery } from '#contracts/trades'
import { type AppEnv, onlyMine, refusal, reply } from '#kit/app'
import { requireOperator } from '#kit/dead-letters'
import { idempotent } from '#kit/idempotency'
import { bearer, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { decideDispute, listDisputes } from '../dispute.service.ts'
import type { TradesEnv } from '../env.ts'
import { askerOf, tell } from './routes.ts'
import { OneTrade } from './trades.ts'

const tags = ['operator']
const security = bearer

const disputes = createRoute({
  method: 'get',
  path: '/api/v1/operator/trades/disputes',
  tags,
  summary: 'Disputed purchases: open ones the oldest first, decided ones the newest first',
  security,
  middleware: requireOperator<TradesEnv>(),
  request: { query: ListDisputesQuery },
  responses: { 200: jsonReply(pageOf(DisputedTrade), 'a page of disputes'), ...problems(403) },
})

const decide = createRoute({
  method: 'post',
  path: '/api/v1/operator/trades/{id}/decide',
  tags,
  security,
  middleware: [requireOperator<TradesEnv>(), idempotent<TradesEnv>()] as const,
  request: { headers: idempotencyHeader, params: OneTrade, ...jsonBody(DecideDisputeRequest) },
  responses: { 200: jsonReply(DisputedTrade, 'decided'), ...problems(403, 404, 409, 422) },
})

/** What operators see and decide of disputed money. */
export function disputeRoutes(app: OpenAPIHono<AppEnv<TradesEnv>>): void {
  app.openapi(disputes, async (c) => {
    onlyMine(c)
    return reply(c, await listDisputes(c.env, c.var.requestId, c.req.valid('query')))
  })

  app.openapi(decide, async (c) => {
    const word = c.req.valid('json')
    const decided = await decideDispute(c.env, askerOf(c), c.req.valid('param').id, word)
    if (!decided.ok) return refusal(c, decided.refusal)
    tell(c, decided.value)
    return c.json(decided.value.value, 200)
  })
}
