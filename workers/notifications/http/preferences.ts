import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { EditPreferencesRequest, Preferences } from '#contracts/notifications'
import { type AppEnv, memberOf, onlyMine, reply, requireMember } from '#kit/app'
import { bearer, jsonBody, jsonReply, problems } from '#kit/openapi'
import type { NotificationsEnv } from '../env.ts'
import { editPreferences } from '../inbox.service.ts'
import { inboxOf } from '../inbox.ts'
import { tags } from './routes.ts'

const shared = {
  path: '/api/v1/notifications/preferences',
  tags,
  security: bearer,
  middleware: requireMember<NotificationsEnv>(),
}

const read = createRoute({
  method: 'get',
  ...shared,
  responses: { 200: jsonReply(Preferences, 'what is told, and when not'), ...problems() },
})

const edit = createRoute({
  method: 'patch',
  ...shared,
  request: jsonBody(EditPreferencesRequest),
  responses: { 200: jsonReply(Preferences, 'as they are now'), ...problems() },
})

/** What a member wants to be told, and the hours they want quiet. */
export function preferenceRoutes(app: OpenAPIHono<AppEnv<NotificationsEnv>>): void {
  app.openapi(read, async (c) => {
    onlyMine(c)
    return c.json(await inboxOf(c.env, memberOf(c).memberId).preferences(), 200)
  })
  app.openapi(edit, async (c) => {
    onlyMine(c)
    return reply(c, await editPreferences(c.env, memberOf(c).memberId, c.req.valid('json')))
  })
}
