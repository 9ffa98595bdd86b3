import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { ListingId, TradeId } from '#contracts/ids'
import { pageOf } from '#contracts/page'
import { ChooseBuyerRequest, ListTradesQuery, Trade } from '#contracts/trades'
import { type AppEnv, onlyMine, refusal, reply, requireMember } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { bearer, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { chooseBuyer } from '../buyer.service.ts'
import type { TradesEnv } from '../env.ts'
import { findTrade, listHistory, undoTrade } from '../trade.service.ts'
import { askerOf, tell } from './routes.ts'

const tags = ['trades']
const security = bearer
export const OneTrade = z.object({ id: TradeId })
const middleware = requireMember<TradesEnv>()

const choose = createRoute({
  method: 'post',
  path: '/api/v1/listings/{id}/buyer',
  tags,
  security,
  middleware: [requireMember<TradesEnv>(), idempotent<TradesEnv>()] as const,
  request: {
    headers: idempotencyHeader,
    params: z.object({ id: ListingId }),
    ...jsonBody(ChooseBuyerRequest),
  },
  responses: { 201: jsonReply(Trade, 'sold to this neighbour'), ...problems(404, 409) },
})

const undo = createRoute({
  method: 'post',
  path: '/api/v1/trades/{id}/undo',
  tags,
  security,
  middleware: [requireMember<TradesEnv>(), idempotent<TradesEnv>()] as const,
  request: { headers: idempotencyHeader, params: OneTrade },
  responses: { 200: jsonReply(Trade, 'taken back; the thing is on sale again'), ...problems(403, 404, 409) },
})

const read = createRoute({
  method: 'get',
  path: '/api/v1/trades/{id}',
  tags,
  security,
  middleware,
  request: { params: OneTrade },
  responses: { 200: jsonReply(Trade, 'the trade as this side sees it'), ...problems(404) },
})

const history = <Path extends string>(path: Path, what: string) =>
  createRoute({
    method: 'get',
    path,
    tags,
    security,
    middleware,
    request: { query: ListTradesQuery },
    responses: { 200: jsonReply(pageOf(Trade), what), ...problems() },
  })
const sales = history('/api/v1/me/sales', 'what I sold, the newest first')
const purchases = history('/api/v1/me/purchases', 'what I bought, the newest first')

/** Closing a deal, taking it back, and both sides' histories. */
export function tradeRoutes(app: OpenAPIHono<AppEnv<TradesEnv>>): void {
  app.openapi(choose, async (c) => {
    const { memberId } = c.req.valid('json')
    const chosen = await chooseBuyer(c.env, askerOf(c), c.req.valid('param').id, memberId)
    if (!chosen.ok) return refusal(c, chosen.refusal)
    tell(c, chosen.value)
    return c.json(chosen.value.value, 201)
  })

  app.openapi(undo, async (c) => {
    const undone = await undoTrade(c.env, askerOf(c), c.req.valid('param').id)
    if (!undone.ok) return refusal(c, undone.refusal)
    tell(c, undone.value)
    return c.json(undone.value.value, 200)
  })

  app.openapi(read, async (c) => {
    onlyMine(c)
    return reply(c, await findTrade(c.env, askerOf(c), c.req.valid('param').id))
  })

  app.openapi(sales, async (c) => {
    onlyMine(c)
    return reply(c, await listHistory(c.env, askerOf(c), 'seller', c.req.valid('query')))
  })

  app.openapi(purchases, async (c) => {
    onlyMine(c)
    return reply(c, await listHistory(c.env, askerOf(c), 'buyer', c.req.valid('query')))
  })
}
