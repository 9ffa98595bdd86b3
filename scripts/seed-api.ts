import { availableParallelism } from 'node:os'
import { z } from 'zod'

export const Made = z.object({ id: z.string() })
const Session = z.object({ accessToken: z.string() })
/** Drawing photos keeps both cores busy; more lanes than this only wait for each other. */
const LANES = Math.max(4, availableParallelism() * 2)
const REQUEST_DEADLINE_MS = 60_000
const ATTEMPTS_MAX = 5
const RETRY_AFTER_MS = 500

/** An access token of a member. */
export async function signIn(origin: string, login: string, password: string): Promise<string> {
  return Session.parse(await post(`${origin}/api/v1/auth/sign-in`, { login, password })).accessToken
}

export type Api = ReturnType<typeof apiOf>

/** The platform's API, asked by the town's members by their index. */
export const apiOf = (base: string, tokenOf: (member: number) => string) => ({
  /** `msAgo` gives the town its past (workers/listings/http/routes.ts). */
  post: (member: number, path: string, body: object, { key, msAgo }: { key: string; msAgo: number }) =>
    post(base + path, body, {
      authorization: `Bearer ${tokenOf(member)}`,
      'idempotency-key': key,
      'dev-at-ms': String(Date.now() - msAgo),
    }),
  get: (member: number, path: string) =>
    ask(base + path, { headers: { authorization: `Bearer ${tokenOf(member)}` } }),
  send: (method: 'PUT' | 'PATCH', member: number, path: string, body?: object) =>
    send(method, base + path, body, { authorization: `Bearer ${tokenOf(member)}` }),
  upload: async (member: number, bytes: Uint8Array<ArrayBuffer>, type: string) =>
    Made.parse(
      await ask(`${base}/media`, {
        method: 'POST',
        body: bytes,
        headers: { 'content-type': type, authorization: `Bearer ${tokenOf(member)}` },
      }),
    ).id,
})

/** The item at an index that the town names. */
export function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  if (item === undefined) throw new Error(`the town names number ${index}, which is not there`)
  return item
}

/** Works through a list with a few at a time, starting them in order; the first failure ends it. */
export async function inLanes<Item, Made>(
  items: Item[],
  work: (item: Item, index: number) => Promise<Made>,
): Promise<Made[]> {
  const results: Made[] = []
  let next = 0
  const lane = async () => {
    while (next < items.length) {
      const index = next++
      results[index] = await work(at(items, index), index)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return results
}

export const post = (url: string, body: object, headers: Record<string, string> = {}) =>
  send('POST', url, body, headers)

const send = (method: string, url: string, body: object | undefined, headers: Record<string, string>) =>
  ask(url, {
    method,
    headers: body ? { 'content-type': 'application/json', ...headers } : headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

/**
 * Asks until there is an answer: while sources change, `wrangler dev` restarts workers under their requests. Everything asked
 * here stands a second time (a key, an upsert, a photo that nobody attaches and that is cleared away).
 */
async function ask(url: string, init: RequestInit): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    const reply = await fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_DEADLINE_MS) })
      .then(async (response) => ({ ok: response.ok, status: response.status, text: await response.text() }))
      .catch((error: unknown) => ({ ok: false, status: 503, text: String(error) }))
    if (reply.ok) return reply.text === '' ? null : JSON.parse(reply.text)
    if (reply.status !== 503 || attempt === ATTEMPTS_MAX) {
      throw new Error(`${new URL(url).pathname} answered ${reply.status}: ${reply.text.slice(0, 500)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, attempt * RETRY_AFTER_MS))
  }
}
