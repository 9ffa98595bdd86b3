import type { AddDevice, Device } from '#contracts/notifications'
import { call, get, type Trouble } from '$lib/api/client.ts'
import { isIos, isOnHomeScreen } from '$lib/offline/home-screen.ts'

/**
 * How this browser stands to push messages. `blocked`: its owner said no, and only they can take that back. `install_first`: an
 * iPhone, which has push only for what is on its home screen, so nobody is asked before.
 */
export type PushState = 'unsupported' | 'install_first' | 'blocked' | 'off' | 'on'
export type Turned =
  | { kind: 'on'; device: Device }
  | { kind: 'blocked' }
  | { kind: 'trouble'; trouble: Trouble }
  /** The browser's own push service did not answer. */
  | { kind: 'no_service' }

const isAble = () =>
  'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis
/** A page without its service worker would wait for ever. */
const READY_WITHIN_MS = 5_000

async function registration(): Promise<ServiceWorkerRegistration | null> {
  const late = new Promise<null>((done) => setTimeout(() => done(null), READY_WITHIN_MS))
  return await Promise.race([navigator.serviceWorker.ready, late])
}

/** `mine`: the ids of the member's devices. A subscription that another member of this browser made is not theirs. */
export async function pushState(mine: readonly string[]): Promise<PushState> {
  if (isIos() && !isOnHomeScreen()) return 'install_first'
  if (!isAble()) return 'unsupported'
  if (Notification.permission === 'denied') return 'blocked'
  const subscription = await (await navigator.serviceWorker.getRegistration())?.pushManager.getSubscription()
  const isMine = mine.some((id) => id === deviceHere())
  return subscription && isMine && Notification.permission === 'granted' ? 'on' : 'off'
}

const bytesOf = (key: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0))

/** Asks the reader, then their push service, then tells us. Turned on twice it is the same device. */
export async function turnOn(memberId: string): Promise<Turned> {
  if ((await Notification.requestPermission()) !== 'granted') return { kind: 'blocked' }
  return await register(memberId)
}

/** Tells us where this browser is reached, without asking anybody. Told twice it is the same device. */
export async function register(memberId: string): Promise<Turned> {
  const key = await get<{ publicKey: string }>(fetch, '/notifications/push-key')
  if (!key.ok) return { kind: 'trouble', trouble: key.trouble }
  const worker = await registration()
  if (worker === null) return { kind: 'no_service' }
  const subscription = await subscribed(worker, bytesOf(key.value.publicKey))
  if (subscription === null) return { kind: 'no_service' }
  const { endpoint, keys } = subscription.toJSON()
  const body: AddDevice = {
    endpoint: endpoint ?? '',
    keys: { p256dh: keys?.p256dh ?? '', auth: keys?.auth ?? '' },
  }
  const reply = await call<Device>(fetch, 'POST', '/notifications/devices', { body })
  if (reply.ok) {
    localStorage.setItem(DEVICE, reply.value.id)
    localStorage.setItem(DEVICE_OF, memberId)
    localStorage.setItem(DEVICE_AT, body.endpoint)
    return { kind: 'on', device: reply.value }
  }
  // Nobody would send to it: it is given back.
  await subscription.unsubscribe()
  return { kind: 'trouble', trouble: reply.trouble }
}

/** A subscription made with another key of ours is of no use any more, and the browser refuses to make a second. */
async function subscribed(worker: ServiceWorkerRegistration, applicationServerKey: Uint8Array<ArrayBuffer>) {
  const options = { userVisibleOnly: true, applicationServerKey }
  try {
    return await worker.pushManager.subscribe(options)
  } catch {
    try {
      await (await worker.pushManager.getSubscription())?.unsubscribe()
      return await worker.pushManager.subscribe(options)
    } catch {
      return null
    }
  }
}

const DEVICE = 'madang:device'
const DEVICE_OF = 'madang:device-of'
const DEVICE_AT = 'madang:device-at'
/** Which of the member's devices this browser is. */
export const deviceHere = (): string | null => localStorage.getItem(DEVICE)

/** Did this member turn push on in this browser? */
export const isTurnedOnBy = (memberId: string): boolean =>
  isAble() && deviceHere() !== null && localStorage.getItem(DEVICE_OF) === memberId

/** Does the browser still have the subscription that we were told of? */
export async function isSubscribedAsTold(): Promise<boolean> {
  const subscription = await (await registration())?.pushManager.getSubscription()
  return subscription?.endpoint !== undefined && subscription.endpoint === localStorage.getItem(DEVICE_AT)
}

/** Who signs out here is told nothing more on this device. Best effort: signing out does not wait for it long. */
export async function forgetDevice(): Promise<void> {
  const id = isAble() ? deviceHere() : null
  if (id === null) return
  await Promise.all([call(fetch, 'DELETE', `/notifications/devices/${id}`), endHere()])
}

/** Ends this browser's own subscription; on another device it ends when the next message is refused. */
export async function endHere(): Promise<void> {
  if (!isAble()) return
  for (const name of [DEVICE, DEVICE_OF, DEVICE_AT]) localStorage.removeItem(name)
  const worker = await navigator.serviceWorker.getRegistration()
  await (await worker?.pushManager.getSubscription())?.unsubscribe()
}
