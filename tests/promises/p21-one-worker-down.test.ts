import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Domain, inboxQueueOf } from '#contracts/subscriptions'
import { createApp, refusal } from '#kit/app'
import { ROOT } from '../../scripts/root.ts'
import { readWorkers } from '../../scripts/workers.ts'
import { eventually, type Reply, unique } from '../support/platform.ts'
import type { Call, Ready } from './p21-call.ts'
import { callsOf } from './p21-calls.ts'
import {
  answerTo,
  type Backlog,
  type Duty,
  type Effects,
  faultsOf,
  halfStates,
  type Outcome,
  readBacklog,
  undrained,
} from './p21-outage.ts'
import { startTown, type Town } from './p21-town.ts'

const DOMAINS: readonly Domain[] = [
  ...(['identity', 'listings', 'media', 'search', 'chat', 'notifications'] as const),
  ...(['trades', 'payments', 'coupons', 'group-buys', 'moderation'] as const),
]
/** What each domain's inbox and dead-letter queue does with a worker that cannot run. */
const QUEUES = readWorkers(ROOT).flatMap(({ toml }) => toml.queues.consumers)
const isHearer = (domain: Domain): boolean => QUEUES.some(({ queue }) => queue === inboxQueueOf(domain))
const MINUTE_SECONDS = 60
const DRAINED_WITHIN_MS = 60_000
const TICK_EVERY_MS = 1_000

let town: Town
let calls: readonly Call[]
beforeAll(async () => {
  town = await startTown()
  calls = callsOf(town)
  // Once through with everything running: whoever looks at tokens has the keys by which it knows members.
  const replies = calls.map(async (call) => ({
    ...{ call: nameOf(call), duty: 'goes on' as const },
    reply: await (await call.ready()).ask(unique('k')),
  }))
  expect(faultsOf(await Promise.all(replies))).toEqual([])
  await town.callOffAll()
}, 120_000)
afterEach(() => town.callOffAll())
afterAll(() => town.platform.close())

const nameOf = ({ domain, what }: Call) => `${domain}: ${what}`

function dutyOf({ domain, needs, waitsFor }: Call, down: Domain): Duty {
  if (domain === down || needs?.includes(down)) return 'is refused'
  return waitsFor?.includes(down) ? 'is taken on' : 'goes on'
}

/** A call made ready before the stop, with the key it is asked under from then on. */
type Prepared = { call: string; duty: Duty; key: string; ready: Ready; before: number }

const prepare = (down: Domain): Promise<Prepared[]> =>
  Promise.all(
    calls
      .filter((call) => !call.isCostly || dutyOf(call, down) === 'is refused')
      .map(async (call) => {
        const ready = await call.ready()
        const [duty, key] = [dutyOf(call, down), unique('k')]
        return { call: nameOf(call), duty, key, ready, before: (await ready.effects?.()) ?? 0 }
      }),
  )

const askAll = (prepared: readonly Prepared[]): Promise<Outcome[]> =>
  Promise.all(
    prepared.map(async ({ call, duty, key, ready }) => ({
      call,
      duty,
      reply: await answerTo(ready.ask(key)),
    })),
  )

/** What the refused calls had left behind, and what they do when they are asked again, and once more. */
const askAgain = async (prepared: readonly Prepared[]): Promise<Effects[]> =>
  (await Promise.all(prepared.filter(({ duty }) => duty === 'is refused').map(askOneAgain))).flat()

async function askOneAgain({ call, key, ready, before }: Prepared): Promise<Effects[]> {
  const { ask, effects } = ready
  const refused = await effects?.()
  await eventually(async () => {
    const { status, text } = await ask(key)
    expect(status, `${call}: ${text}`).toBeLessThan(300)
  }, DRAINED_WITHIN_MS)
  if (!effects || refused === undefined) return []
  const again = await seen(effects, before + 1)
  await ask(key)
  return [{ call, before, refused, again, twice: await effects() }]
}

/** A list may be a read model that is a moment behind. */
async function seen(count: () => Promise<number>, wanted: number): Promise<number> {
  await eventually(async () => expect(await count()).toBe(wanted)).catch(() => {})
  return await count()
}

/** Lets minutes pass until nothing is left over, or a minute of the clock has. */
async function drained(down: Domain, sinceMs: number, waiting: readonly Prepared[]): Promise<string[]> {
  const deadline = Date.now() + DRAINED_WITHIN_MS
  for (;;) {
    await town.platform.tick()
    const left = isHearer(down) ? undrained(await readBacklog(town.platform, DOMAINS, down, sinceMs)) : []
    for (const { call, ready } of waiting)
      if (!(await ready.isDone?.())) left.push(`${call}: still under way`)
    if (left.length === 0 || Date.now() > deadline) return left
    await new Promise((resolve) => setTimeout(resolve, TICK_EVERY_MS))
  }
}

describe('P21: with one worker down', () => {
  test.each(DOMAINS)(
    '%s: what does not need it goes on, what does says so, and nothing is left over',
    async (down) => {
      const prepared = await prepare(down)
      const sinceMs = Date.now()
      await town.platform.stop(down)
      const outcomes = await askAll(prepared).finally(() => town.platform.start(down))
      expect(faultsOf(outcomes)).toEqual([])
      expect(outcomes.map(({ duty }) => duty)).toEqual(expect.arrayContaining(['goes on', 'is refused']))
      expect(halfStates(await askAgain(prepared))).toEqual([])
      const waiting = prepared.filter(({ duty }) => duty === 'is taken on')
      expect(await drained(down, sinceMs, waiting)).toEqual([])
    },
    240_000,
  )

  test('a thing posted while search is down is found, and a question asked while notices are down arrives', async () => {
    const title = unique('자전거')
    const { seller, buyer, platform } = town
    await platform.stop('search')
    await platform.stop('notifications')
    const id = await town.listing({ title })
    await town.send(buyer, `listings/${id}/comments`, { text: '아직 있나요?' })
    await platform.start('search')
    await platform.start('notifications')
    await eventually(async () => {
      expect(JSON.stringify((await town.look(`search?q=${encodeURIComponent(title)}`)).json)).toContain(id)
      expect(JSON.stringify((await town.look('notifications', seller)).json)).toContain(id)
    }, DRAINED_WITHIN_MS)
  })
})

describe('P21: what is told to a worker that is down', () => {
  test('waits three quarters of an hour for it, is tried again within half a minute, and given up it is kept for hours', () => {
    expect(QUEUES.length).toBeGreaterThan(14)
    for (const { queue, max_retries: tries = 0, retry_delay: delaySeconds = 0 } of QUEUES) {
      const waitsMinutes = (tries * delaySeconds) / MINUTE_SECONDS
      expect([queue, waitsMinutes >= (queue.endsWith('-dead') ? 240 : 45)]).toEqual([queue, true])
      if (!queue.endsWith('-dead')) expect([queue, delaySeconds <= 30]).toEqual([queue, true])
    }
  })
})

describe('P21: would be caught', () => {
  const Env = z.object({ NEIGHBOUR: z.custom<{ ask: () => Promise<string> }>() })
  const careless = createApp({ worker: 'careless', env: Env, keys: () => async () => ({ keys: [] }) })
  const posts: string[] = []
  careless.get('/asks', async (c) => c.json({ said: await c.env.NEIGHBOUR.ask() }))
  careless.post('/posts', async (c) => {
    posts.push(c.req.header('idempotency-key') ?? '')
    return await c.env.NEIGHBOUR.ask().then(
      (said) => c.json({ said }, 201),
      () => refusal(c, { code: 'UNAVAILABLE' }),
    )
  })
  const isStopped = { NEIGHBOUR: { ask: () => Promise.reject(new Error('the worker is stopped')) } }
  const hangs = { NEIGHBOUR: { ask: () => new Promise<string>(() => {}) } }
  const runs = { NEIGHBOUR: { ask: async () => 'done' } }
  const asked = async (path: string, env: object, init: RequestInit = {}): Promise<Reply> =>
    await readReply(await careless.request(path, init, env))

  test('a dependency without a fallback, and one without a deadline', async () => {
    const outcome = async (env: object): Promise<Outcome> => ({
      ...{ call: 'careless: asks', duty: 'is refused' },
      reply: await answerTo(asked('/asks', env), 100),
    })
    expect(faultsOf([await outcome(isStopped), await outcome(hangs), await outcome(runs)])).toEqual([
      'careless: asks: needs it, but was answered 500 INTERNAL',
      'careless: asks: never answered',
      'careless: asks: needs it, but was answered 200',
    ])
  })

  test('a call that fails though it does not need what is stopped, and one that says to come back much later', async () => {
    const reply = await asked('/asks', isStopped)
    const late = { status: 503, json: { code: 'UNAVAILABLE' }, headers: new Headers(reply.headers) }
    late.headers.set('retry-after', '30')
    expect(
      faultsOf([
        { call: 'careless: asks', duty: 'goes on', reply },
        { call: 'careless: asks', duty: 'is refused', reply: late },
      ]),
    ).toEqual([
      'careless: asks: goes on without it, but was answered 500 INTERNAL',
      'careless: asks: says to come back in 30 s',
    ])
  })

  test('a write that changes something before it asks', async () => {
    const post = (env: object) =>
      asked('/posts', env, { method: 'POST', headers: { 'idempotency-key': 'k' } }).then(() => posts.length)
    const effects: Effects = {
      ...{ call: 'careless: posts', before: posts.length, refused: await post(isStopped) },
      ...{ again: await post(runs), twice: await post(runs) },
    }
    expect(halfStates([effects])).toEqual([
      'careless: posts: was refused and left 1',
      'careless: posts: asked again it left 2',
      'careless: posts: its key was good for 1 more',
    ])
  })

  test('an event that is lost with the worker that should have heard it', async () => {
    const sound = await eventually(async (): Promise<Backlog> => {
      const backlog = await readBacklog(town.platform, DOMAINS, 'search', 0)
      expect(undrained(backlog)).toEqual([])
      return backlog
    })
    const [lost] = sound.told
    if (!lost) throw new Error('search was told nothing')
    const heard = new Set([...sound.heard].filter((id) => id !== lost.id))
    expect(undrained({ ...sound, heard, deadLetters: 1 })).toEqual([
      `${lost.type} ${lost.id} was not heard`,
      '1 dead letters',
    ])
  })
})

async function readReply(response: Response): Promise<Reply> {
  const text = await response.text()
  return {
    status: response.status,
    headers: new Headers([...response.headers]),
    text,
    json: JSON.parse(text),
  }
}
