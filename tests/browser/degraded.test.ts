import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import { apiOf } from '../support/browser-town.ts'

/**
 * Pages while a domain is down: what came of it is missing with a word and a way to try again, and everything else on the page
 * is there. What a stopped domain answers (tests/promises/p21-one-worker-down.test.ts) is answered here in the browser's own network.
 */
const OUTAGE = {
  ...{ type: '/problems/unavailable', title: '지금은 쓸 수 없어요', status: 503, code: 'UNAVAILABLE' },
  ...{ detail: '잠시 뒤 다시 시도해 주세요.', requestId: 'a'.repeat(32), retryAfterSeconds: 2 },
}

let madang: Madang
let thing = ''
beforeAll(async () => {
  madang = await openMadang()
  const seller = await madang.member()
  const api = await apiOf(madang.origin, seller.account)
  thing = await api.post({ title: '마당의 장독대' })
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

/** Has these parts of the API answer as if their worker were stopped; the answer of this ends it. */
async function stop(page: Page, parts: RegExp): Promise<() => Promise<void>> {
  await page.route(parts, (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      headers: { 'retry-after': '2' },
      body: JSON.stringify(OUTAGE),
    }),
  )
  return () => page.unroute(parts)
}

/** Someone who moves about within the pages, so that what they read is asked for by their browser. */
async function someone() {
  const member = await madang.member()
  member.expects(/status of 503|answer 503/)
  const { page } = member
  const follow = (href: string) => page.locator(`a[href="${href}"]:visible`).first().click()
  const alert = page.getByRole('main').getByRole('alert')
  const tryAgain = () => alert.getByRole('button', { name: '다시 시도하기' }).first().click()
  return { ...member, follow, alert, tryAgain }
}

test('the yard without listings says so and comes back by a press, and without coupons and group buys it is all there', async () => {
  const { page, go, follow, alert, tryAgain } = await someone()
  await go('/search')
  const start = await stop(page, /\/api\/v1\/listings/)
  await follow('/')
  await alert.getByText(OUTAGE.title).waitFor()
  await start()
  await stop(page, /\/api\/v1\/(coupons|group-buys)/)
  await tryAgain()
  await page
    .getByRole('link', { name: /마당의 장독대/ })
    .first()
    .waitFor()
  expect(await alert.count()).toBe(0)
})

test('a thing can be read while nobody can say how its seller deals', async () => {
  const { page, go, follow } = await someone()
  const parts = /\/api\/v1\/members\/[^/]+\/reputation/
  await stop(page, parts)
  await go('/')
  const refused = page.waitForResponse(parts)
  await follow(thing)
  expect((await refused).status()).toBe(503)
  await page.getByRole('heading', { name: '마당의 장독대' }).waitFor()
  expect(await page.getByText(OUTAGE.title).count()).toBe(0)
})

test('rooms that cannot be had are asked for again by a press', async () => {
  const { page, go, follow, alert, tryAgain } = await someone()
  await go('/')
  const start = await stop(page, /\/api\/v1\/chat\/rooms/)
  await follow('/chat')
  await alert.getByText(OUTAGE.title).waitFor()
  await start()
  await tryAgain()
  await expect.poll(() => alert.count()).toBe(0)
})
