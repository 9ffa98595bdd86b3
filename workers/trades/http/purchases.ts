import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { BuyRequest, DisputeRequest, HandOverRequest, RefundRequest, Trade } from '#contracts/trades'
import { type AppEnv, purges, refusal, requireMember } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { bearer, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { dispute, endPurchase, handOver } from '../act.service.ts'
import type { Written } from '../asker.ts'
import type { TradesEnv } from '../env.ts'
import { buy } from '../purchase.service.ts'
import { refund } from '../refund.service.ts'
import { askerOf, type TradesContext, tell } from './routes.ts'
import { OneTrade } from './trades.ts'

const tags = ['trades']
const security = bearer
const headers = idempotencyHeader

const purchase = createRoute({
  method: 'post',
  path: '/api/v1/trades',
  tags,
  summary: 'Buy with the wallet; the money is kept until the thing is handed over',
  security,
  middleware: [requireMember<TradesEnv>(), idempotent<TradesEnv>()] as const,
  request: { headers, ...jsonBody(BuyRequest) },
  responses: {
    201: jsonReply(Trade, 'paid'),
    202: jsonReply(Trade, 'still being paid; look at Location'),
    ...problems(404, 409),
  },
})

const act = <Path extends string>(path: Path, what: string) =>
  createRoute({
    method: 'post',
    path,
    tags,
    security,
    middleware: [requireMember<TradesEnv>(), idempotent<TradesEnv>()] as const,
    request: { headers, params: OneTrade },
    responses: { 200: jsonReply(Trade, what), ...problems(403, 404, 409) },
  })
const confirm = act('/api/v1/trades/{id}/confirm', 'the buyer has it; the money is the seller’s')
const cancel = act('/api/v1/trades/{id}/cancel', 'called off; everything is back')

const handover = createRoute({
  method: 'post',
  path: '/api/v1/trades/{id}/handover',
  tags,
  security,
  middleware: [requireMember<TradesEnv>(), idempotent<TradesEnv>()] as const,
  request: { headers, params: OneTrade, ...jsonBody(HandOverRequest) },
  responses: {
    200: jsonReply(Trade, 'handed over; the money is the seller’s'),
    ...problems(403, 404, 409, 422, 429),
  },
})

const object = createRoute({
  method: 'post',
  path: '/api/v1/trades/{id}/dispute',
  tags,
  security,
  middleware: [requireMember<TradesEnv>(), idempotent<TradesEnv>()] as const,
  request: { headers, params: OneTrade, ...jsonBody(DisputeRequest) },
  responses: { 200: jsonReply(Trade, 'frozen until an operator decides'), ...problems(404, 409) },
})

const giveBack = createRoute({
  method: 'post',
  path: '/api/v1/trades/{id}/refunds',
  tags,
  security,
  middleware: [requireMember<TradesEnv>(), idempotent<TradesEnv>()] as const,
  request: { headers, params: OneTrade, ...jsonBody(RefundRequest) },
  responses: { 200: jsonReply(Trade, 'so much goes back'), ...problems(403, 404, 409) },
})

/** Buying with the wallet, and what either side may do until its money has found its place. */
export function purchaseRoutes(app: OpenAPIHono<AppEnv<TradesEnv>>): void {
  app.openapi(purchase, async (c) => {
    const bought = await buy(c.env, askerOf(c), c.req.valid('json'), c.req.header('idempotency-key'))
    if (!bought.ok) return refusal(c, bought.refusal)
    const { trade, isUnderWay } = bought.value
    c.header('location', `/api/v1/trades/${trade.id}`)
    purges(c, [trade.listing.id, 'listings'])
    return isUnderWay ? c.json(trade, 202) : c.json(trade, 201)
  })

  app.openapi(confirm, async (c) =>
    acted(c, await endPurchase(c.env, askerOf(c), c.req.valid('param').id, 'confirmed')),
  )
  app.openapi(cancel, async (c) =>
    acted(c, await endPurchase(c.env, askerOf(c), c.req.valid('param').id, 'cancelled')),
  )
  app.openapi(handover, async (c) =>
    acted(c, await handOver(c.env, askerOf(c), c.req.valid('param').id, c.req.valid('json').code)),
  )
  app.openapi(object, async (c) =>
    acted(c, await dispute(c.env, askerOf(c), c.req.valid('param').id, c.req.valid('json'))),
  )
  app.openapi(giveBack, async (c) => {
    const key = c.req.header('idempotency-key')
    return acted(c, await refund(c.env, askerOf(c), c.req.valid('param').id, c.req.valid('json'), key))
  })
}

/** Answers an act: its facts are sent behind the reply, the trade is shown as it stands after it. */
function acted(c: TradesContext, written: Written<Trade>) {
  if (!written.ok) return refusal(c, written.refusal)
  tell(c, written.value)
  return c.json(written.value.value, 200)
}
