import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import sharp from 'sharp'
import { z } from 'zod'
import { requireChromium } from '../../scripts/system-packages.ts'
import { CHROMIUM_FLAGS } from './browser-chromium.ts'
import { hydrated } from './browser-person.ts'

const GROUND = '#fbf8f3'
const SIDES_PX = [192, 512] as const
/** A mask may cut away all but a circle of this share of the icon. */
const SAFE_SHARE = 0.8
const APPLE_SIDE_PX = 180
/** The mark is drawn on one colour; what PNG's palette rounds is less than this. */
const SAME_COLOUR_MAX = 6

const Icon = z.object({
  src: z.string().startsWith('/'),
  sizes: z.string(),
  type: z.string(),
  purpose: z.enum(['any', 'maskable']),
})
const Manifest = z.object({
  id: z.literal('/'),
  name: z.string().min(1),
  short_name: z.string().min(1).max(12),
  description: z.string().min(1),
  lang: z.enum(['ko', 'en']),
  start_url: z.literal('/'),
  scope: z.literal('/'),
  display: z.literal('standalone'),
  background_color: z.literal(GROUND),
  theme_color: z.literal(GROUND),
  icons: z.array(Icon),
  shortcuts: z.array(
    z.object({ name: z.string().min(1), url: z.string().startsWith('/'), icons: z.array(z.unknown()) }),
  ),
})
type Manifest = z.infer<typeof Manifest>

/** A profile on the disk: what the browser keeps of the site is there again when it is opened again. */
export function newProfile(): { dir: string; drop: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'madang-profile-'))
  return { dir, drop: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }) }
}

export const openProfile = async (
  dir: string,
  locale: 'ko-KR' | 'en-US' = 'ko-KR',
): Promise<BrowserContext> =>
  await chromium.launchPersistentContext(dir, {
    executablePath: await requireChromium(),
    args: CHROMIUM_FLAGS,
    locale,
    viewport: { width: 390, height: 844 },
    timezoneId: 'Asia/Seoul',
    reducedMotion: 'reduce',
    serviceWorkers: 'allow',
  })

/** Waits until a service worker answers for the page: it first fetches what it keeps. */
export async function controlled(page: Page): Promise<void> {
  await page.evaluate(`navigator.serviceWorker.controller ? true : new Promise((done) =>
    navigator.serviceWorker.addEventListener('controllerchange', () => done(true), { once: true }))`)
}

/** Everything that keeps the app at `origin` from a home screen, as a real Chromium and the files themselves say it. */
export async function homeScreenComplaints(origin: string): Promise<string[]> {
  const complaints: string[] = []
  for (const locale of ['ko-KR', 'en-US'] as const) {
    const profile = newProfile()
    const context = await openProfile(profile.dir, locale)
    try {
      const page = await context.newPage()
      complaints.push(...(await manifestComplaints(page, origin, locale)))
      if (locale === 'ko-KR') complaints.push(...(await offlineComplaints(context, page, origin)))
    } finally {
      await context.close()
      profile.drop()
    }
  }
  return complaints
}

async function manifestComplaints(page: Page, origin: string, locale: string): Promise<string[]> {
  await page.goto(`${origin}/`)
  await hydrated(page)
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  const devtools = await page.context().newCDPSession(page)
  const { url, errors, data } = await devtools.send('Page.getAppManifest')
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
  const complaints = [
    ...errors.map(({ message }) => `${url}: ${message}`),
    ...installabilityErrors.map(({ errorId }) => `Chromium will not install it: ${errorId}`),
  ]
  const manifest = Manifest.safeParse(JSON.parse(data ?? '{}'))
  if (!manifest.success)
    return [
      ...complaints,
      ...manifest.error.issues.map(({ path, message }) => `${url}: ${path.join('.')}: ${message}`),
    ]
  if (!locale.startsWith(manifest.data.lang))
    complaints.push(`${url}: speaks ${manifest.data.lang} to a reader of ${locale}`)
  complaints.push(...(await iconComplaints(page, origin, manifest.data)))
  for (const { url: path } of manifest.data.shortcuts) {
    const reply = await page.request.get(origin + path)
    if (!reply.ok()) complaints.push(`the shortcut ${path} answers ${reply.status()}`)
  }
  return complaints
}

async function iconComplaints(page: Page, origin: string, { icons }: Manifest): Promise<string[]> {
  const complaints: string[] = []
  for (const purpose of ['any', 'maskable'] as const)
    for (const side of SIDES_PX)
      if (!icons.some((icon) => icon.purpose === purpose && icon.sizes === `${side}x${side}`))
        complaints.push(`no ${purpose} icon of ${side} px`)
  for (const icon of icons.filter(({ type }) => type === 'image/png'))
    complaints.push(
      ...(await pictureComplaints(
        await bytesOf(page, origin + icon.src),
        icon.src,
        icon.sizes,
        icon.purpose,
      )),
    )
  const apple = await page.locator('link[rel="apple-touch-icon"]').getAttribute('href', { timeout: 5_000 })
  if (apple === null) return [...complaints, 'no apple-touch-icon']
  const sizes = `${APPLE_SIDE_PX}x${APPLE_SIDE_PX}`
  return [
    ...complaints,
    ...(await pictureComplaints(await bytesOf(page, new URL(apple, `${origin}/`).href), apple, sizes, 'any')),
  ]
}

async function bytesOf(page: Page, url: string): Promise<Buffer> {
  const reply = await page.request.get(url)
  return reply.ok() ? await reply.body() : Buffer.alloc(0)
}

/** Is the picture what the manifest says: as large, opaque, and for a mask with nothing outside the circle that stays? */
export async function pictureComplaints(
  bytes: Buffer,
  name: string,
  sizes: string,
  purpose: 'any' | 'maskable',
): Promise<string[]> {
  const picture = await sharp(bytes)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(() => null)
  if (!picture) return [`${name} is no picture`]
  const { data, info } = picture
  if (`${info.width}x${info.height}` !== sizes)
    return [`${name} is ${info.width}x${info.height}, not ${sizes}`]
  const { isOpaque } = await sharp(bytes).stats()
  if (!isOpaque) return [`${name} lets the ground shine through`]
  if (purpose === 'any') return []
  const radius = (info.width * SAFE_SHARE) / 2
  for (let at = 0; at < info.width * info.height; at++) {
    const [x, y] = [at % info.width, Math.floor(at / info.width)]
    const isOutside = Math.hypot(x - info.width / 2, y - info.height / 2) > radius
    const isDrawn = [0, 1, 2].some(
      (channel) =>
        Math.abs((data[at * info.channels + channel] ?? 0) - (data[channel] ?? 0)) > SAME_COLOUR_MAX,
    )
    if (isOutside && isDrawn) return [`${name}: a round mask cuts into the mark at ${x},${y}`]
  }
  return []
}

async function offlineComplaints(context: BrowserContext, page: Page, origin: string): Promise<string[]> {
  await page.goto(`${origin}/`)
  await hydrated(page)
  const isControlled = await page.evaluate('navigator.serviceWorker.controller !== null')
  if (isControlled !== true) return ['no service worker controls the page']
  await context.setOffline(true)
  const reply = await page.goto(`${origin}/`).catch(() => null)
  const stands = await page
    .locator('#main')
    .waitFor({ timeout: 10_000 })
    .then(
      () => true,
      () => false,
    )
  await context.setOffline(false)
  return reply?.status() === 200 && stands ? [] : ['start_url does not answer without a network']
}
