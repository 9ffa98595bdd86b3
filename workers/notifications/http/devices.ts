import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { DeviceId } from '#contracts/ids'
import { AddDeviceRequest, Device, DeviceList, PushKey } from '#contracts/notifications'
import { type AppEnv, memberOf, onlyMine, refusal, reply, requireMember } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { bearer, emptyReply, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { addDevice, dropDevice, listDevices } from '../device.service.ts'
import type { NotificationsEnv } from '../env.ts'
import { pushKeyOf } from '../push.service.ts'
import { tags } from './routes.ts'

const shared = { tags, security: bearer, middleware: requireMember<NotificationsEnv>() }

const key = createRoute({
  method: 'get',
  path: '/api/v1/notifications/push-key',
  tags,
  responses: { 200: jsonReply(PushKey, 'what a browser subscribes with'), ...problems() },
})

const add = createRoute({
  method: 'post',
  path: '/api/v1/notifications/devices',
  tags,
  security: bearer,
  middleware: [requireMember<NotificationsEnv>(), idempotent<NotificationsEnv>()] as const,
  request: { headers: idempotencyHeader, ...jsonBody(AddDeviceRequest) },
  responses: {
    201: jsonReply(Device, 'the device; the same one when it was there already'),
    ...problems(409, 422),
  },
})

const list = createRoute({
  method: 'get',
  path: '/api/v1/notifications/devices',
  ...shared,
  responses: { 200: jsonReply(DeviceList, 'my devices, the one heard of last first'), ...problems() },
})

const remove = createRoute({
  method: 'delete',
  path: '/api/v1/notifications/devices/{id}',
  ...shared,
  request: { params: z.object({ id: DeviceId }) },
  responses: { 204: emptyReply('it gets nothing any more'), ...problems(404) },
})

/** Browsers that are told while nobody looks at our pages. */
export function deviceRoutes(app: OpenAPIHono<AppEnv<NotificationsEnv>>): void {
  app.openapi(key, (c) => c.json({ publicKey: pushKeyOf(c.env) }, 200))
  app.openapi(add, async (c) => {
    onlyMine(c)
    const subscriber = {
      memberId: memberOf(c).memberId,
      locale: c.var.locale,
      userAgent: c.req.header('user-agent'),
      completion: c.var.completion,
    }
    return reply(c, await addDevice(c.env, subscriber, c.req.valid('json')), 201)
  })
  app.openapi(list, async (c) => {
    onlyMine(c)
    return c.json({ items: await listDevices(c.env, memberOf(c).memberId) }, 200)
  })
  app.openapi(remove, async (c) => {
    const removed = await dropDevice(c.env, memberOf(c).memberId, c.req.valid('param').id)
    return removed.ok ? c.body(null, 204) : refusal(c, removed.refusal)
  })
}
