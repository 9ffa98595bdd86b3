import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import {
  CheckInRequest,
  GroupBuyCard,
  ListMyGroupBuysQuery,
  MyGroupBuy,
  ReceiptRequest,
  VoteRequest,
} from '#contracts/group-buys'
import type { GroupBuyId } from '#contracts/ids'
import { pageOf } from '#contracts/page'
import { type AppEnv, memberOf, onlyMine, purges, refusal, reply, requireMember } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { bearer, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { tell } from '#kit/telling'
import type { Written } from '../asker.ts'
import type { GroupBuysEnv } from '../env.ts'
import { arrive, checkIn, settleNow } from '../handover.service.ts'
import { findMine, listMine } from '../mine.service.ts'
import { putReceipt, vote } from '../purchase.service.ts'
import { askerOf, type GroupBuysContext, OneGroupBuy } from './routes.ts'

const tags = ['group buys']
const security = bearer
const headers = idempotencyHeader

const mine = createRoute({
  method: 'get',
  path: '/api/v1/group-buys/{id}/mine',
  tags,
  security,
  middleware: requireMember<GroupBuysEnv>(),
  request: { params: OneGroupBuy },
  responses: { 200: jsonReply(MyGroupBuy, 'what its host and members see'), ...problems(404) },
})

const listed = createRoute({
  method: 'get',
  path: '/api/v1/me/group-buys',
  tags,
  security,
  middleware: requireMember<GroupBuysEnv>(),
  request: { query: ListMyGroupBuysQuery },
  responses: { 200: jsonReply(pageOf(GroupBuyCard), 'hosted, or joined; newest first'), ...problems() },
})

const receipt = createRoute({
  method: 'post',
  path: '/api/v1/group-buys/{id}/receipt',
  tags,
  summary: 'The host has bought it: the real cost, shared by units',
  security,
  middleware: [requireMember<GroupBuysEnv>(), idempotent<GroupBuysEnv>()] as const,
  request: { headers, params: OneGroupBuy, ...jsonBody(ReceiptRequest) },
  responses: { 200: jsonReply(MyGroupBuy, 'with the settlement sheet'), ...problems(404, 409) },
})

const say = createRoute({
  method: 'put',
  path: '/api/v1/group-buys/{id}/vote',
  tags,
  security,
  middleware: requireMember<GroupBuysEnv>(),
  request: { params: OneGroupBuy, ...jsonBody(VoteRequest) },
  responses: { 200: jsonReply(MyGroupBuy, 'with how the vote stands'), ...problems(404, 409) },
})

const arrival = createRoute({
  method: 'post',
  path: '/api/v1/group-buys/{id}/arrival',
  tags,
  security,
  middleware: [requireMember<GroupBuysEnv>(), idempotent<GroupBuysEnv>()] as const,
  request: { headers, params: OneGroupBuy },
  responses: { 200: jsonReply(MyGroupBuy, 'members have their check-in codes'), ...problems(404, 409) },
})

const checkedIn = createRoute({
  method: 'post',
  path: '/api/v1/group-buys/{id}/check-ins',
  tags,
  security,
  middleware: [requireMember<GroupBuysEnv>(), idempotent<GroupBuysEnv>()] as const,
  request: { headers, params: OneGroupBuy, ...jsonBody(CheckInRequest) },
  responses: { 200: jsonReply(MyGroupBuy, 'one more has theirs'), ...problems(404, 409, 422, 429) },
})

const settle = createRoute({
  method: 'post',
  path: '/api/v1/group-buys/{id}/settle',
  tags,
  summary: 'Everybody has theirs: the host is paid, the rest goes back',
  security,
  middleware: [requireMember<GroupBuysEnv>(), idempotent<GroupBuysEnv>()] as const,
  request: { headers, params: OneGroupBuy },
  responses: { 200: jsonReply(MyGroupBuy, 'settled, or still being settled'), ...problems(404, 409) },
})

/** What its host and members see and do from the joining to the settlement. */
export function mineRoutes(app: OpenAPIHono<AppEnv<GroupBuysEnv>>): void {
  app.openapi(mine, async (c) => {
    onlyMine(c)
    return reply(c, await findMine(c.env, askerOf(c), c.req.valid('param').id))
  })
  app.openapi(listed, async (c) => {
    onlyMine(c)
    return reply(c, await listMine(c.env, memberOf(c).memberId, c.req.valid('query')))
  })
  app.openapi(receipt, async (c) => {
    const { id } = c.req.valid('param')
    return await acted(c, id, await putReceipt(c.env, askerOf(c), id, c.req.valid('json')))
  })
  app.openapi(say, async (c) => {
    const { id } = c.req.valid('param')
    return await acted(c, id, await vote(c.env, askerOf(c), id, c.req.valid('json').agree))
  })
  app.openapi(arrival, async (c) => {
    const { id } = c.req.valid('param')
    return await acted(c, id, await arrive(c.env, askerOf(c), id))
  })
  app.openapi(checkedIn, async (c) => {
    const { id } = c.req.valid('param')
    return await acted(c, id, await checkIn(c.env, askerOf(c), id, c.req.valid('json').code))
  })
  app.openapi(settle, async (c) => {
    const { id } = c.req.valid('param')
    return await acted(c, id, await settleNow(c.env, askerOf(c), id))
  })
}

/**
 * Answers an act with the group buy as it stands after it. The answer is remembered behind the act, not with it: an act repeated after a
 * death in between does nothing anew, since its stage has been reached.
 */
async function acted(c: GroupBuysContext, id: GroupBuyId, written: Written<null>) {
  if (!written.ok) return refusal(c, written.refusal)
  tell(c, written.value.events)
  purges(c, [id, 'group-buys'])
  onlyMine(c)
  return reply(c, await findMine(c.env, askerOf(c), id))
}
