import { buildPushPayload } from '@block65/webcrypto-web-push'
import { z } from 'zod'
import type { PushPayload } from '#contracts/notifications'
import type { Delivered, Line } from '#do/inbox/index'
import { nowMs, SECOND_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { type DeviceRow, forgetDevice, noteReached } from './device.store.ts'
import { endpointOf } from './endpoint.rules.ts'
import type { NotificationsEnv } from './env.ts'
import { notificationOf } from './notification.rules.ts'
import { outcomeOf, ttlSecondsOf, urgencyOf } from './push.rules.ts'
import { PUSH_STAND_IN } from './stand-in.ts'

/** False in production. */
declare const MADANG_STAND_INS: boolean

const ANSWERED_WITHIN_MS = 10 * SECOND_MS
const VapidKeys = z.object({ publicKey: z.string(), privateKey: z.string() })

/** The key browsers subscribe with. */
export const pushKeyOf = (env: NotificationsEnv): string =>
  VapidKeys.parse(JSON.parse(env.VAPID_KEYS)).publicKey

/**
 * Sends one line to one device, in the device's language. The line's id is its topic: sent again, or as it collects more, the message
 * takes the place of the one before that was not fetched yet. A device whose service says it is gone is forgotten.
 */
export async function pushTo(
  env: NotificationsEnv,
  device: DeviceRow,
  line: Line,
  unread: number,
): Promise<Delivered> {
  const ttl = ttlSecondsOf(line.type, line.atMs, nowMs())
  if (ttl === 0) return { kind: 'refused' }
  const { id, type, title, body, url } = notificationOf(line, device.locale)
  const delivered = await send(env, device, { id, type, title, body, url, unread }, ttl)
  if (delivered.kind === 'gone') await forgetDevice(env.DB, device).run()
  if (delivered.kind === 'taken') await noteReached(env.DB, device.id, nowMs()).run()
  return delivered
}

async function send(
  env: NotificationsEnv,
  device: DeviceRow,
  payload: PushPayload,
  ttl: number,
): Promise<Delivered> {
  const { endpoint, p256dh, auth } = device
  // Checked again: what was on the list when it was added may not be now.
  const allowed = endpointOf(endpoint, PUSH_STAND_IN)
  if (allowed === null) return { kind: 'gone' }
  const sealed = await buildPushPayload(
    { data: payload, options: { ttl, topic: payload.id, urgency: urgencyOf(payload.type) } },
    { endpoint, expirationTime: null, keys: { p256dh, auth } },
    { ...VapidKeys.parse(JSON.parse(env.VAPID_KEYS)), subject: env.VAPID_SUBJECT },
  )
  const { 'content-length': _length, ...headers } = sealed.headers
  const init = {
    ...{ method: 'POST', headers, body: sealed.body, redirect: 'manual' as const },
    signal: AbortSignal.timeout(ANSWERED_WITHIN_MS),
  }
  try {
    const reply = await fetchFrom(env, allowed.host, endpoint, init)
    await reply.body?.cancel()
    const delivered = outcomeOf(reply.status, reply.headers.get('retry-after'), nowMs())
    if (delivered.kind !== 'taken')
      log('warn', 'a push service did not take it', { host: allowed.host, status: reply.status })
    return delivered
  } catch (error) {
    log('warn', 'a push service could not be reached', { host: allowed.host, ...describeError(error) })
    return { kind: 'later', afterMs: null }
  }
}

/** Only the stand-in's endpoints go by the binding: a real browser's are called where they are, also on a developer's machine. */
function fetchFrom(
  env: NotificationsEnv,
  host: string,
  endpoint: string,
  init: RequestInit,
): Promise<Response> {
  if (MADANG_STAND_INS && env.PUSH_HTTP && host === PUSH_STAND_IN?.host)
    return env.PUSH_HTTP.fetch(endpoint, init)
  return fetch(endpoint, init)
}
