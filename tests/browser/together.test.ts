import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Madang, openMadang } from '../support/browser.ts'
import type { Person } from '../support/browser-person.ts'
import { eventually } from '../support/platform.ts'

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

/** Tops up at the stand-in, where it is at the moment. */
async function pay({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: '결제하러 가기' }).click()
  await page.waitForURL('**/dev/pay/checkout/**')
  await page.getByRole('button', { name: /결제하기|승인/ }).click()
  await page.waitForURL('**/wallet/charges/**')
}
async function memberWith(won: string) {
  const member = await madang.member()
  await member.go('/wallet/charge')
  await member.page.getByLabel('충전할 금액').fill(won)
  await pay(member)
  await member.page.getByRole('heading', { name: '충전했어요' }).waitFor()
  return member
}

type Terms = { title: string; total: string; min: string; price?: string; own?: string }
/** Opens a group buy on the pages and returns its path; its host stands on its page. */
async function open(host: Person, { title, total, min, price = '1000', own = '0' }: Terms): Promise<string> {
  const { page, go } = host
  await go('/together/new')
  await page.getByLabel('무엇을 같이 사나요').fill(title)
  await page.getByLabel('카테고리').selectOption({ label: '식품' })
  await page.getByLabel('하나 값').fill(price)
  await page.getByLabel('가게에서는 (선택)').fill('1500')
  await page.getByLabel('세는 말').fill('개')
  await page.getByLabel('모두 몇 개').fill(total)
  await page.getByLabel('적어도').fill(min)
  await page.getByLabel('내 몫').fill(own)
  await page.getByRole('button', { name: '3일 뒤' }).click()
  await page.getByLabel('나누는 곳').fill('주민센터 앞')
  await page.getByLabel('이야기').fill('같이 사면 싸요.')
  await page.getByRole('heading', { name: '이렇게 보여요' }).waitFor()
  await page.getByRole('button', { name: '열기', exact: true }).click()
  await page.waitForURL(/\/together\/gb_\w+$/)
  return new URL(page.url()).pathname
}
const Wallet = z.object({ balance: z.int(), held: z.int() })
const walletOf = async ({ page }: Person) =>
  Wallet.parse(await (await page.request.get('/api/v1/wallet')).json())

async function joins({ page, go }: Person, path: string, units: number): Promise<void> {
  await go(path)
  await page.getByLabel('수량', { exact: true }).fill(String(units))
  await page.getByRole('button', { name: `${units}개 함께 사기` }).dblclick()
  await page.getByRole('heading', { name: `내 몫 ${units}개` }).waitFor()
}

/** More than there is: on the list, first in line. */
async function waits({ page, go }: Person, path: string, units: number): Promise<void> {
  await go(path)
  await page.getByText('1개 남음').waitFor()
  await page.getByRole('button', { name: '더 필요하면 기다리기' }).click()
  await page.getByLabel('수량', { exact: true }).fill(String(units))
  await page.getByRole('button', { name: `${units}개 기다리기` }).click()
  await page.getByText(`1번째로 ${units}개 기다리는 중`).waitFor()
}

/** The host sends the receipt, having seen the sheet, and says that it has arrived. */
async function buys(
  { page, go }: Person,
  path: string,
  { goods, shipping }: { goods: string; shipping: string },
): Promise<void> {
  await go(path)
  await page.getByRole('button', { name: '영수증 올리기' }).click()
  const sheet = page.getByRole('dialog')
  await sheet.getByLabel('물건값').fill(goods)
  await sheet.getByLabel('배송비').fill(shipping)
  await sheet.getByRole('cell', { name: '2,702원' }).first().waitFor()
  await sheet.getByRole('button', { name: '정산표 보내기' }).click()
  await sheet.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: '도착했어요' }).click()
  await page.getByLabel('이웃의 번호 네 자리').waitFor()
}

/** The member shows the number on their page, the host enters it. */
async function picksUp(person: Person, host: Person, path: string): Promise<void> {
  await person.go(path)
  const shown = await person.page
    .getByRole('region', { name: /^내 몫/ })
    .getByText(/^\d{4}$/)
    .textContent()
  const done = host.page.getByRole('listitem').filter({ hasText: '받았어요' })
  const before = await done.count()
  await host.page.getByLabel('이웃의 번호 네 자리').fill(shown ?? '')
  await host.page.getByRole('button', { name: '건넸어요' }).click()
  await done.nth(before).waitFor()
}

test('who has too little tops up on the way, joins, takes fewer and leaves with all of it back', async () => {
  const host = await madang.member()
  const path = await open(host, { title: '감자 나눠 사요', total: '10', min: '5' })
  const member = await madang.member()
  const { page, go } = member
  await go(path)
  await page.getByLabel('수량', { exact: true }).fill('3')
  await page.getByText('3,000원 모자라요.').waitFor()
  await page.getByRole('link', { name: '3,000원 채우기' }).click()
  await pay(member)
  await page.getByRole('heading', { name: '충전했어요' }).waitFor()

  await go(`${path}?units=3`)
  await page.getByRole('button', { name: '3개 함께 사기' }).click()
  await page.getByRole('heading', { name: '내 몫 3개' }).waitFor()
  await page.getByText('3/10개').waitFor()
  await page.reload()
  await page.getByRole('heading', { name: '내 몫 3개' }).waitFor()

  await page.getByRole('button', { name: '하나 빼기' }).click()
  await page.getByRole('button', { name: '2개 사기로 바꾸기' }).click()
  await page.getByRole('heading', { name: '내 몫 2개' }).waitFor()
  await go('/me/together')
  await page.getByRole('link', { name: '감자 나눠 사요' }).click()

  await page.getByRole('button', { name: '그만하기' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: '그만하기' }).click()
  await page.getByRole('heading', { name: '함께하기' }).waitFor()
  await page.getByText('0/10개').waitFor()
  expect(await walletOf(member)).toEqual({ balance: 3_000, held: 0 })
})

test('five neighbours: one leaves and who waited moves up, a smaller receipt, refunds to the won, the host is paid', async () => {
  const host = await madang.member()
  const path = await open(host, { title: '햇귤 한 상자', total: '10', min: '10', own: '1' })
  const first = await memberWith('10000')
  const leaving = await memberWith('10000')
  const waiting = await memberWith('10000')
  const last = await memberWith('10000')

  await joins(first, path, 3)
  leaving.expects(/status of 404/)
  await joins(leaving, path, 3)
  await joins(last, path, 2)
  await waits(waiting, path, 3)

  await leaving.page.getByRole('button', { name: '그만하기' }).click()
  await leaving.page.getByRole('alertdialog').getByRole('button', { name: '그만하기' }).click()
  await leaving.page.getByRole('heading', { name: '함께하기' }).waitFor()
  // Without touching anything.
  await waiting.page.getByRole('heading', { name: '내 몫 3개' }).waitFor()

  await last.page.reload()
  await last.page.getByRole('button', { name: '하나 더하기' }).click()
  await last.page.getByRole('button', { name: '3개 사기로 바꾸기' }).click()
  await last.page.getByText('다 모였어요. 연 이웃이 사고 있어요.').waitFor()

  await buys(host, path, { goods: '8005', shipping: '1000' })
  for (const person of [first, waiting, last]) await picksUp(person, host, path)
  await host.page.getByRole('button', { name: '끝내고 받기' }).click()
  await host.page.getByRole('alertdialog').getByRole('button', { name: '끝내고 받기' }).click()
  await host.page.getByText('끝났어요. 돈이 지갑에 들어왔어요.').first().waitFor()

  // 9,005 of ten units: two of three such shares are a won larger, and every won is somewhere.
  const paid = await Promise.all([first, waiting, last].map(walletOf))
  expect(paid.map(({ balance }) => balance).toSorted()).toEqual([7_298, 7_298, 7_299])
  expect(await walletOf(leaving)).toEqual({ balance: 10_000, held: 0 })
  expect(await walletOf(host)).toEqual({ balance: 8_105, held: 0 })
  await first.page.reload()
  await first.page.getByRole('heading', { name: '정산표' }).waitFor()
  await first.page.getByText('돌려받은 돈').waitFor()
})

test('a host who calls it off gives everybody everything back', async () => {
  const host = await madang.member()
  const path = await open(host, { title: '두부 열 모', total: '10', min: '4' })
  const member = await memberWith('5000')
  await joins(member, path, 4)
  await host.page.reload()
  await host.page.getByRole('button', { name: '같이 사기 취소' }).click()
  await host.page.getByRole('alertdialog').getByRole('button', { name: '같이 사기 취소' }).click()
  await host.page.getByText('취소됐어요').first().waitFor()
  await member.page.reload()
  await member.page.getByText('취소됐어요').first().waitFor()
  await eventually(async () => expect(await walletOf(member)).toEqual({ balance: 5_000, held: 0 }))
})
