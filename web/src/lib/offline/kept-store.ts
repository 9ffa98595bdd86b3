import type { Rule } from './kept-rules.ts'

/** One store for everything that was read, with one owner: another owner, or none, means an empty store. */
export const SEEN_STORE = 'madang-seen'
export const PHOTO_STORE = 'madang-photos'
/** The moment of reading, on each reply that is kept. */
export const SEEN_AT = 'x-madang-seen-at'
const OWNER_KEY = '/.owner'
const KEPT_MS = 14 * 24 * 60 * 60 * 1000
const BODY_LENGTH_MAX = 400_000

export type Seen = { body: string; type: string; at: string }

/** Counts the changes of hands: what was asked for before one is not kept after it. */
let hands = 0
export const handsNow = () => hands

/** Keeps a reply under `key`, unless it is another's by now. Best effort: on a full device offline simply shows less. */
export async function keep(
  key: string,
  body: string,
  type: string,
  rule: Rule,
  asked: number,
): Promise<void> {
  if (asked !== hands || body.length > BODY_LENGTH_MAX) return
  try {
    const store = await caches.open(SEEN_STORE)
    const headers = { 'content-type': type, [SEEN_AT]: new Date().toISOString() }
    // Put anew it counts as the newest.
    await store.delete(key)
    if (asked !== hands) return
    await store.put(key, new Response(body, { headers }))
    await keepNewest(store, rule.max, (url) => rule.path.test(url.pathname))
  } catch {
    // Said above.
  }
}

/** What was kept under `key`, unless it is too old to be of use. */
export async function find(key: string): Promise<Seen | null> {
  const kept = await (await caches.open(SEEN_STORE)).match(key, { ignoreVary: true }).catch(() => undefined)
  const at = kept?.headers.get(SEEN_AT) ?? ''
  if (!kept || !(Date.now() - Date.parse(at) <= KEPT_MS)) return null
  return { body: await kept.text(), type: kept.headers.get('content-type') ?? 'application/json', at }
}

export async function forget(key: string): Promise<void> {
  await (await caches.open(SEEN_STORE)).delete(key).catch(() => false)
}

/** Every path that something is kept under. */
export async function keptPaths(): Promise<Set<string>> {
  if (!('caches' in globalThis)) return new Set()
  const keys = await (await caches.open(SEEN_STORE)).keys()
  return new Set(keys.map(({ url }) => new URL(url).pathname))
}

/** Says whose the store is from now on. What an earlier owner left is thrown away; what nobody owned is taken over. */
export async function own(who: string): Promise<void> {
  const owner = await ownerHere()
  if (owner !== undefined && owner !== who) await wipe()
  if (owner !== who) await (await caches.open(SEEN_STORE)).put(OWNER_KEY, new Response(who))
}

/** Whose the store is; undefined while nobody said so. */
export async function ownerHere(): Promise<string | undefined> {
  return await (await (await caches.open(SEEN_STORE)).match(OWNER_KEY))?.text()
}

/** Throws away all that was read on this device, photos among them. Done twice it is the same as once. */
export async function wipe(): Promise<void> {
  hands++
  if ('caches' in globalThis) await Promise.all([SEEN_STORE, PHOTO_STORE].map((name) => caches.delete(name)))
}

/** Keys come in the order they were put; the oldest go first. */
export async function keepNewest(store: Cache, max: number, isOfKind: (url: URL) => boolean): Promise<void> {
  const keys = (await store.keys()).filter(({ url }) => isOfKind(new URL(url)))
  await Promise.all(keys.slice(0, Math.max(0, keys.length - max)).map((key) => store.delete(key)))
}
