import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { CheckedReceipt, CheckReceiptRequest, ReceiptChain } from '#contracts/coupons'
import { CampaignId } from '#contracts/ids'
import { type AppEnv, cacheable, reply } from '#kit/app'
import { jsonBody, jsonReply, problems } from '#kit/openapi'
import { chainOf } from '../campaign.service.ts'
import type { CouponsEnv } from '../env.ts'
import { checkReceipt, publicKeyOf, ReceiptKey } from '../receipt.service.ts'

const tags = ['coupon receipts']
const OneDay = z.object({ id: CampaignId, day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/) })

const chain = createRoute({
  method: 'get',
  path: '/api/v1/coupons/campaigns/{id}/days/{day}/chain',
  tags,
  request: { params: OneDay },
  responses: {
    200: jsonReply(ReceiptChain, 'the links once the day is closed; before, only how many'),
    ...problems(404),
  },
})

const key = createRoute({
  method: 'get',
  path: '/api/v1/coupons/receipts/key',
  tags,
  responses: { 200: jsonReply(ReceiptKey, 'the public key, as a JSON Web Key'), ...problems() },
})

const check = createRoute({
  method: 'post',
  path: '/api/v1/coupons/receipts/check',
  tags,
  request: jsonBody(CheckReceiptRequest),
  responses: { 200: jsonReply(CheckedReceipt, 'what the receipt is worth'), ...problems() },
})

/** That nobody was put in, taken out or moved: for everybody to see. */
export function receiptRoutes(app: OpenAPIHono<AppEnv<CouponsEnv>>): void {
  app.openapi(chain, async (c) => {
    const { id, day } = c.req.valid('param')
    const found = await chainOf(c.env, id, day)
    if (found.ok) cacheable(c, [id], 0)
    return reply(c, found)
  })

  app.openapi(key, (c) => {
    cacheable(c, ['receipt-key'])
    return c.json(publicKeyOf(c.env), 200)
  })

  app.openapi(check, async (c) => {
    c.header('cache-control', 'no-store')
    return c.json(await checkReceipt(c.env, c.req.valid('json').receipt), 200)
  })
}
