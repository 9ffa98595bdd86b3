import { readToPage } from './talk.ts'

/** Chromium's offer to put the app on the home screen; it can be taken once. */
export type InstallOffer = Event & { prompt: () => Promise<{ outcome: 'accepted' | 'dismissed' }> }
const isOffer = (event: Event): event is InstallOffer => 'prompt' in event

/** How the pages stand to this device. Small, since every page carries it; what it needs at rest is in at-rest.ts. */
class Device {
  /** When what is shown was read, if it comes from this device and not from the network: the oldest of it. */
  seenAt = $state<string | null>(null)
  /** A newer version that waits for its reader's word. */
  update = $state.raw<ServiceWorker | null>(null)
  install = $state.raw<InstallOffer | null>(null)
  /** True while the page that stands in for one without a network is shown: it knows nobody, and says nothing of anybody. */
  isStandIn = $state(false)

  /** Called once a page load. Returns how to stop. */
  listen(): () => void {
    const hear = ({ data }: MessageEvent) => {
      const told = readToPage(data)
      if (told && (this.seenAt === null || told.at < this.seenAt)) this.seenAt = told.at
    }
    const offer = (event: Event) => {
      if (!isOffer(event)) return
      // Offered in its own place, on the reader's own page, not over what they came for.
      event.preventDefault()
      this.install = event
    }
    const installed = () => {
      this.install = null
    }
    navigator.serviceWorker?.addEventListener('message', hear)
    addEventListener('beforeinstallprompt', offer)
    addEventListener('appinstalled', installed)
    addEventListener('vite:preloadError', reloadOnce)
    return () => {
      navigator.serviceWorker?.removeEventListener('message', hear)
      removeEventListener('beforeinstallprompt', offer)
      removeEventListener('appinstalled', installed)
      removeEventListener('vite:preloadError', reloadOnce)
    }
  }
}

const RELOADED = 'madang:reloaded'
const RELOAD_AGAIN_AFTER_MS = 60_000

/** A page of an older version asks for a file that is gone: loaded anew it has the new ones. Never twice in a row. */
function reloadOnce(): void {
  if (!navigator.onLine) return
  try {
    if (Date.now() - Number(sessionStorage.getItem(RELOADED)) < RELOAD_AGAIN_AFTER_MS) return
    sessionStorage.setItem(RELOADED, String(Date.now()))
  } catch {
    // Without storage nobody would know that it was done already.
    return
  }
  location.reload()
}

export const device = new Device()
