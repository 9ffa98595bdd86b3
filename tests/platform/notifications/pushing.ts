import { z } from 'zod'
import type { MemberId } from '#contracts/ids'
import { Device } from '#contracts/notifications'
import { eventually } from '../../support/platform.ts'
import type { NotificationsAlone } from './alone.ts'
import { PushingBrowser } from './browser-keys.ts'

const Messages = z.object({
  items: z.array(
    z.object({
      status: z.int(),
      headers: z.record(z.string(), z.string()),
      body: z.string(),
      at: z.string(),
    }),
  ),
})
const Letters = z.array(z.object({ subject: z.string(), text: z.string(), key: z.string() }))

/** Browsers, push service and letters of a town that is tested alone. */
export function pushingIn(town: NotificationsAlone) {
  /** A line that was idle for long may break when it is used again; nothing asked here minds being asked twice. */
  const ask = (path: string, init?: { method: string; headers: Record<string, string>; body: string }) => {
    const once = () => town.neighbours.fetch(path, init)
    return once().catch(once)
  }

  const subscribe = (as: MemberId, json: object, headers: Record<string, string> = {}) =>
    town.call('POST', 'notifications/devices', { as, json, headers })

  /** A browser that has subscribed for a member. */
  async function browserOf(as: MemberId, headers: Record<string, string> = {}) {
    const browser = new PushingBrowser()
    const added = await subscribe(as, browser.subscription, headers)
    if (added.status !== 201) throw new Error(`not subscribed: ${added.status} ${added.text}`)
    return Object.assign(browser, { device: Device.parse(added.json) })
  }

  /** Everything the push service was sent for a browser, what it refused included. */
  async function sentTo({ id }: PushingBrowser) {
    const reply = await ask(`/dev/push/${id}`)
    return Messages.parse(await reply.json()).items
  }

  /** What the browser can read, once there is so much of it. */
  const readBy = (browser: PushingBrowser, count = 1) =>
    eventually(async () => {
      const taken = (await sentTo(browser)).filter(({ status }) => status === 201)
      if (taken.length < count) throw new Error(`${taken.length} of ${count} messages came`)
      return taken.map(({ body }) => browser.opened(body))
    }, 20_000)

  async function behave({ id }: PushingBrowser, behaviour: object): Promise<void> {
    const body = JSON.stringify(behaviour)
    const headers = { 'content-type': 'application/json' }
    await ask(`/dev/push/${id}/behaviour`, { method: 'POST', headers, body })
  }

  async function devicesOf(as: MemberId) {
    const list = () => town.call('GET', 'notifications/devices', { as })
    return z.object({ items: z.array(Device) }).parse((await list().catch(list)).json).items
  }

  const lettersTo = async (as: MemberId) => Letters.parse(await (await ask(`/letters?member=${as}`)).json())

  return { subscribe, browserOf, sentTo, readBy, behave, devicesOf, lettersTo }
}
