import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { NotificationId } from '#contracts/ids'
import {
  ListNotificationsQuery,
  MarkNotificationRequest,
  Notification,
  NotificationPage,
  UnreadNotifications,
} from '#contracts/notifications'
import { type AppEnv, memberOf, onlyMine, refusal, reply, requireMember } from '#kit/app'
import { bearer, emptyReply, jsonBody, jsonReply, problems } from '#kit/openapi'
import type { NotificationsEnv } from '../env.ts'
import { listNotifications, mark } from '../inbox.service.ts'
import { inboxOf } from '../inbox.ts'
import { readerOf, tags } from './routes.ts'

const shared = { tags, security: bearer, middleware: requireMember<NotificationsEnv>() }
const OneNotification = z.object({ id: NotificationId })

const list = createRoute({
  method: 'get',
  path: '/api/v1/notifications',
  ...shared,
  request: { query: ListNotificationsQuery },
  responses: { 200: jsonReply(NotificationPage, 'what came, the latest first'), ...problems() },
})

const clear = createRoute({
  method: 'delete',
  path: '/api/v1/notifications',
  ...shared,
  responses: { 204: emptyReply('everything that was read is gone'), ...problems() },
})

const unread = createRoute({
  method: 'get',
  path: '/api/v1/notifications/unread',
  ...shared,
  responses: { 200: jsonReply(UnreadNotifications, 'the number on the badge'), ...problems() },
})

const readAll = createRoute({
  method: 'post',
  path: '/api/v1/notifications/read-all',
  ...shared,
  responses: { 200: jsonReply(UnreadNotifications, 'all read'), ...problems() },
})

const edit = createRoute({
  method: 'patch',
  path: '/api/v1/notifications/{id}',
  ...shared,
  request: { params: OneNotification, ...jsonBody(MarkNotificationRequest) },
  responses: { 200: jsonReply(Notification, 'read, or unread again'), ...problems(404) },
})

const remove = createRoute({
  method: 'delete',
  path: '/api/v1/notifications/{id}',
  ...shared,
  request: { params: OneNotification },
  responses: { 204: emptyReply('gone'), ...problems(404) },
})

/** Reading and clearing away one's own notifications. */
export function inboxRoutes(app: OpenAPIHono<AppEnv<NotificationsEnv>>): void {
  app.openapi(list, async (c) => {
    onlyMine(c)
    return reply(c, await listNotifications(c.env, readerOf(c), c.req.valid('query')))
  })
  app.openapi(unread, async (c) => {
    onlyMine(c)
    return c.json({ unread: await inboxOf(c.env, memberOf(c).memberId).unread() }, 200)
  })
  app.openapi(readAll, async (c) =>
    c.json({ unread: await inboxOf(c.env, memberOf(c).memberId).markAll() }, 200),
  )
  app.openapi(clear, async (c) => {
    await inboxOf(c.env, memberOf(c).memberId).removeRead()
    return c.body(null, 204)
  })
  app.openapi(edit, async (c) => {
    onlyMine(c)
    return reply(c, await mark(c.env, readerOf(c), c.req.valid('param').id, c.req.valid('json').read))
  })
  app.openapi(remove, async (c) => {
    const removed = await inboxOf(c.env, memberOf(c).memberId).remove(c.req.valid('param').id)
    return removed ? c.body(null, 204) : refusal(c, { code: 'NOT_FOUND' })
  })
}
