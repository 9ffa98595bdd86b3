/// <reference types="@sveltejs/kit" />
/// <reference no-default-lib="true"/>
/// <reference lib="esnext" />
/// <reference lib="webworker" />

import type { PushPayload } from '#contracts/notifications'
import { build, files, version } from '$service-worker'
import { SEEN_AT, SEEN_STORE } from './lib/offline/seen.ts'

declare const self: ServiceWorkerGlobalScope

const SHELL_STORE = `madang-shell-${version}`
const PHOTO_STORE = 'madang-photos'
const OFFLINE_PAGE = '/offline'
const SEEN_LISTS_MAX = 8
const PHOTOS_MAX = 150

// Fonts are many and each reader needs a few: they are kept when first used, not fetched ahead.
const SHELL = [
  ...build.filter((path) => !/\.woff2$|swagger/.test(path)),
  ...files.filter((path) => !path.includes('/icons/')),
]

self.addEventListener('install', (event) => {
  const fill = async () => {
    const shell = await caches.open(SHELL_STORE)
    await shell.addAll(SHELL)
    // Without cookies: the page that is kept belongs to nobody.
    await shell.put(OFFLINE_PAGE, await fetch(OFFLINE_PAGE, { credentials: 'omit' }))
  }
  event.waitUntil(fill())
})

self.addEventListener('activate', (event) => {
  const tidy = async () => {
    for (const name of await caches.keys())
      if (name.startsWith('madang-shell-') && name !== SHELL_STORE) await caches.delete(name)
    await self.clients.claim()
  }
  event.waitUntil(tidy())
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (url.pathname.startsWith('/_app/immutable/') || SHELL.includes(url.pathname))
    event.respondWith(shell(request))
  else if (url.pathname.startsWith('/img/')) event.respondWith(photo(request))
  else if (url.pathname === '/api/v1/listings') event.respondWith(list(request))
})

async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch {
    const kept = await caches.match(OFFLINE_PAGE)
    return kept ?? Response.error()
  }
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
  const store = await caches.open(PHOTO_STORE)
  const kept = await store.match(request)
  if (kept) return kept
  const fresh = await fetch(request)
  if (fresh.ok) {
    await store.put(request, fresh.clone())
    await keepNewest(store, PHOTOS_MAX)
  }
  return fresh
}

/** The network first; what was seen last when there is none. Only the public list: nothing of a member's is kept. */
async function list(request: Request): Promise<Response> {
  const store = await caches.open(SEEN_STORE)
  try {
    const fresh = await fetch(request)
    if (fresh.ok) {
      const headers = new Headers(fresh.headers)
      headers.set(SEEN_AT, new Date().toISOString())
      await store.delete(request)
      await store.put(request, new Response(fresh.clone().body, { status: fresh.status, headers }))
      await keepNewest(store, SEEN_LISTS_MAX)
    }
    return fresh
  } catch {
    return (await store.match(request, { ignoreVary: true })) ?? Response.error()
  }
}

/** Keys come in the order they were put; the oldest go first. */
async function keepNewest(store: Cache, max: number): Promise<void> {
  const keys = await store.keys()
  await Promise.all(keys.slice(0, Math.max(0, keys.length - max)).map((key) => store.delete(key)))
}

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
  event.waitUntil(show(target.origin === location.origin ? target.href : `${location.origin}/notifications`))
})

/** In the window that is there, else in a new one. */
async function show(href: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const one = windows.find((client) => client.url === href) ?? windows[0]
  if (one === undefined) {
    await self.clients.openWindow(href)
    return
  }
  await one.focus()
  if (one.url !== href) await one.navigate(href).catch(() => self.clients.openWindow(href))
}
