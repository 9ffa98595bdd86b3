import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { ListingCard, WishedAmong, WishedAmongQuery } from '#contracts/listings'
import { PageQuery, pageOf } from '#contracts/page'
import { type AppEnv, memberOf, onlyMine, purges, refusal, reply, requireMember } from '#kit/app'
import { bearer, emptyReply, jsonReply, problems } from '#kit/openapi'
import { tell } from '#kit/telling'
import type { ListingsEnv } from '../env.ts'
import { lookAt } from '../view.service.ts'
import { listWishes, unwish, wish, wishesAmong } from '../wish.service.ts'
import { OneListing } from './listings.ts'
import { askerOf } from './routes.ts'

const tags = ['wishes and views']
const security = bearer
const middleware = requireMember<ListingsEnv>()

const add = createRoute({
  method: 'put',
  path: '/api/v1/listings/{id}/wish',
  tags,
  security,
  middleware,
  request: { params: OneListing },
  responses: { 204: emptyReply('wished'), ...problems(404, 409) },
})

const drop = createRoute({
  method: 'delete',
  path: '/api/v1/listings/{id}/wish',
  tags,
  security,
  middleware,
  request: { params: OneListing },
  responses: { 204: emptyReply('not wished'), ...problems() },
})

const mine = createRoute({
  method: 'get',
  path: '/api/v1/me/wishes',
  tags,
  security,
  middleware,
  request: { query: PageQuery },
  responses: { 200: jsonReply(pageOf(ListingCard), 'wished things, the latest first'), ...problems() },
})

const among = createRoute({
  method: 'get',
  path: '/api/v1/me/wishes/among',
  tags,
  security,
  middleware,
  request: { query: WishedAmongQuery },
  responses: { 200: jsonReply(WishedAmong, 'which of these are wished'), ...problems() },
})

const view = createRoute({
  method: 'put',
  path: '/api/v1/listings/{id}/view',
  tags,
  request: { params: OneListing },
  responses: { 204: emptyReply('seen; counted once a visitor a day'), ...problems(404) },
})

/** Keeping an eye on things, and having looked at them. */
export function wishRoutes(app: OpenAPIHono<AppEnv<ListingsEnv>>): void {
  app.openapi(add, async (c) => {
    const { id } = c.req.valid('param')
    const wished = await wish(c.env, askerOf(c), id)
    if (!wished.ok) return refusal(c, wished.refusal)
    tell(c, wished.value.events)
    purges(c, [id])
    return c.body(null, 204)
  })

  app.openapi(drop, async (c) => {
    const { id } = c.req.valid('param')
    tell(c, await unwish(c.env, askerOf(c), id))
    purges(c, [id])
    return c.body(null, 204)
  })

  app.openapi(mine, async (c) => {
    onlyMine(c)
    return reply(c, await listWishes(c.env, memberOf(c).memberId, c.req.valid('query')))
  })

  app.openapi(among, async (c) => {
    onlyMine(c)
    const ids = await wishesAmong(c.env.DB, memberOf(c).memberId, c.req.valid('query').ids)
    return c.json({ ids }, 200)
  })

  app.openapi(view, async (c) => {
    const seen = await lookAt(c.env, c.req.valid('param').id, c.var.holder?.memberId ?? c.var.visitor)
    return seen.ok ? c.body(null, 204) : refusal(c, seen.refusal)
  })
}
