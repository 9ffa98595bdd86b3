import { themeNow } from '$lib/frame/theme.ts'
import { getLocale } from '$lib/paraglide/runtime.js'
import { device } from './device.svelte.ts'
import { drain, queueHere } from './sending.ts'
import type { FromPage } from './talk.ts'

/** Someone signed in, or '' for a guest. */
export type Who = string
const LOOK_FOR_UPDATE_EVERY_MS = 60 * 60 * 1000
/** On a first visit the service worker fetches all files of the app: not while its reader waits for the first page. */
const FIRST_VISIT_RESTS_MS = 4_000

/**
 * What a page does for its device once it stands: says who sits here, sends what waits, and looks for a new version. Each
 * part may fail by itself, and is done again with the next page.
 */
export function attend(who: Who): () => void {
  const wake = () => {
    if (document.visibilityState === 'visible' && who !== '') void drain()
  }
  void registerWhenAtRest()
  const looking = lookForUpdates()
  void sayWho(who)
  if (who !== '') {
    void queueHere()
      .keepOnlyOf(who)
      .then(() => drain())
    void import('$lib/notifications/renew.ts').then(({ renewHere }) => renewHere(who)).catch(() => undefined)
  }
  addEventListener('online', wake)
  document.addEventListener('visibilitychange', wake)
  return () => {
    looking()
    removeEventListener('online', wake)
    document.removeEventListener('visibilitychange', wake)
  }
}

/** Registered again it is looked for anew, and nothing else happens. */
async function registerWhenAtRest(): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  if (navigator.serviceWorker.controller === null)
    await new Promise((rested) => setTimeout(rested, FIRST_VISIT_RESTS_MS))
  await navigator.serviceWorker.register('/service-worker.js').catch(() => undefined)
}

async function sayWho(who: Who): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const isFirst = navigator.serviceWorker.controller === null
  const { active } = await navigator.serviceWorker.ready
  const told: FromPage = { kind: 'here', who, look: `${getLocale()} ${themeNow()}`, isFirst }
  active?.postMessage(told)
}

function lookForUpdates(): () => void {
  if (!('serviceWorker' in navigator)) return () => undefined
  let lookedAtMs = Date.now()
  const look = async () => {
    if (document.visibilityState === 'hidden' || Date.now() - lookedAtMs < LOOK_FOR_UPDATE_EVERY_MS) return
    lookedAtMs = Date.now()
    // Without a network there is nothing new.
    await (await navigator.serviceWorker.getRegistration())?.update().catch(() => undefined)
  }
  void navigator.serviceWorker.ready.then(noticeUpdates)
  document.addEventListener('visibilitychange', look)
  return () => document.removeEventListener('visibilitychange', look)
}

/** A worker that is installed while another rules waits until its reader says so. */
function noticeUpdates(registration: ServiceWorkerRegistration): void {
  const notice = () => {
    if (registration.waiting && navigator.serviceWorker.controller) device.update = registration.waiting
  }
  const watch = () => registration.installing?.addEventListener('statechange', notice)
  notice()
  watch()
  registration.addEventListener('updatefound', watch)
}

/** The reader wants the new version: it takes over, and the page begins anew with its files. */
export function takeUpdate(): void {
  const reload = () => location.reload()
  const told: FromPage = { kind: 'take_over' }
  if (device.update === null) {
    reload()
    return
  }
  navigator.serviceWorker.addEventListener('controllerchange', reload, { once: true })
  device.update.postMessage(told)
}
