import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { Claim, Coupon, ListCouponsQuery } from '#contracts/coupons'
import { pageOf } from '#contracts/page'
import { type AppEnv, memberOf, onlyMine, refusal, reply, requireMember } from '#kit/app'
import { nowMs } from '#kit/clock'
import { bearer, jsonReply, problems } from '#kit/openapi'
import { claim } from '../claim.service.ts'
import { myCoupons } from '../coupon.service.ts'
import type { CouponsEnv } from '../env.ts'
import { OneCampaign } from './campaigns.ts'

const tags = ['coupons']
const KEY_LENGTH_MAX = 255
/** The day's object keeps the first answer under the key, not the database: nothing of it is on this path. */
const Key = z.object({ 'idempotency-key': z.string().min(1).max(KEY_LENGTH_MAX).optional() })

const claimOne = createRoute({
  method: 'post',
  path: '/api/v1/coupons/campaigns/{id}/claims',
  tags,
  security: bearer,
  middleware: requireMember<CouponsEnv>(),
  request: { headers: Key, params: OneCampaign },
  responses: { 201: jsonReply(Claim, 'the coupon, its place, its receipt'), ...problems(404, 409) },
})

const mine = createRoute({
  method: 'get',
  path: '/api/v1/me/coupons',
  tags,
  security: bearer,
  middleware: requireMember<CouponsEnv>(),
  request: { query: ListCouponsQuery },
  responses: { 200: jsonReply(pageOf(Coupon), 'without a state: what can be used'), ...problems() },
})

/** Claiming a coupon, and having some. */
export function couponRoutes(app: OpenAPIHono<AppEnv<CouponsEnv>>): void {
  app.openapi(claimOne, async (c) => {
    const claimed = await claim(c.env, {
      campaignId: c.req.valid('param').id,
      memberId: memberOf(c).memberId,
      key: c.req.valid('header')['idempotency-key'] ?? null,
      atMs: nowMs(),
      afterwards: (work) => c.executionCtx.waitUntil(work),
    })
    onlyMine(c)
    if (!claimed.ok) return refusal(c, claimed.refusal)
    if (claimed.value.replayed) c.header('idempotency-replayed', 'true')
    return c.json(claimed.value.claim, 201)
  })

  app.openapi(mine, async (c) => {
    onlyMine(c)
    return reply(c, await myCoupons(c.env, memberOf(c).memberId, c.req.valid('query'), nowMs()))
  })
}
