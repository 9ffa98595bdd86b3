import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import {
  EditGroupBuyRequest,
  GroupBuy,
  GroupBuyCard,
  ListGroupBuysQuery,
  OpenGroupBuyRequest,
} from '#contracts/group-buys'
import { pageOf } from '#contracts/page'
import { NearQuery } from '#contracts/place'
import { type AppEnv, cacheable, purges, refusal, reply, requireMember } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { bearer, emptyReply, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { tell } from '#kit/telling'
import { callOff } from '../cancel.service.ts'
import { editGroupBuy } from '../edit.service.ts'
import type { GroupBuysEnv } from '../env.ts'
import { listGroupBuys } from '../list.service.ts'
import { openGroupBuy } from '../open.service.ts'
import { findGroupBuy } from '../read.service.ts'
import { askerOf, OneGroupBuy } from './routes.ts'

const tags = ['group buys']
const security = bearer

const open = createRoute({
  method: 'post',
  path: '/api/v1/group-buys',
  tags,
  security,
  middleware: [requireMember<GroupBuysEnv>(), idempotent<GroupBuysEnv>()] as const,
  request: { headers: idempotencyHeader, ...jsonBody(OpenGroupBuyRequest) },
  responses: { 201: jsonReply(GroupBuy, 'the new group buy'), ...problems(409, 422) },
})

const list = createRoute({
  method: 'get',
  path: '/api/v1/group-buys',
  tags,
  summary: 'What can be joined; with `state` what is at that stage, with `hostId` all of theirs',
  request: { query: ListGroupBuysQuery },
  responses: { 200: jsonReply(pageOf(GroupBuyCard), 'a page of cards'), ...problems() },
})

const read = createRoute({
  method: 'get',
  path: '/api/v1/group-buys/{id}',
  tags,
  request: { params: OneGroupBuy, query: z.object({ near: NearQuery.optional() }) },
  responses: { 200: jsonReply(GroupBuy, 'the group buy'), ...problems(404) },
})

const edit = createRoute({
  method: 'patch',
  path: '/api/v1/group-buys/{id}',
  tags,
  security,
  middleware: requireMember<GroupBuysEnv>(),
  request: { params: OneGroupBuy, ...jsonBody(EditGroupBuyRequest) },
  responses: { 200: jsonReply(GroupBuy, 'the changed group buy'), ...problems(404, 409, 422) },
})

const remove = createRoute({
  method: 'delete',
  path: '/api/v1/group-buys/{id}',
  tags,
  security,
  middleware: requireMember<GroupBuysEnv>(),
  request: { params: OneGroupBuy },
  responses: { 204: emptyReply('called off; all money goes back'), ...problems(404, 409) },
})

/** Opening, finding, changing and calling off. */
export function groupBuyRoutes(app: OpenAPIHono<AppEnv<GroupBuysEnv>>): void {
  app.openapi(open, async (c) => {
    const opened = await openGroupBuy(c.env, askerOf(c), c.req.valid('json'))
    if (!opened.ok) return refusal(c, opened.refusal)
    tell(c, opened.value.events)
    purges(c, ['group-buys'])
    return c.json(opened.value.value, 201)
  })

  app.openapi(list, async (c) => {
    const page = await listGroupBuys(c.env, c.req.valid('query'))
    if (page.ok) cacheable(c, ['group-buys'])
    return reply(c, page)
  })

  app.openapi(read, async (c) => {
    const { id } = c.req.valid('param')
    const found = await findGroupBuy(c.env.DB, id, c.req.valid('query').near ?? null)
    // Its deadline changes it without anybody's write: nothing older than a second is shown.
    if (found.ok) cacheable(c, [id], 0)
    return reply(c, found)
  })

  app.openapi(edit, async (c) => {
    const { id } = c.req.valid('param')
    const edited = await editGroupBuy(c.env, askerOf(c), id, c.req.valid('json'))
    if (!edited.ok) return refusal(c, edited.refusal)
    tell(c, edited.value.events)
    purges(c, [id, 'group-buys'])
    return c.json(edited.value.value, 200)
  })

  app.openapi(remove, async (c) => {
    const { id } = c.req.valid('param')
    const removed = await callOff(c.env, askerOf(c), id)
    if (!removed.ok) return refusal(c, removed.refusal)
    tell(c, removed.value.events)
    purges(c, [id, 'group-buys'])
    return c.body(null, 204)
  })
}
