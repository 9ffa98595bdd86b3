import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import type { Person } from '../support/browser-person.ts'
import { post } from '../support/browser-posting.ts'
import { buy, handoverCode, paidIn, sumOf, wonOf } from '../support/browser-wallet.ts'
import { unique } from '../support/platform.ts'

/** What a refused claim leaves in a browser's console. */
const REFUSED = /status of 409/
const CLAIMS = '**/api/v1/coupons/campaigns/*/claims'
const DAY_MS = 24 * 60 * 60 * 1_000

let madang: Madang
beforeAll(async () => {
  madang = await openMadang('alone')
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

test('a campaign, a race for its last coupon, a purchase with it, a dispute refunded in part: every won is on the money pages', async () => {
  const operator = await madang.person({ screen: 'desk' })
  await operator.enter(await madang.operator())
  const seller = await madang.member()
  const racers = [await madang.member(), await madang.member()] as const
  const before = await books(operator)

  const campaign = await openCampaign(operator, 2)
  await claim(seller, campaign)
  const { winner, loser } = await raceFor(campaign, racers)
  await winner.page.getByText('2번째로 받았어요').waitFor()
  await loser.page.getByText('한발 늦었어요. 모두 나갔어요.').waitFor()

  // With the coupon the buyer pays less; the seller gets all, and the promotion account has paid the rest.
  const kettle = await post(seller, thing('주전자', '12000'))
  const kite = await post(seller, thing('방패연', '10000'))
  await paidIn(winner, '20000')
  await buy(winner, kettle, '9,000원')
  const code = await handoverCode(winner)
  await seller.go('/wallet')
  expect(await sumOf(seller, '받을 돈')).toBe(12_000)
  await handOver(seller, kettle, code)
  await seller.go('/wallet')
  await seller.page.getByText('+12,000원').waitFor()
  expect(await balance(seller)).toBe(12_000)
  const sold = await books(operator)
  expect(sold.promotion - before.promotion).toBe(-3_000)
  expect(sold.members - before.members).toBe(23_000)

  // Paid in full this time, and not as described.
  const trade = await buy(winner, kite, '10,000원')
  await dispute(winner)
  await refund(operator, '방패연', { part: '4000', follows: '구매자에게 4,000원, 판매자에게 6,000원이' })
  for (const side of [winner, seller]) {
    await side.go(trade)
    await side.page.getByText('4,000원을 구매자에게 돌려주었어요').waitFor()
    await side.page.getByText('운영자가 결정했어요.').waitFor()
    expect(await sumOf(side, '판매자가 받은 돈')).toBe(6_000)
  }
  await winner.go('/wallet')
  expect(await balance(winner)).toBe(20_000 - 9_000 - 6_000)
  expect(await sumOf(winner, '묶어 둔 돈')).toBe(0)
  await seller.go('/wallet')
  expect(await balance(seller)).toBe(12_000 + 6_000)
  expect(await sumOf(seller, '받을 돈')).toBe(0)
  expect(await books(operator)).toEqual(sold)
})

const thing = (name: string, price: string) => ({
  title: `${name} ${unique('')}`,
  category: '생활·주방',
  price,
  description: '깨끗하게 썼어요.',
})

/** What the members have together and what promotion has paid, as the operator's money page tells. */
async function books({ page, go }: Person): Promise<{ members: number; promotion: number }> {
  await go('/operator/money')
  const members = page.getByRole('heading', { name: '이웃들의 돈' }).locator('xpath=following-sibling::p[1]')
  return { members: wonOf(await members.textContent()), promotion: await sumOf({ page }, '행사 비용') }
}

/** What the wallet's owner may spend; they stand on its page. */
const balance = async ({ page }: Person): Promise<number> =>
  wonOf(await page.getByRole('region', { name: '쓸 수 있는 돈' }).locator('p').nth(1).textContent())

/** An operator writes a campaign that has been open since midnight and answers its page for members. */
async function openCampaign({ page, go }: Person, total: number): Promise<string> {
  await go('/operator/coupons')
  await page.getByRole('link', { name: '행사 열기' }).click()
  await page.getByLabel('행사 이름').fill(unique('떡 한 접시'))
  await page.getByText('한 번', { exact: true }).click()
  await page.getByLabel('여는 날').fill(townDay(0))
  await page.getByLabel('여는 시각').fill('00:00')
  await page.getByLabel('닫는 날').fill(townDay(1))
  await page.getByLabel('모두 몇 장', { exact: true }).fill(String(total))
  await page.getByText(`3,000원 쿠폰 ${total}장을 먼저 온 순서대로 드려요.`).waitFor()
  await page.getByRole('button', { name: '행사 열기' }).click()
  const see = page.getByRole('link', { name: '이웃들이 보는 화면' })
  await see.waitFor()
  return (await see.getAttribute('href')) ?? ''
}
const townDays = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' })
const townDay = (daysOn: number) => townDays.format(Date.now() + daysOn * DAY_MS)

const claimButton = ({ page }: Person) => page.getByRole('button', { name: '쿠폰 받기' })

async function claim(member: Person, campaign: string): Promise<void> {
  await member.go(campaign)
  await claimButton(member).click()
  await member.page.getByText('1번째로 받았어요').waitFor()
}

/** Both press before either is answered: their claims are let go together, and the platform decides. */
async function raceFor(campaign: string, racers: readonly [Person, Person]) {
  const { promise: start, resolve: letGo } = Promise.withResolvers<void>()
  let waiting = 0
  for (const racer of racers) {
    racer.expects(REFUSED)
    await racer.context.route(CLAIMS, async (route) => {
      waiting += 1
      if (waiting === racers.length) letGo()
      await start
      await route.continue()
    })
    await racer.go(campaign)
    await racer.page.getByText('지금 받을 수 있어요').first().waitFor()
  }
  const claims = racers.map(({ page }) => page.waitForResponse(CLAIMS))
  await Promise.all(racers.map((racer) => claimButton(racer).click()))
  const [first, second] = await Promise.all(claims)
  expect([first?.status(), second?.status()].toSorted()).toEqual([201, 409])
  const [one, other] = racers
  return first?.ok() ? { winner: one, loser: other } : { winner: other, loser: one }
}

/** The seller enters the code that the buyer showed. */
async function handOver({ page, go }: Person, path: string, code: string): Promise<void> {
  await go(path)
  await page.getByRole('link', { name: '거래 보기' }).click()
  await page.getByLabel('구매자의 전달 번호').fill(code)
  await page.getByRole('button', { name: '건넸어요' }).click()
  await page.getByText('지갑에 12,000원이 들어왔어요.').waitFor()
}

/** The buyer, on the page of their trade, says that something is wrong. */
async function dispute({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: '문제가 있어요' }).click()
  await page.getByLabel('설명과 달라요').check()
  await page.getByLabel('자세한 이야기').fill('살이 하나 부러져 있어요.')
  await page.getByRole('button', { name: '운영자에게 알리기' }).click()
  await page.getByText('운영자의 결정을 기다리고 있어요.').waitFor()
}

/** The operator gives a part back, having read what follows from it. */
async function refund(
  { page, go }: Person,
  title: string,
  { part, follows }: Record<'part' | 'follows', string>,
) {
  await go('/operator/disputes')
  const disputed = page.getByRole('article').filter({ hasText: title })
  await disputed.getByText('살이 하나 부러져 있어요.').waitFor()
  await disputed.getByRole('button', { name: '결정하기' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('정확한 금액').fill(part)
  await sheet.getByText(follows).waitFor()
  await sheet.getByLabel('이유').fill('살 하나를 고치는 값이에요.')
  await sheet.getByRole('button', { name: '결정하기' }).click()
  await disputed.waitFor({ state: 'detached' })
}
