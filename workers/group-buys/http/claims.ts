import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { ClaimUnitsRequest, UnitsClaim } from '#contracts/group-buys'
import { GroupBuyId } from '#contracts/ids'
import { type AppEnv, memberOf, onlyMine, purges, reply, requireMember } from '#kit/app'
import { bearer, jsonBody, jsonReply, problems } from '#kit/openapi'
import { claimUnits, leave } from '../claim.service.ts'
import type { GroupBuysEnv } from '../env.ts'

const tags = ['group buys']
const KEY_LENGTH_MAX = 255
const OneGroupBuy = z.object({ id: GroupBuyId })
/** The object keeps under the key that it was asked, not the database: nothing of it is on this path. */
const Key = z.object({ 'idempotency-key': z.string().min(1).max(KEY_LENGTH_MAX).optional() })
const common = {
  path: '/api/v1/group-buys/{id}/claim',
  tags,
  security: bearer,
  middleware: requireMember<GroupBuysEnv>(),
} as const

const claim = createRoute({
  ...common,
  method: 'put',
  request: { params: OneGroupBuy, headers: Key, ...jsonBody(ClaimUnitsRequest) },
  responses: {
    200: jsonReply(UnitsClaim, 'how many units I have in all, or wait for'),
    ...problems(403, 404, 409),
  },
})

const drop = createRoute({
  ...common,
  method: 'delete',
  request: { params: OneGroupBuy, headers: Key },
  responses: { 200: jsonReply(UnitsClaim, 'I am out, also of the waiting list'), ...problems(403, 404, 409) },
})

/** Joining, changing, leaving. */
export function claimRoutes(app: OpenAPIHono<AppEnv<GroupBuysEnv>>): void {
  app.openapi(claim, async (c) => {
    const { id } = c.req.valid('param')
    const key = c.req.valid('header')['idempotency-key'] ?? null
    const { memberId } = memberOf(c)
    onlyMine(c)
    purges(c, [id, 'group-buys'])
    return reply(c, await claimUnits(c.env, { id, memberId, key, ...c.req.valid('json') }))
  })

  app.openapi(drop, async (c) => {
    const { id } = c.req.valid('param')
    const key = c.req.valid('header')['idempotency-key'] ?? null
    onlyMine(c)
    purges(c, [id, 'group-buys'])
    return reply(c, await leave(c.env, { id, memberId: memberOf(c).memberId, key }))
  })
}
