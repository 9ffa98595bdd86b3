import type { Result } from '#contracts/errors'
import type { DeviceId, MemberId } from '#contracts/ids'
import type { AddDevice, Device } from '#contracts/notifications'
import { nowMs, toIso } from '#kit/clock'
import { runBatch } from '#kit/d1'
import { derivedId } from '#kit/id'
import type { Completion } from '#kit/idempotency'
import type { Locale } from '#kit/problem'
import { ok, refuse } from '#kit/result'
import { type DeviceRow, deviceAt, devicesOf, keepDevice, removeDevice } from './device.store.ts'
import { areKeysWellFormed, bytesOf, endpointOf, labelOf } from './endpoint.rules.ts'
import type { NotificationsEnv } from './env.ts'
import { inboxOf } from './inbox.ts'
import { PUSH_STAND_IN } from './stand-in.ts'

type Subscriber = {
  memberId: MemberId
  locale: Locale
  userAgent: string | undefined
  completion: Completion
}

/**
 * Takes a browser's subscription. The id is made of the member and the endpoint, so that the same browser is the same device however
 * often it subscribes. The inbox is told after it is kept: lost there, the request fails and the browser says it again.
 */
export async function addDevice(
  env: NotificationsEnv,
  { memberId, locale, userAgent, completion }: Subscriber,
  { endpoint: asked, keys, label }: AddDevice,
): Promise<Result<Device>> {
  const endpoint = endpointOf(asked, PUSH_STAND_IN)
  if (endpoint === null) return refuse('PUSH_ENDPOINT_REFUSED')
  if (!(await areKeys(keys)))
    return refuse('VALIDATION_FAILED', {
      errors: [{ path: 'keys', message: 'no keys of a push subscription' }],
    })
  const atMs = nowMs()
  const known = await deviceAt(env.DB, memberId, endpoint.href)
  const row: DeviceRow = {
    ...keys,
    id: derivedId('dev', `${memberId} ${endpoint.href}`),
    endpoint: endpoint.href,
    label: label ?? known?.label ?? labelOf(userAgent, locale),
    locale,
    addedAtMs: known?.addedAtMs ?? atMs,
    reachedAtMs: known?.reachedAtMs ?? null,
  }
  const device = deviceOf(row)
  const outcome = await runBatch(env.DB, [
    ...keepDevice(env.DB, memberId, row, atMs),
    ...completion(201, device),
  ])
  if (outcome.kind === 'aborted')
    return refuse(outcome.constraint.startsWith('batch_guard') ? 'PUSH_ENDPOINT_REFUSED' : 'CONFLICT')
  await inboxOf(env, memberId).noteDevice(locale)
  return ok(device)
}

export const listDevices = async (env: NotificationsEnv, memberId: MemberId): Promise<Device[]> =>
  (await devicesOf(env.DB, memberId)).map(deviceOf)

/** Another member's is not there. */
export const dropDevice = async (
  env: NotificationsEnv,
  memberId: MemberId,
  id: DeviceId,
): Promise<Result<null>> => ((await removeDevice(env.DB, memberId, id)) ? ok(null) : refuse('NOT_FOUND'))

const deviceOf = ({ id, label, endpoint, addedAtMs, reachedAtMs }: DeviceRow): Device => ({
  id,
  label,
  host: new URL(endpoint).hostname,
  addedAt: toIso(addedAtMs),
  reachedAt: reachedAtMs === null ? null : toIso(reachedAtMs),
})

/** Whether messages can be sealed with these keys: 65 bytes are not always a point of the curve. */
async function areKeys(keys: AddDevice['keys']): Promise<boolean> {
  const point = bytesOf(keys.p256dh)
  if (point === null || !areKeysWellFormed(keys)) return false
  const curve = { name: 'ECDH', namedCurve: 'P-256' }
  return await crypto.subtle.importKey('raw', point, curve, false, []).then(
    () => true,
    () => false,
  )
}
