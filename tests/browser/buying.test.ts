import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import { post } from '../support/browser-posting.ts'
import { handoverCode, topUp } from '../support/browser-wallet.ts'
import { unique } from '../support/platform.ts'

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

const thing = (title: string) => ({
  title,
  category: '생활·주방',
  price: '12000',
  description: '깨끗하게 썼어요.',
})

test('who has too little tops up, comes back to the checkout, buys once, and the code brings the seller the money', async () => {
  const seller = await madang.member()
  const title = `주전자 ${unique('')}`
  const path = await post(seller, thing(title))
  const buyer = await madang.member()
  const { page } = buyer

  await buyer.go(path)
  await page.getByRole('button', { name: '지갑으로 사기' }).click()
  await page.getByText('12,000원이 모자라요.').waitFor()
  await page.getByRole('link', { name: '12,000원 충전하기' }).click()
  await page.waitForURL('**/wallet/charge?**')
  await expect.poll(() => page.getByLabel('충전할 금액').inputValue()).toBe('12,000')
  await page.getByRole('button', { name: '결제하러 가기' }).click()
  await page.waitForURL('**/dev/pay/checkout/**')
  await page.getByRole('button', { name: /결제하기|승인/ }).click()
  await page.getByRole('heading', { name: '충전했어요' }).waitFor()
  await page.getByRole('link', { name: '하던 일 이어서 하기' }).click()

  // Back in the checkout, two presses buy once.
  await page.getByRole('button', { name: '12,000원 내고 사기' }).dblclick()
  await page.waitForURL('**/me/trades/**')
  const code = await handoverCode(buyer)
  const trade = new URL(page.url()).pathname
  await buyer.go('/me/purchases')
  expect(await page.getByRole('link', { name: title }).count()).toBe(1)

  // The thing leads both to the trade; the seller enters the code.
  await buyer.go(path)
  await page.getByRole('link', { name: '거래 보기' }).waitFor()
  await seller.go(path)
  await seller.page.getByRole('link', { name: '거래 보기' }).click()
  await seller.page
    .getByLabel('구매자의 전달 번호')
    .fill(String((Number(code) + 1) % 10_000).padStart(4, '0'))
  seller.expects(/422/)
  await seller.page.getByRole('button', { name: '건넸어요' }).click()
  await seller.page.getByText('전달 번호가 맞지 않아요').waitFor()
  await seller.page.getByLabel('구매자의 전달 번호').fill(code)
  await seller.page.getByRole('button', { name: '건넸어요' }).click()
  await seller.page.getByText('지갑에 12,000원이 들어왔어요.').waitFor()
  await buyer.go(trade)
  await page.getByText('전달 번호로 마쳤어요.').waitFor()
})

test('a price changed under the finger is shown, and nothing is paid before it was seen', async () => {
  const seller = await madang.member()
  const path = await post(seller, thing(`냄비 ${unique('')}`))
  const buyer = await madang.member()
  await topUp(buyer, 50_000)
  await buyer.go(path)
  await buyer.page.getByRole('button', { name: '지갑으로 사기' }).click()
  await buyer.page.getByRole('button', { name: '12,000원 내고 사기' }).waitFor()

  await seller.go(`${path}/edit`)
  await seller.page.getByLabel('가격', { exact: true }).fill('13000')
  await seller.page.getByRole('button', { name: '고친 대로 저장하기' }).click()
  await seller.page.waitForURL(`**${path}`)

  buyer.expects(/409/)
  await buyer.page.getByRole('button', { name: '12,000원 내고 사기' }).click()
  await buyer.page.getByText('12,000원에서 13,000원으로 바뀌었어요').waitFor()
  await buyer.page.getByRole('button', { name: '13,000원 내고 사기' }).click()
  await buyer.page.waitForURL('**/me/trades/**')
  await buyer.page.getByRole('button', { name: '거래 취소하기' }).click()
  await buyer.page.getByRole('alertdialog').getByRole('button', { name: '거래 취소하기' }).click()
  await buyer.page.getByText('낸 돈이 지갑으로 돌아왔어요.').waitFor()
})
