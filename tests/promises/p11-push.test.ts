import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MemberId } from '#contracts/ids'
import type { Device } from '#contracts/notifications'
import { type NotificationsAlone, newMember, startNotifications } from '../platform/notifications/alone.ts'
import type { PushingBrowser } from '../platform/notifications/browser-keys.ts'
import { comment } from '../platform/notifications/facts.ts'
import { pushingIn } from '../platform/notifications/pushing.ts'
import { randomOf } from './deliveries.ts'
import { type Pushed, type PushStory, pushWrongs } from './push-log.ts'

/** P11, outside of our pages: who is gone is forgotten, who is busy is asked later, and everybody else is told everything. */
const SCALE =
  process.env.MADANG_SCALE === 'nightly'
    ? { devices: 10, events: 100, evictions: 20 }
    : { devices: 6, events: 12, evictions: 1 }
const RETRY_AFTER_SECONDS = 2
const SETTLE_WITHIN_MS = 60_000
const BAD_DAYS = [
  { status: 410 },
  { status: 404 },
  { status: 429, retryAfter: String(RETRY_AFTER_SECONDS), times: 2 },
  { status: 503, times: 2 },
]

type Subscribed = PushingBrowser & { device: Device }

let town: NotificationsAlone
let push: ReturnType<typeof pushingIn>
beforeAll(async () => {
  town = await startNotifications()
  push = pushingIn(town)
})
afterAll(() => town.close())

/** Comments come in while push services have bad days and the member's object is put out of memory. */
async function roughDay(me: MemberId, browsers: Subscribed[], seed: number): Promise<void> {
  const random = randomOf(seed)
  const evictAfter = new Set(
    Array.from({ length: SCALE.evictions }, () => Math.floor(random() * SCALE.events)),
  )
  for (let number = 0; number < SCALE.events; number++) {
    const behaviour = BAD_DAYS[number]
    const browser = browsers[number]
    // The first few have one bad day each; the last ones have none.
    if (behaviour && browser) await push.behave(browser, behaviour)
    await town.hear([comment({ sellerId: me }, newMember(), `소식 ${number}`)])
    if (evictAfter.has(number)) await town.evict(me)
  }
  await expect.poll(() => town.outgoingOf(me), { timeout: SETTLE_WITHIN_MS }).toEqual([])
}

async function storyOf(me: MemberId, browsers: Subscribed[]): Promise<PushStory> {
  const pushed: Pushed[] = []
  for (const browser of browsers)
    for (const { status, body, at } of await push.sentTo(browser)) {
      const { id, body: text } = browser.opened(body)
      pushed.push({ endpoint: browser.id, id, text, status, atMs: Date.parse(at) })
    }
  const told = new Map((await town.listOf(me, '?limit=50')).items.map(({ id, body }) => [id, body]))
  const there = new Set((await push.devicesOf(me)).map(({ id }) => id))
  const kept = browsers.filter(({ device }) => there.has(device.id))
  return {
    ...{ pushed, told, endpoints: browsers.map(({ id }) => id), kept: new Set(kept.map(({ id }) => id)) },
    retryAfterMs: RETRY_AFTER_SECONDS * 1_000,
  }
}

describe('P11: push messages', () => {
  it('reach every device that is there, forget those that are gone, and wait for those that are busy', async () => {
    const me = newMember()
    const browsers: Subscribed[] = []
    for (let count = 0; count < SCALE.devices; count++) browsers.push(await push.browserOf(me))
    await roughDay(me, browsers, 53)
    const story = await storyOf(me, browsers)
    expect(pushWrongs(story)).toEqual([])
    expect(story.kept.size).toBe(SCALE.devices - 2)
    expect(story.pushed.filter(({ status }) => status === 429).length).toBeGreaterThan(0)
  })

  it('would be caught keeping what is gone, forgetting what is there, losing a message, and hurrying', () => {
    const line = (over: Partial<Pushed> = {}): Pushed => ({
      ...{ endpoint: 'a', id: 'n1', text: '하나', status: 201, atMs: 10_000, ...over },
    })
    const story = (pushed: Pushed[], kept = ['a']): PushStory => ({
      ...{ pushed, kept: new Set(kept), endpoints: ['a'], told: new Map([['n1', '하나']]) },
      retryAfterMs: 2_000,
    })
    const gone = line({ status: 410 })
    const busy = line({ status: 429, atMs: 9_000 })
    expect(pushWrongs(story([line()]))).toEqual([])
    expect(pushWrongs(story([gone], []))).toEqual([])
    expect(pushWrongs(story([gone]))).toEqual(['a is gone and was kept'])
    expect(pushWrongs(story([gone, line({ atMs: 10_001 })], []))).toEqual(['a is gone and was sent more'])
    expect(pushWrongs(story([line()], []))).toEqual(['a was forgotten'])
    expect(pushWrongs(story([line({ status: 503 })]))).toEqual(['a was never told 하나'])
    expect(pushWrongs(story([line({ text: '옛말' })]))).toEqual(['a was never told 하나'])
    expect(pushWrongs(story([busy, line()]))).toEqual(['a was asked again after 1000 ms'])
    expect(pushWrongs(story([busy, line({ atMs: 11_000 })]))).toEqual([])
  })
})
