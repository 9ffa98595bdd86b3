import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { Campaign, CampaignPulse } from '#contracts/coupons'
import { CampaignId } from '#contracts/ids'
import { PageQuery, pageOf } from '#contracts/page'
import { type AppEnv, cacheable, reply } from '#kit/app'
import { nowMs, toIso } from '#kit/clock'
import { jsonReply, problems } from '#kit/openapi'
import { findCampaign, listCampaigns, pulseOf } from '../campaign.service.ts'
import type { CouponsEnv } from '../env.ts'

const tags = ['coupons']
export const OneCampaign = z.object({ id: CampaignId })
export const CAMPAIGNS_TAG = 'campaigns'
/** Countdowns go by what these replies say: an old one is worse than a moment's wait. */
const STALE_SECONDS = 0

const list = createRoute({
  method: 'get',
  path: '/api/v1/coupons/campaigns',
  tags,
  request: { query: PageQuery },
  responses: {
    200: jsonReply(pageOf(Campaign), 'what can be claimed, what comes, what is over'),
    ...problems(),
  },
})

const read = createRoute({
  method: 'get',
  path: '/api/v1/coupons/campaigns/{id}',
  tags,
  request: { params: OneCampaign },
  responses: { 200: jsonReply(Campaign, 'the campaign'), ...problems(404) },
})

const pulse = createRoute({
  method: 'get',
  path: '/api/v1/coupons/campaigns/{id}/pulse',
  tags,
  request: { params: OneCampaign },
  responses: { 200: jsonReply(CampaignPulse, 'what moves, for those who watch'), ...problems(404) },
})

const clock = createRoute({
  method: 'get',
  path: '/api/v1/coupons/clock',
  tags,
  responses: {
    200: jsonReply(z.object({ now: z.iso.datetime() }), 'the clock that opening times go by'),
    ...problems(),
  },
})

/** What everybody may see of campaigns. */
export function campaignRoutes(app: OpenAPIHono<AppEnv<CouponsEnv>>): void {
  app.openapi(list, async (c) => {
    const page = await listCampaigns(c.env, c.req.valid('query'), nowMs())
    if (page.ok) cacheable(c, [CAMPAIGNS_TAG], STALE_SECONDS)
    return reply(c, page)
  })

  app.openapi(read, async (c) => {
    const { id } = c.req.valid('param')
    const found = await findCampaign(c.env, id, nowMs())
    if (found.ok) cacheable(c, [id], STALE_SECONDS)
    return reply(c, found)
  })

  app.openapi(pulse, async (c) => {
    const { id } = c.req.valid('param')
    const found = await pulseOf(c.env, id, nowMs())
    if (found.ok) cacheable(c, [id], STALE_SECONDS)
    return reply(c, found)
  })

  app.openapi(clock, (c) => {
    c.header('cache-control', 'no-store')
    return c.json({ now: toIso(nowMs()) }, 200)
  })
}
