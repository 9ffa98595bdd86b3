import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { hydrated } from './browser-person.ts'

/** What a page whose network went says of its own accord. */
export const NO_NETWORK =
  /ERR_INTERNET_DISCONNECTED|ERR_NETWORK|ERR_FAILED|Failed to fetch|WebSocket connection/

/** The machine may be busy; what is polled for comes or does not. */
export const PATIENT = { timeout: 30_000 }

/** Opens an address as if typed, network or not. */
export async function typeIn(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await hydrated(page)
}

/** The paths that this device can show without a network. */
export const pathsKept = async (page: Page): Promise<string[]> =>
  String(
    await page.evaluate(
      "caches.open('madang-seen').then((it) => it.keys()).then((keys) => keys.map(({ url }) => new URL(url).pathname).join(' '))",
    ),
  )
    .split(' ')
    .filter(Boolean)

/** Waits until a talk that is kept on this device has these words. */
export const keepsWords = (page: Page, words: string): Promise<void> =>
  expect
    .poll(
      () =>
        page.evaluate(`caches.open('madang-seen').then(async (it) => {
          const talks = (await it.keys()).filter(({ url }) => new URL(url).pathname.endsWith('/messages'))
          const kept = await Promise.all(talks.map(async (talk) => (await it.match(talk)).text()))
          return kept.some((talk) => talk.includes(${JSON.stringify(words)}))
        })`),
      PATIENT,
    )
    .toBe(true)

/** Visits the lists once, waits until they and the page's frame are kept, and goes back to where the page stood. */
export async function keepLists(page: Page): Promise<void> {
  const stay = page.url()
  for (const path of ['/', '/chat']) await typeIn(page, new URL(path, stay).href)
  for (const path of ['/offline/__data.json', '/api/v1/chat/rooms', '/api/v1/listings'])
    await expect.poll(() => pathsKept(page), PATIENT).toContain(path)
  await typeIn(page, stay)
}

/** The clientIds of the messages that wait on this device. */
export const messagesKept = (page: Page): Promise<unknown> =>
  page.evaluate(`new Promise((done, failed) => {
    const opening = indexedDB.open('madang', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('messages', { keyPath: 'clientId' })
    opening.onerror = () => failed(opening.error)
    opening.onsuccess = () => {
      const asked = opening.result.transaction('messages').objectStore('messages').getAllKeys()
      asked.onsuccess = () => { opening.result.close(); done(asked.result) }
    }
  })`)

/** Leaves a message behind that never found a way, as a killed app does; the room is named by its path. */
export async function leaveMessage(page: Page, { by, room }: { by: string; room: string }): Promise<void> {
  const row = { me: by, roomId: room.split('/').at(-1), refused: null, image: null }
  await page.evaluate(`new Promise((done) => {
    const opening = indexedDB.open('madang', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('messages', { keyPath: 'clientId' })
    opening.onsuccess = () => {
      const clientId = 'c-' + crypto.randomUUID()
      const body = { clientId, kind: 'text', text: '기다린 말' }
      const work = opening.result.transaction('messages', 'readwrite')
      work.objectStore('messages').put({ ...${JSON.stringify(row)}, clientId, atMs: Date.now(), body })
      work.oncomplete = () => { opening.result.close(); done(true) }
    }
  })`)
}

/** The names of what is begun in forms on this device. */
export const draftsKept = (page: Page): Promise<unknown> =>
  page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('madang.draft'))")

/** Who is signed in on the page. */
export const memberIdOn = async (page: Page): Promise<string> =>
  String(await page.evaluate("fetch('/api/v1/me').then((it) => it.json()).then(({ id }) => id)"))
