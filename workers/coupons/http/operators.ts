import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { Campaign, CampaignFigures, EditCampaignRequest, OpenCampaignRequest } from '#contracts/coupons'
import { type AppEnv, memberOf, onlyMine, purges, refusal, reply } from '#kit/app'
import { nowMs } from '#kit/clock'
import { requireOperator } from '#kit/dead-letters'
import { idempotent } from '#kit/idempotency'
import { bearer, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { editCampaign, figuresOf, openCampaign } from '../campaign.service.ts'
import type { CouponsEnv } from '../env.ts'
import { CAMPAIGNS_TAG, OneCampaign } from './campaigns.ts'

const tags = ['coupons']
const security = bearer

const open = createRoute({
  method: 'post',
  path: '/api/v1/coupons/campaigns',
  tags,
  security,
  middleware: [requireOperator<CouponsEnv>(), idempotent<CouponsEnv>()] as const,
  request: { headers: idempotencyHeader, ...jsonBody(OpenCampaignRequest) },
  responses: { 201: jsonReply(Campaign, 'opened'), ...problems(403, 409, 422) },
})

const edit = createRoute({
  method: 'patch',
  path: '/api/v1/coupons/campaigns/{id}',
  tags,
  security,
  middleware: requireOperator<CouponsEnv>(),
  request: { params: OneCampaign, ...jsonBody(EditCampaignRequest) },
  responses: { 200: jsonReply(Campaign, 'as it is now'), ...problems(403, 404, 409) },
})

const figures = createRoute({
  method: 'get',
  path: '/api/v1/operator/coupons/campaigns/{id}/figures',
  tags: ['operator'],
  security,
  middleware: requireOperator<CouponsEnv>(),
  request: { params: OneCampaign },
  responses: { 200: jsonReply(CampaignFigures, 'how it went, day by day'), ...problems(403, 404) },
})

/** What operators do with campaigns. */
export function operatorRoutes(app: OpenAPIHono<AppEnv<CouponsEnv>>): void {
  app.openapi(open, async (c) => {
    const opened = await openCampaign(c.env, c.req.valid('json'), {
      memberId: memberOf(c).memberId,
      completion: c.var.completion,
      atMs: nowMs(),
    })
    if (!opened.ok) return refusal(c, opened.refusal)
    purges(c, [CAMPAIGNS_TAG])
    return c.json(opened.value, 201)
  })

  app.openapi(edit, async (c) => {
    const { id } = c.req.valid('param')
    const edited = await editCampaign(c.env, id, c.req.valid('json'), nowMs())
    if (edited.ok) purges(c, [CAMPAIGNS_TAG, id])
    return reply(c, edited)
  })

  app.openapi(figures, async (c) => {
    onlyMine(c)
    return reply(c, await figuresOf(c.env, c.req.valid('param').id))
  })
}
