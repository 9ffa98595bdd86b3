import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Madang, openMadang } from '../support/browser.ts'
import type { Account } from '../support/browser-person.ts'
import { unique } from '../support/platform.ts'

const SECOND_MS = 1_000
/** Time enough for two people to come to the page. */
const OPENS_IN_MS = 20 * SECOND_MS
const HOUR_MS = 3_600 * SECOND_MS
const Session = z.object({ accessToken: z.string() })
const Opened = z.object({ id: z.string() })
/** What a refused request leaves in a browser's console. */
const REFUSED = /status of 409/

let madang: Madang
let keeper: Account
beforeAll(async () => {
  madang = await openMadang()
  keeper = await madang.operator()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

/** Opens a campaign by hand of an operator and answers its page. */
async function campaign(total: number, opensInMs: number): Promise<string> {
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const reply = await fetch(`${madang.origin}/api/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': unique('k'), ...headers },
      body: JSON.stringify(body),
    })
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
    return await reply.json()
  }
  const session = await post('/auth/sign-in', { login: keeper.loginId, password: keeper.password })
  const opensAt = new Date(Date.now() + opensInMs)
  const opened = await post(
    '/coupons/campaigns',
    {
      title: unique('떡 한 접시'),
      discount: { kind: 'amount', amount: 3_000 },
      minSpend: 5_000,
      categories: [],
      total,
      rhythm: {
        kind: 'once',
        opensAt: opensAt.toISOString(),
        closesAt: new Date(opensAt.getTime() + HOUR_MS).toISOString(),
      },
    },
    { authorization: `Bearer ${Session.parse(session).accessToken}` },
  )
  return `/coupons/${Opened.parse(opened).id}`
}

test('the page opens by itself at the second, and who presses first has the coupon at once', async () => {
  const [first, second] = [await madang.member(), await madang.member()]
  const path = await campaign(1, OPENS_IN_MS)
  second.expects(REFUSED)
  await first.go(path)
  await second.go(path)
  const claim = first.page.getByRole('button', { name: '쿠폰 받기' })
  await first.page.getByRole('button', { name: '아직 열리지 않았어요' }).waitFor()
  await claim.click({ timeout: 2 * OPENS_IN_MS })
  await first.page.getByText('1번째로 받았어요').waitFor()
  await first.page.getByRole('button', { name: '영수증 저장하기' }).waitFor()
  await second.page
    .getByText(/모두 나갔어요/)
    .first()
    .waitFor()
  await first.go('/me/coupons')
  await first.page.getByText('1번째').waitFor()
})

test('a coupon is one coupon after a double click and a reload', async () => {
  const path = await campaign(5, -SECOND_MS)
  const { page, go } = await madang.member()
  await go(path)
  await page.getByRole('button', { name: '쿠폰 받기' }).dblclick()
  await page.getByText('1번째로 받았어요').waitFor()
  await page.reload()
  await page.getByText('이 쿠폰을 가지고 있어요').waitFor()
  expect(await page.getByText('1번째').count()).toBe(1)
})

test('after the close a winner checks the receipt in their own browser', async () => {
  const path = await campaign(1, -SECOND_MS)
  const { page, go } = await madang.member()
  await go(path)
  await page.getByRole('button', { name: '쿠폰 받기' }).click()
  await page.getByText('1번째로 받았어요').waitFor()
  await page.reload()
  await page.getByText('내 영수증 확인하기').click()
  await page.getByRole('button', { name: '확인하기' }).click()
  for (const what of ['마당의 서명', '내 쿠폰', '처음부터 끝까지 이어짐', '그 자리에 있음'])
    await page.getByRole('listitem').filter({ hasText: what }).getByText('맞아요').waitFor()
})

test('a guest sees what is open and is led to sign in and back', async () => {
  const path = await campaign(5, -SECOND_MS)
  const { page, go } = await madang.person()
  await go('/coupons')
  await page.locator(`a[href="${path}"]`).click()
  await page.getByRole('link', { name: '로그인하고 받기' }).click()
  await page.waitForURL(`**/sign-in?next=${path}`)
})
