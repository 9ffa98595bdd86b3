import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Madang, openMadang } from '../support/browser.ts'
import { barriersOn, meetsNone } from '../support/browser-barriers.ts'
import type { Account, Person } from '../support/browser-person.ts'
import { post } from '../support/browser-posting.ts'
import { topUp } from '../support/browser-wallet.ts'
import { eventually, unique } from '../support/platform.ts'

/** No barrier on the way through a deal, a purchase and a group buy, for each who takes part and the operator. */
let madang: Madang
let account: Account
beforeAll(async () => {
  madang = await openMadang()
  account = (await madang.member()).account
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

test('who closes a deal, reports, decides and is told meets none on the way, by day and by night', async () => {
  const seller = await madang.person()
  await seller.enter(account)
  const title = `주전자 ${unique('')}`
  const words = '물이 잘 끓어요.'
  const path = await post(seller, { title, category: '생활·주방', price: '9000', description: words })
  const buyer = await madang.member()
  const room = await writeAbout(buyer, path)
  await buyer.page.getByRole('button', { name: '메시지 메뉴' }).press('Enter')
  await meetsNone(buyer, 'dialog')

  // The deal and its review.
  await seller.go(room)
  await seller.page.getByRole('button', { name: '거래 상대 정하기' }).click()
  await seller.page.getByRole('dialog').getByRole('radio').check()
  await meetsNone(seller, 'dialog', 'stay')
  await seller.page.getByRole('button', { name: '이 이웃에게 건넸어요' }).click()
  await seller.page.getByRole('link', { name: '후기 쓰기' }).click()
  await seller.page.getByRole('radio', { name: '아주 좋았어요' }).check()
  await seller.page.getByRole('checkbox', { name: '친절해요' }).check()
  await meetsNone(seller, 'main')
  await seller.page.getByRole('button', { name: '거래 되돌리기' }).click()
  await meetsNone(seller, 'alertdialog')

  // A report, and an alert for a search.
  await buyer.go(path)
  await buyer.page.getByRole('button', { name: '신고하기' }).first().click()
  await buyer.page.getByRole('radio', { name: '가짜이거나 사실과 달라요' }).check()
  await meetsNone(buyer, 'dialog', 'stay')
  await buyer.page.getByRole('button', { name: '신고 보내기' }).click()
  await buyer.page.getByRole('heading', { name: '신고를 받았어요' }).waitFor()
  await buyer.go('/search?q=주전자')
  await buyer.page.getByRole('button', { name: '이 검색 알림 받기' }).click()
  await meetsNone(buyer, 'dialog')

  // The operator's desk.
  const operator = await madang.person()
  await operator.enter(await madang.operator())
  await eventually(async () => {
    await operator.go('/operator')
    await operator.page.getByRole('link', { name: title }).waitFor({ timeout: 2_000 })
  })
  await meetsNone(operator, 'main')
  await operator.page.getByRole('link', { name: title }).click()
  await operator.page.getByRole('button', { name: '판단하기' }).waitFor()
  await meetsNone(operator, 'main')
  await operator.page.getByRole('button', { name: '판단하기' }).click()
  await operator.page.getByText('경고하기', { exact: true }).click()
  await operator.page.getByLabel('이유').fill('사진과 다른 물건으로 보여요.')
  await meetsNone(operator, 'dialog', 'stay')
  await operator.page.getByRole('button', { name: '결정하기' }).click()
  await operator.page.getByText('결정했어요').waitFor()
  await operator.go('/operator/audit')
  await operator.page.getByText('사진과 다른 물건으로 보여요.').first().waitFor()
  await meetsNone(operator, 'main')

  // Who is told why, and may say that it is wrong.
  await eventually(async () => {
    await seller.go('/me/notices')
    await seller.page.getByRole('link', { name: '경고를 받았어요' }).first().click({ timeout: 2_000 })
  })
  await seller.page.getByLabel('왜 잘못되었는지').waitFor()
  await meetsNone(seller, 'main')
})

test('who buys with the wallet, hands over and asks for help meets none, nor does the operator who decides', async () => {
  const seller = await madang.person()
  await seller.enter(account)
  const title = `찻잔 ${unique('')}`
  const path = await post(seller, {
    title,
    category: '생활·주방',
    price: '12000',
    description: '금이 가지 않았어요.',
  })
  const buyer = await madang.member()
  await topUp(buyer, 20_000)

  // The purchase and its two sides.
  await buyer.go(path)
  await buyer.page.getByRole('button', { name: '지갑으로 사기' }).click()
  const pay = buyer.page.getByRole('button', { name: '12,000원 내고 사기' })
  await pay.waitFor()
  await meetsNone(buyer, 'dialog', 'stay')
  await pay.click()
  await buyer.page.getByText('전달 번호', { exact: true }).waitFor()
  await meetsNone(buyer, 'main')
  const trade = new URL(buyer.page.url()).pathname
  await buyer.page.getByRole('button', { name: '받았어요' }).click()
  await meetsNone(buyer, 'dialog')
  await seller.go(trade)
  await seller.page.getByLabel('구매자의 전달 번호').waitFor()
  await meetsNone(seller, 'main')
  await seller.page.getByRole('button', { name: '일부 돌려주기' }).click()
  await meetsNone(seller, 'dialog')

  // Help, and the operator's desk.
  await buyer.page.getByRole('button', { name: '문제가 있어요' }).click()
  await buyer.page.getByRole('radio', { name: '설명과 달라요' }).check()
  await buyer.page.getByLabel('자세한 이야기').fill('손잡이에 금이 가 있어요.')
  await meetsNone(buyer, 'dialog', 'stay')
  await buyer.page.getByRole('button', { name: '운영자에게 알리기' }).click()
  await buyer.page.getByText('운영자의 결정을 기다리고').waitFor()
  await meetsNone(buyer, 'main')
  const operator = await madang.person()
  await operator.enter(await madang.operator())
  await operator.go('/operator/disputes')
  await operator.page.getByRole('link', { name: title }).waitFor()
  await meetsNone(operator, 'main')
  const desk = operator.page.getByRole('article').filter({ hasText: title })
  await desk.getByRole('button', { name: '결정하기' }).click()
  const sheet = operator.page.getByRole('dialog')
  await sheet.getByLabel('정확한 금액').fill('4000')
  await sheet.getByText('구매자에게 4,000원, 판매자에게 8,000원').waitFor()
  await sheet.getByLabel('이유').fill('사진에서 금이 보이지 않아요.')
  await meetsNone(operator, 'dialog', 'stay')
  await sheet.getByRole('button', { name: '결정하기' }).click()
  await operator.page.getByText('결정했어요').waitFor()
  await seller.go(trade)
  await seller.page.getByText('4,000원을 구매자에게 돌려주었어요').waitFor()
  await meetsNone(seller, 'main')

  // Campaigns and the books.
  await operator.go('/operator/coupons/new')
  await meetsNone(operator, 'main')
  await operator.page.getByLabel('행사 이름').fill('매일 13시, 3,000원 쿠폰')
  await operator.page.getByRole('button', { name: '행사 열기' }).click()
  await operator.page.getByRole('heading', { name: '얼마나 쓰였나요' }).waitFor()
  await meetsNone(operator, 'main')
  expect(await barriersOn(operator, ['/operator/coupons', '/operator/money'])).toEqual([])
})

/** Asks about a thing; returns the room's path. */
async function writeAbout({ page, go }: Person, path: string): Promise<string> {
  await go(path)
  await page.getByRole('button', { name: '채팅하기' }).click()
  await page.getByLabel('메시지 쓰기').fill('아직 있나요?')
  await page.getByRole('button', { name: '보내기', exact: true }).click()
  await page.getByText('아직 읽지 않음').waitFor()
  return new URL(page.url()).pathname
}

test('who opens, joins, buys and receives together meets none, by day and by night', async () => {
  const host = await madang.member()
  const path = await openGroupBuy(host)
  await host.go(path)
  await meetsNone(host, 'main')
  await host.page.getByRole('button', { name: '같이 사기 취소' }).click()
  await meetsNone(host, 'alertdialog')

  const member = await madang.member()
  await topUp(member, 5_000)
  await member.go(path)
  await meetsNone(member, 'main')
  await member.page.getByRole('button', { name: '1 kg 함께 사기' }).click()
  await member.page.getByText('다 모였어요. 연 이웃이 사고 있어요.').waitFor()

  await host.go(path)
  await host.page.getByRole('button', { name: '영수증 올리기' }).click()
  await host.page.getByLabel('물건값').fill('2500')
  await meetsNone(host, 'dialog', 'stay')
  await host.page.getByRole('button', { name: '정산표 보내기' }).click()
  await host.page.getByRole('button', { name: '도착했어요' }).click()
  await host.page.getByLabel('이웃의 번호 네 자리').waitFor()
  await meetsNone(host, 'main')
  await member.go(path)
  await member.page.getByText('받을 때 보여 주세요').waitFor()
  await meetsNone(member, 'main')
  await member.go('/me/together')
  await meetsNone(member, 'main')
})

/** A group buy of one unit for others, whose one member fills it. */
async function openGroupBuy({ page }: Person): Promise<string> {
  const reply = await page.request.post('/api/v1/group-buys', {
    headers: { origin: madang.origin, 'idempotency-key': unique('k') },
    data: {
      ...{ title: '감자 나눠 사요', description: '토요일에 나눠요.', category: 'food' },
      ...{ unitPrice: 1_000, shopUnitPrice: 1_500, unit: 'kg', totalUnits: 3, minUnits: 2, hostUnits: 2 },
      ...{ deadline: new Date(Date.now() + 86_400_000).toISOString(), pickup: '주민센터 앞' },
    },
  })
  return `/together/${z.object({ id: z.string() }).parse(await reply.json()).id}`
}
