import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import type { Account, Person } from '../support/browser-person.ts'
import { charge, paidIn } from '../support/browser-wallet.ts'

/** What a refused request leaves in a browser's console. */
const REFUSED = /status of 40[39]/
const PIN = '493817'

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

async function setPin({ page, go }: Person, { password }: Account): Promise<void> {
  await go('/wallet/pin')
  await page.getByLabel('새 결제 번호').fill(PIN)
  await page.getByLabel('한 번 더').fill(PIN)
  await page.getByLabel('비밀번호', { exact: true }).fill(password)
  await page.getByRole('button', { name: '저장하기' }).click()
  await page.waitForURL('**/wallet')
}

test('a top-up is credited once when it is paid, and again shows the same after a reload', async () => {
  const member = await madang.member()
  const { page, go } = member
  member.expects(REFUSED)
  await paidIn(member, '30000')
  await page.reload()
  await page.getByRole('heading', { name: '충전했어요' }).waitFor()
  await go('/wallet')
  await page.getByText('30,000원').first().waitFor()
  expect(await page.getByText('+30,000원').count()).toBe(1)
})

test('a declined top-up says that nothing was taken and how to go on', async () => {
  const member = await madang.member()
  member.expects(REFUSED)
  await charge(member, '50000', /거절/)
  const { page } = member
  await page.getByRole('heading', { name: '결제가 거절됐어요' }).waitFor()
  await page.getByText('돈은 빠져나가지 않았어요').waitFor()
  await page.getByRole('link', { name: '다시 충전하기' }).click()
  expect(await page.getByLabel('충전할 금액').inputValue()).toBe('50,000')
})

test('money goes to the neighbour whose name was confirmed, behind the PIN; a wrong PIN moves nothing', async () => {
  const to = await madang.member()
  const from = await madang.member()
  from.expects(REFUSED)
  await paidIn(from, '20000')
  await setPin(from, from.account)
  const { page, go } = from
  await go('/wallet/send')
  await page.getByLabel('받는 이웃').fill(to.account.nickname)
  await page.getByRole('button', { name: '찾기' }).click()
  await page.getByRole('link', { name: to.account.nickname }).click()
  await page.getByLabel('보낼 금액').fill('7000')
  await page.getByLabel('메모').fill('떡볶이 값')
  await page.getByRole('button', { name: '확인하기' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByText(`${to.account.nickname} 님에게 보낼까요?`).waitFor()
  await sheet.getByLabel('결제 번호 여섯 자리').fill('582904')
  await sheet.getByRole('button', { name: '7,000원 보내기' }).click()
  await sheet.getByText('결제 번호가 맞지 않아요').waitFor()
  await sheet.getByLabel('결제 번호 여섯 자리').fill(PIN)
  await sheet.getByRole('button', { name: '7,000원 보내기' }).dblclick()
  await page.getByRole('heading', { name: `${to.account.nickname} 님에게 보냈어요` }).waitFor()
  await go('/wallet/history?direction=out')
  await page.getByText('떡볶이 값').waitFor()
  expect(await page.getByText('−7,000원').count()).toBe(1)

  await to.go('/wallet')
  await to.page.getByText('+7,000원').waitFor()
})

test('an amount beyond what there is is said before anything is sent', async () => {
  const { page, go, account } = await madang.member()
  const { account: other } = await madang.member()
  expect(account.nickname).not.toBe(other.nickname)
  await go('/wallet/payout')
  await page.getByText('1,000원부터 출금할 수 있어요').waitFor()
  expect(await page.getByRole('button', { name: '확인하기' }).isDisabled()).toBe(true)
})

test('a pay-out is put aside at once and ends at the bank, with its number told by its end only', async () => {
  const member = await madang.member()
  member.expects(REFUSED)
  await paidIn(member, '40000')
  const { page, go } = member
  await go('/wallet/payout')
  await page.getByLabel('은행', { exact: true }).selectOption({ label: '카카오뱅크' })
  await page.getByLabel('계좌 번호').fill('3333-01-1234567')
  await page.getByLabel('예금주').fill('김민지')
  await page.getByLabel('출금할 금액').fill('15000')
  await page.getByRole('button', { name: '확인하기' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '15,000원 출금하기' }).click()
  await page.waitForURL('**/wallet/payouts/**')
  await page.getByText('•••• 4567').waitFor()
  expect(await page.content()).not.toContain('3333011234567')
  await go('/wallet')
  await page.getByText('25,000원').first().waitFor()
})

test('a transfer whose answer was lost is sent again under the same key, and goes once', async () => {
  const to = await madang.member()
  const from = await madang.member()
  from.expects(/Failed to load|ERR_|status of 40/)
  await paidIn(from, '9000')
  const { page, go, context } = from
  await go('/wallet/send')
  await page.getByLabel('받는 이웃').fill(to.account.nickname)
  await page.getByRole('button', { name: '찾기' }).click()
  await page.getByRole('link', { name: to.account.nickname }).click()
  await page.getByLabel('보낼 금액').fill('4000')
  await page.getByRole('button', { name: '확인하기' }).click()
  let lost = 0
  await context.route('**/api/v1/wallet/transfers', async (route) => {
    await route.fetch()
    lost++
    await route.abort()
  })
  const sheet = page.getByRole('dialog')
  await sheet.getByRole('button', { name: '4,000원 보내기' }).click()
  await sheet.getByText('아직 결과를 몰라요').waitFor()
  expect(lost).toBe(1)
  await context.unroute('**/api/v1/wallet/transfers')
  await sheet.getByRole('button', { name: '같은 내용으로 다시 확인하기' }).click()
  await page.getByRole('heading', { name: `${to.account.nickname} 님에게 보냈어요` }).waitFor()
  await go('/wallet')
  await page.getByText('5,000원', { exact: true }).first().waitFor()
  expect(await page.getByText('−4,000원').count()).toBe(1)
})
