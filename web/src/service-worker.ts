/// <reference types="@sveltejs/kit" />
/// <reference no-default-lib="true"/>
/// <reference lib="esnext" />
/// <reference lib="webworker" />

import type { PushPayload } from '#contracts/notifications'
import { build, files, version } from '$service-worker'
import { pageDataOf, repliesIn } from './lib/offline/in-page.ts'
import { changesHands, FRAME_KEY, keyOf, neededFor, type Rule, ruleFor } from './lib/offline/kept-rules.ts'
import {
  find,
  forget,
  handsNow,
  keep,
  keepNewest,
  own,
  PHOTO_STORE,
  SEEN_STORE,
  wipe,
} from './lib/offline/kept-store.ts'
import { readable } from './lib/offline/seen.ts'
import { drain, queueHere, SYNC_TAG } from './lib/offline/sending.ts'
import { type FromPage, readFromPage, type ToPage } from './lib/offline/talk.ts'

declare const self: ServiceWorkerGlobalScope

const SHELL_STORE = `madang-shell-${version}`
const OFFLINE_PAGE = '/offline'
const PHOTOS_MAX = 150
/** A network that says nothing for this long is as good as none, when there is something to show. */
const PATIENCE_MS = 6_000
/** Who met a silent network once is not kept waiting as long at every press that follows. */
const PATIENCE_IN_SILENCE_MS = 1_500
const SILENT_FOR_MS = 20_000
/** Of the frame there is one; the rule only names it. */
const FRAME: Rule = { kind: 'frame', path: /^\/offline\/__data\.json$/, max: 1, not: [] }
const JSON_TYPE = 'application/json'

// Fonts are many and each reader needs a few: they are kept when first used, not fetched ahead.
const SHELL = [
  ...build.filter((path) => !/\.woff2$|swagger/.test(path)),
  ...files.filter((path) => !/\/icons\/|\/screens\//.test(path)),
]

// No skipWaiting here: a page keeps the files it began with until its reader asks for the new version.
self.addEventListener('install', (event) => {
  const fill = async () => {
    await (await caches.open(SHELL_STORE)).addAll(SHELL)
    await keepOfflinePage('')
  }
  event.waitUntil(fill())
})

/** Without a session: the page that is kept belongs to nobody. `look` is its language and theme. */
async function keepOfflinePage(look: string): Promise<void> {
  const [language = '', theme = ''] = look.split(' ')
  const shell = await caches.open(SHELL_STORE)
  const known = await shell.match(OFFLINE_PAGE)
  if (known && known.headers.get('x-madang-look') === look) return
  // The reader's own cookies would bring their name along; language and theme go by other ways.
  const reply = await fetch(OFFLINE_PAGE, {
    credentials: 'omit',
    headers: language === '' ? {} : { 'accept-language': language },
  })
  if (!reply.ok) return
  const headers = new Headers(reply.headers)
  headers.set('x-madang-look', look)
  const html = await reply.text()
  // A newer server's page would ask for files that this version has not.
  if ([...html.matchAll(/\/_app\/immutable\/[\w./-]+\.js/g)].some(([path]) => !build.includes(path))) return
  const themed = /^(light|dark)$/.test(theme)
    ? html.replace('data-theme="system"', `data-theme="${theme}"`)
    : html
  await shell.put(OFFLINE_PAGE, new Response(themed, { headers }))
}

self.addEventListener('activate', (event) => {
  const tidy = async () => {
    for (const name of await caches.keys())
      if (/^madang-/.test(name) && ![SHELL_STORE, SEEN_STORE, PHOTO_STORE].includes(name))
        await caches.delete(name)
    await self.clients.claim()
  }
  event.waitUntil(tidy())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (url.origin !== location.origin) return
  if (request.method !== 'GET') {
    if (request.method === 'POST' && changesHands(url.pathname)) event.waitUntil(handOver(url.pathname))
    return
  }
  if (request.mode === 'navigate') event.respondWith(page(event, url))
  else if (url.pathname.startsWith('/_app/immutable/') || SHELL.includes(url.pathname))
    event.respondWith(shell(request))
  else if (url.pathname.startsWith('/img/')) event.respondWith(photo(request))
  else if (url.pathname.endsWith('/__data.json')) event.respondWith(pageData(event, url))
  else {
    const rule = ruleFor(url)
    if (rule) event.respondWith(seen(event, url, rule))
  }
})

/** Whoever signs out, or in, leaves nothing to the next: what was read goes, and with a sign-out what was written. */
async function handOver(path: string): Promise<void> {
  await wipe()
  if (path === '/session/end') await queueHere().clear()
}

/** Until when the network counts as silent. It is forgotten when this worker sleeps, and then found out anew. */
let silentUntilMs = 0

/** What the network says, or null when it says nothing in time: also when it fails, which `answer` itself tells. */
async function inTime(answer: Promise<Response>): Promise<Response | null> {
  const patienceMs = Date.now() < silentUntilMs ? PATIENCE_IN_SILENCE_MS : PATIENCE_MS
  const late = new Promise<'late'>((done) => setTimeout(() => done('late'), patienceMs))
  const first = await Promise.race([answer.catch(() => null), late])
  if (first === 'late') silentUntilMs = Date.now() + SILENT_FOR_MS
  else if (first) silentUntilMs = 0
  return first === 'late' ? null : first
}

async function page(event: FetchEvent, url: URL): Promise<Response> {
  const asked = handsNow()
  const answer = fetch(event.request)
  // A page that nothing is kept of is worth waiting for, however long it takes.
  const isKept = (await readable([url.pathname])).length > 0
  const fresh = isKept ? await inTime(answer) : await answer.catch(() => null)
  if (fresh?.ok) event.waitUntil(keepWhatCame(fresh.clone(), url, asked))
  // Stands in at any address; its script then opens the page itself when enough of it is kept.
  return fresh ?? (await caches.match(OFFLINE_PAGE)) ?? (await answer.catch(() => Response.error()))
}

/** A page that comes whole brings its data inside, where no request shows it. */
async function keepWhatCame(fresh: Response, url: URL, asked: number): Promise<void> {
  const html = await fresh.text().catch(() => '')
  for (const { url: path, body } of repliesIn(html)) {
    const from = new URL(path, location.origin)
    const rule = ruleFor(from)
    if (rule) await keep(keyOf(from), body, JSON_TYPE, rule, asked)
  }
  const own = new URL(`${url.pathname}/__data.json`, location.origin)
  const rule = ruleFor(own)
  const reply = rule ? await fetch(own).catch(() => null) : null
  if (rule && reply?.ok) await keep(keyOf(own), await reply.text(), JSON_TYPE, rule, asked)
}

async function shell(request: Request): Promise<Response> {
  const kept = await caches.match(request)
  if (kept) return kept
  const fresh = await fetch(request)
  if (fresh.ok) await (await caches.open(SHELL_STORE)).put(request, fresh.clone())
  return fresh
}

/** A photo's address never changes its picture, so what is kept is right. */
async function photo(request: Request): Promise<Response> {
  const asked = handsNow()
  const kept = await caches.match(request, { cacheName: PHOTO_STORE })
  if (kept) return kept
  const fresh = await fetch(request)
  if (fresh.ok && asked === handsNow()) {
    const store = await caches.open(PHOTO_STORE)
    await store.put(request, fresh.clone())
    await keepNewest(store, PHOTOS_MAX, () => true)
  }
  return fresh
}

/** The network first; what was read last when there is none, or none that answers. */
async function seen(event: FetchEvent, url: URL, rule: Rule): Promise<Response> {
  const key = keyOf(url)
  const answer = fetch(event.request)
  event.waitUntil(keepAnswer(answer, key, rule))
  const first = await inTime(answer)
  if (first) return first
  const kept = await find(key)
  if (!kept) return await answer.catch(() => Response.error())
  await tellSeen(event.clientId, kept.at)
  return new Response(kept.body, { headers: { 'content-type': kept.type } })
}

async function keepAnswer(answer: Promise<Response>, key: string, rule: Rule): Promise<void> {
  const asked = handsNow()
  const reply = (await answer.catch(() => null))?.clone()
  if (!reply) return
  // Gone, or not for this reader any more: then not for reading offline either.
  if ([401, 403, 404, 410].includes(reply.status)) await forget(key)
  if (reply.status === 200)
    await keep(key, await reply.text(), reply.headers.get('content-type') ?? JSON_TYPE, rule, asked)
}

/** What a page's server part answers; offline it is put together from what is kept. */
async function pageData(event: FetchEvent, url: URL): Promise<Response> {
  const rule = ruleFor(url)
  const answer = fetch(event.request)
  if (rule) event.waitUntil(keepAnswer(answer, keyOf(url), rule))
  const first = await inTime(answer)
  if (first) return first
  const path = url.pathname.replace(/\/__data\.json$/, '') || '/'
  const frame = neededFor(path) === null ? null : await find(FRAME_KEY)
  const own = rule ? await find(keyOf(url)) : null
  const data = frame && (own || !rule) ? pageDataOf(frame.body, own?.body ?? null) : null
  if (data === null) return await answer.catch(() => Response.error())
  if (own) await tellSeen(event.clientId, own.at)
  return new Response(data, { headers: { 'content-type': JSON_TYPE } })
}

async function tellSeen(clientId: string, at: string): Promise<void> {
  const told: ToPage = { kind: 'seen', at }
  ;(await self.clients.get(clientId))?.postMessage(told)
}

self.addEventListener('message', (event) => {
  const told = readFromPage(event.data)
  if (told?.kind === 'take_over') event.waitUntil(self.skipWaiting())
  if (told?.kind === 'here')
    event.waitUntil(meet(told, event.source instanceof WindowClient ? event.source : null))
})

/** A page says who sits here: the store is theirs, and the frame of their pages is kept for when there is no network. */
async function meet(
  { who, look, isFirst }: Extract<FromPage, { kind: 'here' }>,
  from: WindowClient | null,
): Promise<void> {
  await own(who)
  const asked = handsNow()
  const frame = await fetch(`${FRAME_KEY}?x-sveltekit-invalidated=10`).catch(() => null)
  if (frame?.ok) await keep(FRAME_KEY, await frame.text(), JSON_TYPE, FRAME, asked)
  await keepOfflinePage(look).catch(() => undefined)
  // The very first page came before there was anybody to keep it.
  const first = isFirst && from ? await fetch(from.url).catch(() => null) : null
  if (first?.ok && from) await keepWhatCame(first, new URL(from.url), asked)
}

// Background Sync, where there is one. Refused promises are tried again by the browser, later and later.
self.addEventListener('sync', (event) => {
  if (event.tag !== SYNC_TAG) return
  const send = async () => {
    if (!(await drain())) throw new Error('some messages still wait')
  }
  event.waitUntil(send())
})

/** What a push says, as our own server wrote it; null for anything else, which then is a plain "something happened". */
function toldIn(data: PushMessageData | null): PushPayload | null {
  try {
    const told: PushPayload | undefined = data?.json()
    return typeof told?.title === 'string' && typeof told.url === 'string' ? told : null
  } catch {
    return null
  }
}

// The same notification told twice takes the place of the first. A push must always show something, or the browser says it itself.
self.addEventListener('push', (event) => {
  const told = toldIn(event.data)
  const shown = self.registration.showNotification(told?.title ?? '마당', {
    body: told?.body ?? '',
    tag: told?.id ?? 'madang',
    icon: '/icons/apple-180.png',
    data: { url: told?.url ?? '/notifications' },
  })
  event.waitUntil(shown)
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  const target = new URL(event.notification.data?.url ?? '/notifications', location.origin)
  // Only pages of ours are opened, whatever a message says.
  event.waitUntil(
    show(target.origin === location.origin ? target : new URL('/notifications', location.origin)),
  )
})

/** In a window that shows this page already, else in a new one: nobody's half-written words are navigated away. */
async function show(target: URL): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const one = windows.find(({ url }) => new URL(url).pathname === target.pathname)
  if (one === undefined) {
    await self.clients.openWindow(target.href)
    return
  }
  await one.focus()
  if (one.url !== target.href)
    await one.navigate(target.href).catch(() => self.clients.openWindow(target.href))
}

// The browser changed the address it is reached at. Best effort: each opening of the app renews it too.
self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(renew(event.newSubscription ?? null, event.oldSubscription ?? null))
})

async function renew(given: PushSubscription | null, old: PushSubscription | null): Promise<void> {
  const options = old?.options
  const fresh =
    given ?? (options ? await self.registration.pushManager.subscribe(options).catch(() => null) : null)
  if (!fresh) return
  const { endpoint, keys } = fresh.toJSON()
  const tell = () =>
    fetch('/api/v1/notifications/devices', {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE, 'idempotency-key': crypto.randomUUID() },
      body: JSON.stringify({ endpoint, keys: { p256dh: keys?.p256dh, auth: keys?.auth } }),
    }).catch(() => null)
  const told = await tell()
  if (told?.status === 401 && (await fetch('/session/refresh', { method: 'POST' }).catch(() => null))?.ok)
    await tell()
}
