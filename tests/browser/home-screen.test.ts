import { createECDH, randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { alteringFront } from '../support/altering-front.ts'
import { type Madang, openMadang } from '../support/browser.ts'
import { hydrated } from '../support/browser-person.ts'
import { controlled, homeScreenComplaints, pictureComplaints } from '../support/home-screen.ts'

const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'

/** The machine may be busy; what is polled for comes or does not. */
const PATIENT = { timeout: 30_000 }

/** A new version first fetches all its files. */
const UPDATE_WITHIN_MS = 120_000

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

test('the app may go onto a home screen, in both languages', async () => {
  expect(await homeScreenComplaints(madang.origin)).toEqual([])
})

test('what would keep it from there is found', async () => {
  const small = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#fff' } })
    .png()
    .toBuffer()
  const front = await alteringFront(madang.origin, (path, body) => {
    if (path.endsWith('manifest.en.webmanifest'))
      return Buffer.from(body.toString().replace('standalone', 'browser'))
    if (path === '/icons/app-512.png') return small
    if (path === '/service-worker.js') return Buffer.from('')
    return null
  })
  const complaints = (await homeScreenComplaints(front.origin)).join('\n')
  await front.end()
  expect(complaints).toContain('/icons/app-512.png is 64x64, not 512x512')
  expect(complaints).toContain('display')
  expect(complaints).toMatch(/no service worker controls|start_url does not answer/)

  // A mark that reaches the corners is cut by a round mask.
  const cornered = await sharp({ create: { width: 192, height: 192, channels: 3, background: '#fff' } })
    .composite([
      {
        input: Buffer.from('<svg width="40" height="40"><rect width="40" height="40"/></svg>'),
        top: 10,
        left: 10,
      },
    ])
    .png()
    .toBuffer()
  expect(await pictureComplaints(cornered, 'cornered', '192x192', 'maskable')).toHaveLength(1)
  expect(await pictureComplaints(cornered, 'cornered', '192x192', 'any')).toEqual([])
})

test('a new version waits for its reader, then the page begins anew with it', async () => {
  let version = ''
  const front = await alteringFront(madang.origin, (path, body) =>
    path === '/service-worker.js' ? Buffer.concat([body, Buffer.from(version)]) : null,
  )
  const { page } = await madang.person({ serviceWorkers: 'allow' })
  await page.goto(`${front.origin}/`)
  await hydrated(page)
  await controlled(page)
  await page.goto(`${front.origin}/`)
  await hydrated(page)
  const offer = page.getByRole('button', { name: '새로고침' })
  expect(await offer.count()).toBe(0)

  version = '\n// a newer one'
  await page.evaluate('globalThis.isOld = true')
  await page.evaluate('navigator.serviceWorker.getRegistration().then((it) => it.update()).then(() => true)')
  await page.getByText('새 버전이 있어요').waitFor({ timeout: UPDATE_WITHIN_MS })
  // Nothing happens by itself: the old one rules until its reader says so.
  expect(await page.evaluate('globalThis.isOld')).toBe(true)
  const waits = 'navigator.serviceWorker.getRegistration().then((it) => it.waiting !== null)'
  expect(await page.evaluate(waits)).toBe(true)
  await offer.click()
  await expect
    .poll(() => page.evaluate('globalThis.isOld === undefined').catch(() => false), PATIENT)
    .toBe(true)
  await hydrated(page)
  expect(await page.evaluate(waits)).toBe(false)
  await page.close()
  await front.end()
})

test('a page whose files are gone with an older version begins anew, once', async () => {
  const { page, go } = await madang.person()
  await go('/')
  await page.evaluate('globalThis.isOld = true')
  const missing = "dispatchEvent(new Event('vite:preloadError', { cancelable: true }))"
  await page.evaluate(missing)
  await expect
    .poll(() => page.evaluate('globalThis.isOld === undefined').catch(() => false), PATIENT)
    .toBe(true)
  await hydrated(page)
  await page.evaluate('globalThis.isOld = true')
  await page.evaluate(missing)
  await go('/search')
  await go('/')
  await page.evaluate('globalThis.isOld = true')
  await page.evaluate(missing)
  expect(await page.evaluate('globalThis.isOld')).toBe(true)
})

test('the offer to install stands quietly on my page, and goes when it is taken', async () => {
  const { page, go } = await madang.person()
  await go('/me')
  const add = page.getByRole('button', { name: '홈 화면에 추가' })
  expect(await add.count()).toBe(0)
  await page.evaluate(`{
    const offer = new Event('beforeinstallprompt', { cancelable: true })
    offer.prompt = async () => { globalThis.isAsked = true; return { outcome: 'accepted' } }
    globalThis.isHeldBack = !dispatchEvent(offer)
  }`)
  await add.click()
  expect(await page.evaluate('[globalThis.isAsked, globalThis.isHeldBack]')).toEqual([true, true])
  await expect.poll(() => add.count(), PATIENT).toBe(0)
})

test('an iPhone is told to add the app to the home screen before it is asked for notifications', async () => {
  const { page, go, context } = await madang.member({ serviceWorkers: 'allow' })
  await context.addInitScript(
    `Object.defineProperty(navigator, 'userAgent', { get: () => ${JSON.stringify(IPHONE)} })`,
  )
  await go('/me/notifications')
  await page.getByText('홈 화면에 추가한 앱에서만 알림을').waitFor()
  expect(await page.getByRole('button', { name: '이 기기에서 알림 받기' }).count()).toBe(0)
  await go('/me')
  await page.getByText('Safari 아래쪽의 공유 버튼을 눌러요.').waitFor()

  // Opened from there, it may ask.
  await context.addInitScript("Object.defineProperty(navigator, 'standalone', { get: () => true })")
  await go('/me/notifications')
  await page.getByRole('button', { name: '이 기기에서 알림 받기' }).waitFor()
})

test('a push that is pressed comes to the window that shows its page, else a new one opens', async () => {
  const { page, go, context } = await madang.person({ serviceWorkers: 'allow' })
  await context.grantPermissions(['notifications'])
  await go('/')
  await controlled(page)
  const [worker] = context.serviceWorkers()
  if (!worker) throw new Error('no service worker')
  /** Presses a notification; only a real finger may open or focus windows, so what is asked for is written down instead. */
  const press = (url: string) =>
    worker.evaluate(`(async () => {
      const did = []
      self.clients.openWindow = async (href) => void did.push('open ' + new URL(href).pathname)
      WindowClient.prototype.focus = async function () { did.push('focus ' + new URL(this.url).pathname); return this }
      const event = new Event('notificationclick')
      const works = []
      Object.assign(event, { notification: { close() {}, data: { url: ${JSON.stringify(url)} } }, waitUntil: (work) => works.push(work) })
      self.dispatchEvent(event)
      await Promise.all(works)
      return did
    })()`)
  expect(await press('/search')).toEqual(['open /search'])
  expect(await press('https://elsewhere.example/')).toEqual(['open /notifications'])
  await go('/search')
  expect(await press('/search')).toEqual(['focus /search'])
})

test('each opening of the app tells anew where this browser is reached, and says when it is reached no more', async () => {
  const { page, go, context } = await madang.member({ serviceWorkers: 'allow' })
  await context.addInitScript(pushService())
  const told: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/notifications/devices'))
      told.push(/send\/([\w-]+)/.exec(request.postData() ?? '')?.[1] ?? '')
  })
  await controlled(page)
  await go('/me/notifications')
  await page.getByRole('button', { name: '이 기기에서 알림 받기' }).click()
  await page.getByText('이 기기에서 알림을 받고 있어요.').waitFor()
  const [first] = told
  told.length = 0

  await go('/')
  await expect.poll(() => told.at(-1), PATIENT).toBe(first)
  await page.evaluate("localStorage.setItem('test:endpoint', 'moved-' + crypto.randomUUID())")
  await go('/')
  await expect.poll(() => told.at(-1), PATIENT).toMatch(/^moved-/)
  told.length = 0

  // Taken off on another device, it is not put back behind its member's back.
  await page.evaluate(`fetch('/api/v1/notifications/devices').then((it) => it.json()).then(({ items }) =>
    Promise.all(items.map(({ id }) => fetch('/api/v1/notifications/devices/' + id, { method: 'DELETE' }))).then(() => true))`)
  await go('/')
  await page.getByText('이 기기의 알림이 끊겼어요').waitFor()
  await page.getByRole('button', { name: '다시 켜기' }).click()
  await page.waitForURL('**/me/notifications')
  await page.getByRole('button', { name: '이 기기에서 알림 받기' }).waitFor()
  expect(told).toEqual([])
})

/** A browser's own push service, which no test machine reaches: it hands out one address and keeps it. */
function pushService(): string {
  const keys = {
    p256dh: createECDH('prime256v1').generateKeys('base64url'),
    auth: randomBytes(16).toString('base64url'),
  }
  return `{
    const now = () => {
      const name = localStorage.getItem('test:endpoint')
      if (name === null) return null
      const endpoint = 'https://fcm.googleapis.com/fcm/send/' + name
      return { endpoint, toJSON: () => ({ endpoint, keys: ${JSON.stringify(keys)} }), unsubscribe: async () => (localStorage.removeItem('test:endpoint'), true) }
    }
    PushManager.prototype.getSubscription = async () => now()
    PushManager.prototype.subscribe = async () => {
      if (now() === null) localStorage.setItem('test:endpoint', crypto.randomUUID())
      return now()
    }
    Object.defineProperty(Notification, 'permission', { get: () => 'granted' })
    Notification.requestPermission = async () => 'granted'
  }`
}
