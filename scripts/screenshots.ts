import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { z } from 'zod'
import { launchChromium } from '../tests/support/browser-chromium.ts'
import { openPerson, type Person } from '../tests/support/browser-person.ts'
import { say } from './progress.ts'
import { main, Refused } from './refused.ts'
import { inRoot } from './root.ts'
import { ACCOUNTS } from './seed.ts'

const HEIGHT_MAX_PX = 2400
const BUTTON_PATIENCE_MS = 3_000
const HERO_GAP_PX = 28
const HERO_PHONE_WIDTH_PX = 330
const HERO_GROUND = '#efe8dc'

type Look = {
  screen: 'phone' | 'desk'
  colorScheme: 'light' | 'dark'
  locale: 'ko-KR' | 'en-US'
}
type Shot = {
  name: string
  /** A path, or one that only whoever is signed in can tell; null when the town has no such page for them. */
  path: string | ((person: Person) => Promise<string | null>)
  as?: 'member' | 'operator'
  /** Buttons pressed one after the other; the last opens a sheet or a dialog. */
  open?: RegExp | RegExp[]
}

const LOOKS: Look[] = (['phone', 'desk'] as const).flatMap((screen) =>
  (['light', 'dark'] as const).flatMap((colorScheme) =>
    (['ko-KR', 'en-US'] as const).map((locale) => ({ screen, colorScheme, locale })),
  ),
)
const nameOf = ({ screen, colorScheme, locale }: Look) => `${screen}-${colorScheme}-${locale.slice(0, 2)}`

/** The pages there are, with a thing of the town that has several photos and some talk. */
async function shotsOf(origin: string): Promise<Shot[]> {
  const thing = await talkedAbout(origin)
  return [
    { name: 'home', path: '/' },
    { name: 'home-free', path: '/?free=true' },
    { name: 'home-nothing', path: '/?minPrice=999999998' },
    { name: 'filters', path: '/', open: /^(거르기|Filter)/ },
    { name: 'categories', path: '/', open: /^(카테고리|Category)/ },
    { name: 'place', path: '/', open: /^(동네 바꾸기|Change neighbo)/ },
    { name: 'search', path: '/search' },
    { name: 'search-found', path: `/search?q=${encodeURIComponent('자전거')}` },
    { name: 'search-nothing', path: `/search?q=${encodeURIComponent('없는물건이름')}` },
    { name: 'listing', path: `/listings/${thing.id}` },
    { name: 'listing-zoom', path: `/listings/${thing.id}`, open: /(크게 보기|larger|Zoom|full)/i },
    { name: 'member', path: `/members/${thing.sellerId}` },
    { name: 'sign-in', path: '/sign-in' },
    { name: 'sign-up', path: '/sign-up' },
    { name: 'find-id', path: '/find-id' },
    { name: 'reset-password', path: '/reset-password' },
    { name: 'post-guest', path: '/post' },
    { name: 'me-guest', path: '/me' },
    { name: 'together', path: '/together' },
    { name: 'together-one-guest', path: aGroupBuy },
    { name: 'together-one', path: aGroupBuy, as: 'member' },
    { name: 'together-new', path: '/together/new', as: 'member' },
    { name: 'me-together', path: '/me/together', as: 'member' },
    { name: 'me-together-host', path: '/me/together?role=host', as: 'member' },
    { name: 'together-host', path: myGroupBuy, as: 'member' },
    { name: 'chat', path: '/chat' },
    { name: 'notifications', path: '/notifications' },
    { name: 'offline', path: '/offline' },
    { name: 'nowhere', path: '/nowhere' },
    { name: 'home-member', path: '/', as: 'member' },
    { name: 'post', path: '/post', as: 'member' },
    { name: 'me', path: '/me', as: 'member' },
    { name: 'me-wishes', path: '/me/wishes', as: 'member' },
    { name: 'me-listings', path: '/me/listings', as: 'member' },
    { name: 'me-profile', path: '/me/profile', as: 'member' },
    { name: 'me-sessions', path: '/me/sessions', as: 'member' },
    { name: 'notifications-member', path: '/notifications', as: 'member' },
    { name: 'me-notifications', path: '/me/notifications', as: 'member' },
    { name: 'me-sales', path: '/me/sales', as: 'member' },
    { name: 'me-purchases', path: '/me/purchases', as: 'member' },
    { name: 'me-alerts', path: '/me/alerts', as: 'member' },
    { name: 'me-notices', path: '/me/notices', as: 'member' },
    { name: 'me-blocks', path: '/me/blocks', as: 'member' },
    { name: 'report', path: `/listings/${thing.id}`, as: 'member', open: /^(신고하기|Report)$/ },
    {
      name: 'alert',
      path: `/search?q=${encodeURIComponent('자전거')}`,
      as: 'member',
      open: /^(이 검색 알림|Tell me)/,
    },
    ...TALKING,
    ...BUYING,
    ...WALLET,
    { name: 'coupons', path: '/coupons' },
    { name: 'coupon-guest', path: aClaimPage },
    { name: 'operator-queue', path: '/operator', as: 'operator' },
    { name: 'operator-decided', path: '/operator?state=decided', as: 'operator' },
    { name: 'operator-case', path: aCase, as: 'operator' },
    { name: 'operator-decide', path: aCase, as: 'operator', open: /^(판단하기|Decide)/ },
    { name: 'operator-audit', path: '/operator/audit', as: 'operator' },
    { name: 'operator-money', path: '/operator/money', as: 'operator' },
    { name: 'operator-disputes', path: '/operator/disputes', as: 'operator' },
    { name: 'operator-disputes-decided', path: '/operator/disputes?state=decided', as: 'operator' },
    {
      name: 'operator-dispute-decide',
      path: '/operator/disputes',
      as: 'operator',
      open: /^(결정하기|Decide)$/,
    },
    { name: 'operator-coupons', path: '/operator/coupons', as: 'operator' },
    { name: 'operator-coupon', path: aCampaign, as: 'operator' },
    { name: 'operator-coupon-new', path: '/operator/coupons/new', as: 'operator' },
  ]
}

const Things = z.object({ items: z.array(z.looseObject({ id: z.string() })) })
const Rooms = z.object({
  items: z.array(z.object({ id: z.string(), role: z.string(), listing: z.object({ status: z.string() }) })),
})
const Trades = z.object({
  items: z.array(z.object({ id: z.string(), review: z.object({ mine: z.unknown() }) })),
})
const Purchases = z.object({
  items: z.array(z.object({ id: z.string(), state: z.string(), escrow: z.unknown() })),
})
const ForSale = z.object({
  items: z.array(z.object({ id: z.string(), price: z.number(), seller: z.object({ id: z.string() }) })),
})
const Me = z.object({ id: z.string() })
const Appointments = z.object({ items: z.array(z.object({ roomId: z.string() })) })

const ask = async ({ page }: Person, path: string): Promise<unknown> =>
  await (await page.request.get(`/api/v1${path}`)).json()
const aGroupBuy = async (person: Person) =>
  pathTo('/together', Things.parse(await ask(person, '/group-buys?state=recruiting')).items[0]?.id)
const myGroupBuy = async (person: Person) =>
  pathTo('/together', Things.parse(await ask(person, '/me/group-buys?role=host')).items[0]?.id)
const pathTo = (under: string, id: string | undefined) => (id === undefined ? null : `${under}/${id}`)

const roomWhere =
  (fits: (room: z.infer<typeof Rooms>['items'][number]) => boolean) => async (person: Person) =>
    pathTo('/chat', Rooms.parse(await ask(person, '/chat/rooms?limit=50')).items.find(fits)?.id)
const openRoom = roomWhere(({ listing }) => listing.status === 'on_sale')
const roomToSell = roomWhere(({ listing, role }) => listing.status === 'on_sale' && role === 'seller')
const soldRoom = roomWhere(({ listing }) => listing.status === 'sold')
const meetingRoom = async (person: Person) =>
  pathTo('/chat', Appointments.parse(await ask(person, '/appointments')).items[0]?.roomId)
const tradeWhere = (isReviewed: boolean) => async (person: Person) => {
  const pages = await Promise.all(['/me/sales', '/me/purchases'].map((path) => ask(person, path)))
  const trades = pages.flatMap((page) => Trades.parse(page).items)
  return pathTo('/me/trades', trades.find(({ review }) => (review.mine !== null) === isReviewed)?.id)
}
const purchaseIn = (side: 'sales' | 'purchases', wanted: string) => async (person: Person) => {
  const { items } = Purchases.parse(await ask(person, `/me/${side}?limit=50`))
  const found = items.find(({ state, escrow }) => state === wanted && escrow !== null)
  return pathTo('/me/trades', found?.id)
}
const somethingForSale = async (person: Person) => {
  const { id } = Me.parse(await ask(person, '/me'))
  const { items } = ForSale.parse(
    await ask(person, '/listings?status=on_sale&sort=wishes&minPrice=1&limit=50'),
  )
  return pathTo('/listings', items.find(({ seller }) => seller.id !== id)?.id)
}
const aCampaign = async (person: Person) =>
  pathTo('/operator/coupons', Things.parse(await ask(person, '/coupons/campaigns')).items[0]?.id)
const aNotice = async (person: Person) =>
  pathTo('/me/notices', Things.parse(await ask(person, '/me/decisions')).items[0]?.id)
const aCase = async (person: Person) =>
  pathTo('/operator/cases', Things.parse(await ask(person, '/operator/cases')).items[0]?.id)

const TALKING: Shot[] = [
  { name: 'chat-list', path: '/chat', as: 'member' },
  { name: 'room', path: openRoom, as: 'member' },
  { name: 'room-sold', path: soldRoom, as: 'member' },
  { name: 'room-meeting', path: meetingRoom, as: 'member' },
  { name: 'room-menu', path: openRoom, as: 'member', open: /^(대화 메뉴|Conversation menu)/ },
  { name: 'room-appointment', path: openRoom, as: 'member', open: /^(약속 잡기|Make an app)|\d:\d\d.* · / },
  { name: 'room-buyer', path: roomToSell, as: 'member', open: /^(거래 상대|Choose)/ },
  { name: 'room-message', path: openRoom, as: 'member', open: /^(메시지 메뉴|Message menu)/ },
  { name: 'trade', path: tradeWhere(true), as: 'member' },
  { name: 'trade-review', path: tradeWhere(false), as: 'member' },
  { name: 'trade-undo', path: tradeWhere(false), as: 'member', open: /^(거래 되돌리기|되돌리기|Undo)/ },
  { name: 'notice', path: aNotice, as: 'member' },
]

const BUYING: Shot[] = [
  { name: 'listing-member', path: somethingForSale, as: 'member' },
  { name: 'buy', path: somethingForSale, as: 'member', open: /^(지갑으로 사기|Buy with wallet)/ },
  { name: 'room-buy', path: openRoom, as: 'member', open: /^(지갑으로 사기|Buy with wallet)/ },
  { name: 'trade-paid', path: purchaseIn('purchases', 'paid'), as: 'member' },
  {
    name: 'trade-confirm',
    path: purchaseIn('purchases', 'paid'),
    as: 'member',
    open: /^(받았어요|I have it)/,
  },
  {
    name: 'trade-dispute',
    path: purchaseIn('purchases', 'paid'),
    as: 'member',
    open: /^(문제가 있어요|Something)/,
  },
  {
    name: 'trade-cancel',
    path: purchaseIn('purchases', 'paid'),
    as: 'member',
    open: /^(거래 취소|Cancel the trade)/,
  },
  { name: 'trade-paid-seller', path: purchaseIn('sales', 'paid'), as: 'member' },
  { name: 'trade-refund', path: purchaseIn('sales', 'paid'), as: 'member', open: /^(일부 돌려|Give part)/ },
  { name: 'trade-bought', path: purchaseIn('purchases', 'completed'), as: 'member' },
  { name: 'trade-sold', path: purchaseIn('sales', 'completed'), as: 'member' },
  { name: 'trade-cancelled', path: purchaseIn('purchases', 'cancelled'), as: 'member' },
  { name: 'trade-disputed', path: purchaseIn('purchases', 'disputed'), as: 'member' },
]

const aClaimPage = async (person: Person) =>
  pathTo('/coupons', Things.parse(await ask(person, '/coupons/campaigns')).items[0]?.id)
const aNextClaimPage = async (person: Person) =>
  pathTo('/coupons', Things.parse(await ask(person, '/coupons/campaigns')).items[1]?.id)
const someoneElse = async (person: Person) => {
  const { id } = Me.parse(await ask(person, '/me'))
  const { items } = ForSale.parse(await ask(person, '/listings?limit=50'))
  const other = items.find(({ seller }) => seller.id !== id)
  return other ? `/wallet/send?to=${other.seller.id}` : null
}
const Underways = z.object({ items: z.array(z.object({ kind: z.string(), id: z.string() })) })
const Causes = z.object({ items: z.array(z.object({ cause: z.object({ id: z.string() }) })) })
const underway = (wanted: string, under: string) => async (person: Person) => {
  const { items } = Underways.parse(await ask(person, '/wallet/underway'))
  return pathTo(under, items.find(({ kind }) => kind === wanted)?.id)
}
const pastMoney = (wanted: string, under: string) => async (person: Person) =>
  pathTo(under, Causes.parse(await ask(person, `/wallet/entries?cause=${wanted}`)).items[0]?.cause.id)

const WALLET: Shot[] = [
  { name: 'wallet', path: '/wallet', as: 'member' },
  { name: 'wallet-charge', path: '/wallet/charge', as: 'member' },
  { name: 'wallet-charge-waiting', path: underway('charge', '/wallet/charges'), as: 'member' },
  { name: 'wallet-charge-paid', path: pastMoney('charge', '/wallet/charges'), as: 'member' },
  { name: 'wallet-send', path: '/wallet/send', as: 'member' },
  { name: 'wallet-send-to', path: someoneElse, as: 'member' },
  { name: 'wallet-payout', path: '/wallet/payout', as: 'member' },
  { name: 'wallet-payout-done', path: pastMoney('payout', '/wallet/payouts'), as: 'member' },
  { name: 'wallet-history', path: '/wallet/history', as: 'member' },
  { name: 'wallet-history-nothing', path: '/wallet/history?cause=correction', as: 'member' },
  { name: 'wallet-pin', path: '/wallet/pin', as: 'member' },
  { name: 'coupon', path: aClaimPage, as: 'member' },
  { name: 'coupon-next', path: aNextClaimPage, as: 'member' },
  { name: 'me-coupons', path: '/me/coupons', as: 'member' },
  { name: 'me-coupons-used', path: '/me/coupons?state=used', as: 'member' },
]

const Cards = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      imageCount: z.number(),
      seller: z.object({ id: z.string() }),
      counts: z.object({ comments: z.number() }),
    }),
  ),
})

async function talkedAbout(origin: string): Promise<{ id: string; sellerId: string }> {
  const reply = await fetch(`${origin}/api/v1/listings?sort=wishes&status=on_sale&limit=50`).catch(() => null)
  const cards = reply?.ok ? Cards.parse(await reply.json()).items : []
  const rank = (card: (typeof cards)[number]) => Math.min(card.imageCount, 4) * 10 + card.counts.comments
  const best = cards.toSorted((a, b) => rank(b) - rank(a))[0]
  if (!best)
    throw new Refused(`No demo town answers at ${origin}; run \`npm start\` and name it with --origin.`)
  return { id: best.id, sellerId: best.seller.id }
}

async function takeAll(browser: Browser, origin: string, look: Look, shots: Shot[]): Promise<void> {
  const dir = inRoot('screenshots', nameOf(look))
  mkdirSync(dir, { recursive: true })
  for (const as of ['guest', 'member', 'operator'] as const) {
    const mine = shots.filter((shot) => (shot.as ?? 'guest') === as)
    if (mine.length === 0) continue
    const person = await openPerson(browser, origin, look)
    if (as !== 'guest') await signIn(person, as)
    for (const shot of mine) {
      if (!(await take(person, shot, join(dir, `${shot.name}.png`))))
        say(`· ${nameOf(look)}: the town has nothing to show as ${shot.name}`)
    }
    await person.context.close()
  }
  say(`✓ ${nameOf(look)}: ${shots.length} pages`)
}

/** By field name, since the labels speak two languages. */
async function signIn({ page, go }: Person, as: 'member' | 'operator'): Promise<void> {
  const account = ACCOUNTS.find(({ role }) => role === as) ?? ACCOUNTS[0]
  await go('/sign-in')
  await page.locator('input[name=login]').fill(account.loginId)
  await page.locator('input[name=password]').fill(account.password)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname !== '/sign-in')
}

/** False when the town has no such page, or no button that opens such a sheet. */
async function take(person: Person, shot: Shot, file: string): Promise<boolean> {
  const { page, go } = person
  const path = typeof shot.path === 'string' ? shot.path : await shot.path(person)
  if (path === null) return false
  await go(path)
  for (const name of [shot.open ?? []].flat()) {
    const button = page.getByRole('button', { name }).first()
    const isThere = await button.waitFor({ timeout: BUTTON_PATIENCE_MS }).then(
      () => true,
      () => false,
    )
    if (!isThere) return false
    // On a phone a message's menu is opened by holding it; its button shows only to keys.
    await button.click({ timeout: BUTTON_PATIENCE_MS }).catch(() => button.press('Enter'))
  }
  if (shot.open) await page.locator('[role=dialog], [role=alertdialog]').first().waitFor()
  await settled(page)
  const height = Math.min(HEIGHT_MAX_PX, Number(await page.evaluate('document.documentElement.scrollHeight')))
  const size = page.viewportSize()
  if (shot.open || !size) await page.screenshot({ path: file })
  else await page.screenshot({ path: file, fullPage: true, clip: { x: 0, y: 0, width: size.width, height } })
  return true
}

/** Fonts and the photos in sight have arrived; a photo that never comes is shown as it is. */
async function settled(page: Person['page']): Promise<void> {
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await page.evaluate('document.fonts.ready.then(() => true)')
}

const heroPaths = async (origin: string) => [
  '/',
  `/listings/${(await talkedAbout(origin)).id}`,
  `/search?q=${encodeURIComponent('자전거')}`,
]

/** Three phones side by side on the ground of the yard: `docs/screenshot.png`. */
async function takeHero(browser: Browser, origin: string, paths: string[]): Promise<void> {
  const person = await openPerson(browser, origin, { locale: 'ko-KR' })
  await signIn(person, 'member')
  const screens: Buffer[] = []
  for (const path of paths) {
    await person.go(path)
    await settled(person.page)
    screens.push(await rounded(await person.page.screenshot()))
  }
  const { height = 0 } = await sharp(screens[0]).metadata()
  const ground = {
    width: paths.length * HERO_PHONE_WIDTH_PX + (paths.length + 1) * HERO_GAP_PX,
    height: height + 2 * HERO_GAP_PX,
    channels: 3 as const,
    background: HERO_GROUND,
  }
  const lay = (input: Buffer, index: number) => ({
    input,
    top: HERO_GAP_PX,
    left: HERO_GAP_PX + index * (HERO_PHONE_WIDTH_PX + HERO_GAP_PX),
  })
  await sharp({ create: ground })
    .composite(screens.map(lay))
    .png({ palette: true, quality: 90, effort: 10 })
    .toFile(inRoot('docs', 'screenshot.png'))
  say('✓ docs/screenshot.png')
}

async function rounded(screen: Buffer): Promise<Buffer> {
  const small = sharp(screen).resize({ width: HERO_PHONE_WIDTH_PX })
  const { info } = await small.clone().toBuffer({ resolveWithObject: true })
  const mask = `<svg width="${info.width}" height="${info.height}"><rect width="100%" height="100%" rx="26"/></svg>`
  return await small
    .composite([{ input: Buffer.from(mask), blend: 'dest-in' }])
    .png()
    .toBuffer()
}

/**
 * Every page on a phone and a desk, light and dark, Korean and English, from the demo town of a running `npm start`:
 * `node scripts/screenshots.ts [--origin http://localhost:8787] [--only home,listing]`. They go to `screenshots/`; with `--hero`
 * the README's picture is made anew too.
 */
await main(async () => {
  const { values } = parseArgs({
    options: {
      origin: { type: 'string', default: 'http://localhost:8787' },
      only: { type: 'string' },
      look: { type: 'string' },
      hero: { type: 'boolean', default: false },
    },
  })
  const only = values.only?.split(',')
  const shots = (await shotsOf(values.origin)).filter(({ name }) => !only || only.includes(name))
  const browser = await launchChromium()
  try {
    for (const look of LOOKS.filter((look) => !values.look || nameOf(look).includes(values.look)))
      await takeAll(browser, values.origin, look, shots)
    if (values.hero) await takeHero(browser, values.origin, await heroPaths(values.origin))
  } finally {
    await browser.close()
  }
})
