import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { DecisionId } from '#contracts/ids'
import { AppealRequest, Decision } from '#contracts/moderation'
import { type AppEnv, onlyMine, refusal, reply } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { appealByKey } from '../appeal.service.ts'
import { decisionOf } from '../decision.rules.ts'
import { findDecisionByKey } from '../decision.service.ts'
import type { ModerationEnv } from '../env.ts'

const APPEAL_KEY_LENGTH_MAX = 100
const tags = ['decisions']
const OneDecision = z.object({ id: DecisionId })
const WithKey = z.object({ key: z.string().min(1).max(APPEAL_KEY_LENGTH_MAX) })

const decision = createRoute({
  method: 'get',
  path: '/api/v1/decisions/{id}',
  tags,
  summary: 'A decision by the key that was mailed with it, for who can no longer sign in',
  request: { params: OneDecision, query: WithKey },
  responses: { 200: jsonReply(Decision, 'the decision'), ...problems(404) },
})

const appeal = createRoute({
  method: 'post',
  path: '/api/v1/decisions/{id}/appeal',
  tags,
  summary: 'Say why it was wrong, once, by the key that was mailed with it',
  middleware: [idempotent<ModerationEnv>()] as const,
  request: { headers: idempotencyHeader, params: OneDecision, query: WithKey, ...jsonBody(AppealRequest) },
  responses: { 201: jsonReply(Decision, 'the decision with its appeal'), ...problems(404, 409, 422) },
})

/** What a suspended member does from the letter, without a sign-in: whoever holds the key reads the decision and appeals. */
export function mailedRoutes(app: OpenAPIHono<AppEnv<ModerationEnv>>): void {
  app.openapi(decision, async (c) => {
    onlyMine(c)
    const found = await findDecisionByKey(c.env, c.req.valid('param').id, c.req.valid('query').key)
    return found.ok ? c.json(decisionOf(found.value), 200) : refusal(c, found.refusal)
  })

  app.openapi(appeal, async (c) => {
    const shown = { decisionId: c.req.valid('param').id, key: c.req.valid('query').key }
    const { text } = c.req.valid('json')
    return reply(c, await appealByKey(c.env, shown, text, c.var.completion), 201)
  })
}
