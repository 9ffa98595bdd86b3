import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import { apiOf } from '../support/browser-town.ts'
import { eventually } from '../support/platform.ts'

const THINGS = 45
/** Nobody else's story posts here while the place in the feed is compared. */
const QUIET = 'plants'
const PAGE = 20
const TABS_MAX = 40
const SCROLL_SLACK_PX = 60

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
  const seller = await madang.member()
  const api = await apiOf(madang.origin, seller.account)
  for (let index = 1; index <= THINGS; index++)
    await api.post({ title: `화분 받침 ${index}번`, category: QUIET })
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

test('coming back to the feed finds the pages that were loaded and the place that was read', async () => {
  const { page, go } = await madang.person()
  await go(`/?category=${QUIET}`)
  const cards = page.getByRole('main').getByRole('article')
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, 4_000)
      return await cards.count()
    })
    .toBeGreaterThanOrEqual(2 * PAGE)
  const card = cards.nth(30)
  await card.scrollIntoViewIfNeeded()
  expect(await scrollTop(page)).toBeGreaterThan(1_000)
  // Where the card stands and not how far the page is scrolled: a notice above may come a moment later.
  const place = async () => (await card.boundingBox())?.y ?? Number.NaN
  const [before, loaded] = [await place(), await cards.count()]
  await card.getByRole('link').click()
  await page.waitForURL('**/listings/*')

  await page.goBack()
  await page.waitForURL((url) => url.pathname === '/')
  await expect.poll(() => cards.count()).toBeGreaterThanOrEqual(loaded)
  await expect.poll(async () => Math.abs((await place()) - before)).toBeLessThan(SCROLL_SLACK_PX)
})

test('with the keyboard alone one gets from the feed to a thing and wishes it', async () => {
  const { page, go } = await madang.member()
  // Another story counts the wishes of its thing.
  await go(`/?category=${QUIET}`)
  await page.keyboard.press('Tab')
  expect(await page.locator(':focus').textContent()).toBe('본문으로 건너뛰기')
  await page.keyboard.press('Enter')
  await tabTo(page, 'a[href^="/listings/"]')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/listings/*')
  await tabTo(page, 'button[aria-pressed="false"]')
  await page.keyboard.press('Space')
  await page.getByText('관심에 담았어요').waitFor()
  expect(await page.locator(':focus').getAttribute('aria-pressed')).toBe('true')
})

test('without a network a page says so and shows what was seen last, and goes on by itself once there is one', async () => {
  const { page, context, go, expects } = await madang.person({ serviceWorkers: 'allow' })
  expects(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|Failed to fetch/)
  await go('/')
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)')
  await go('/')
  await expect.poll(() => page.evaluate("caches.keys().then((names) => names.join(' '))")).toContain('seen')
  await context.setOffline(true)
  await page.goto('/search')
  await page.getByRole('heading', { name: '지금은 연결되지 않았어요' }).waitFor()
  await page
    .getByRole('link', { name: /화분 받침/ })
    .first()
    .waitFor()

  await context.setOffline(false)
  await page.getByRole('combobox', { name: '무엇을 찾으세요' }).waitFor()
})

test('an address that leads nowhere says so and shows a way home', async () => {
  const { page, go, expects } = await madang.person()
  expects(/status of 404/)
  for (const path of ['/nowhere', '/listings/lst_01arz3ndektsv4rrffq69g5fav', '/members/mem_none']) {
    const reply = await page.goto(path)
    expect(reply?.status()).toBe(404)
    await page.getByRole('link', { name: '홈으로 가기' }).waitFor()
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
  }
  await go('/nowhere')
  await page.getByRole('link', { name: '홈으로 가기' }).click()
  await page.waitForURL(`${madang.origin}/`)
})

test('markup in a title, story, comment or search stays text wherever it is shown', async () => {
  const attack = '<img src=/x onerror=alert(1)>'
  const breakout = '</script><script>alert(2)</script>'
  const writer = await madang.member()
  const api = await apiOf(madang.origin, writer.account)
  const path = await api.post({
    title: attack,
    description: `${breakout}\n"><svg onload=alert(3)> javascript:alert(4)`,
  })
  const { page, go } = writer

  await go(path)
  await page.getByRole('heading', { name: attack, exact: true }).waitFor()
  await page.getByLabel('댓글 쓰기').fill(`${attack}${breakout}`)
  await page.getByRole('button', { name: '남기기' }).click()
  await page
    .getByRole('article')
    .getByText(attack + breakout)
    .waitFor()
  await go(path)
  await page.getByText(breakout).first().waitFor()
  await go('/')
  await page.getByRole('link', { name: attack }).first().waitFor()
  await eventually(async () => {
    await go(`/search?q=${encodeURIComponent(attack)}`)
    await page.getByRole('link', { name: attack }).first().waitFor({ timeout: 2_000 })
  })
  await go(`/search?q=${encodeURIComponent('"><script>alert(5)</script>')}`)
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('<script>')
  // Dialogs, policy violations and requests for /x fail the test through the watch on the page.
  expect(await page.locator('main script, main img[onerror], main svg[onload]').count()).toBe(0)
})

const scrollTop = (page: Page) => page.evaluate('scrollY').then(Number)

/** Presses Tab until something that matches has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let tabs = 0; tabs < TABS_MAX; tabs++) {
    await page.keyboard.press('Tab')
    if ((await page.locator(`:focus:is(${selector})`).count()) > 0) return
  }
  throw new Error(`${TABS_MAX} presses of Tab never reached ${selector}`)
}
