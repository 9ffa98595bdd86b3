import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { AlertId } from '#contracts/ids'
import { pageOf } from '#contracts/page'
import { Alert, SaveAlertRequest } from '#contracts/search'
import { type AppEnv, memberOf, onlyMine, refusal, requireMember } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { bearer, emptyReply, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { dropAlert, listAlerts, saveAlert } from '../alert.service.ts'
import type { SearchEnv } from '../env.ts'

const tags = ['search']
const security = bearer

const save = createRoute({
  method: 'post',
  path: '/api/v1/search/alerts',
  tags,
  summary: 'Be told of what appears and fits',
  security,
  middleware: [requireMember<SearchEnv>(), idempotent<SearchEnv>()] as const,
  request: { headers: idempotencyHeader, ...jsonBody(SaveAlertRequest) },
  responses: {
    201: jsonReply(Alert, 'the new alert'),
    200: jsonReply(Alert, 'the alert of this content that was there'),
    ...problems(409, 422),
  },
})

const list = createRoute({
  method: 'get',
  path: '/api/v1/search/alerts',
  tags,
  summary: 'All my alerts, the latest first',
  security,
  middleware: requireMember<SearchEnv>(),
  responses: { 200: jsonReply(pageOf(Alert), 'my alerts; there is one page'), ...problems() },
})

const drop = createRoute({
  method: 'delete',
  path: '/api/v1/search/alerts/{id}',
  tags,
  summary: 'Be told no more',
  security,
  middleware: requireMember<SearchEnv>(),
  request: { params: z.object({ id: AlertId }) },
  responses: { 204: emptyReply('gone'), ...problems(404) },
})

/** Saved searches of a member. */
export function alertRoutes(app: OpenAPIHono<AppEnv<SearchEnv>>): void {
  app.openapi(save, async (c) => {
    const request = c.req.valid('json')
    const saved = await saveAlert(c.env.DB, memberOf(c).memberId, request, c.var.completion)
    if (!saved.ok) return refusal(c, saved.refusal)
    onlyMine(c)
    return c.json(saved.value.alert, saved.value.isNew ? 201 : 200)
  })

  app.openapi(list, async (c) => {
    onlyMine(c)
    return c.json({ items: await listAlerts(c.env.DB, memberOf(c).memberId), nextCursor: null }, 200)
  })

  app.openapi(drop, async (c) => {
    const dropped = await dropAlert(c.env.DB, memberOf(c).memberId, c.req.valid('param').id)
    return dropped.ok ? c.body(null, 204) : refusal(c, dropped.refusal)
  })
}
