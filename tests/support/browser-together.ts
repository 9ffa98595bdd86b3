import { z } from 'zod'
import type { Madang } from './browser.ts'
import type { Person } from './browser-person.ts'

/** Tops up at the stand-in, where it is at the moment. */
export async function pay({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: '결제하러 가기' }).click()
  await page.waitForURL('**/dev/pay/checkout/**')
  await page.getByRole('button', { name: /결제하기|승인/ }).click()
  await page.waitForURL('**/wallet/charges/**')
}
export async function memberWith(madang: Madang, won: string) {
  const member = await madang.member()
  await member.go('/wallet/charge')
  await member.page.getByLabel('충전할 금액').fill(won)
  await pay(member)
  await member.page.getByRole('heading', { name: '충전했어요' }).waitFor()
  return member
}

export type Terms = {
  title: string
  total: string
  min: string
  price?: string
  own?: string
  slot?: boolean
}
/** Opens a group buy on the pages and returns its path; its host stands on its page. */
export async function open(
  host: Person,
  { title, total, min, price = '1000', own = '0', slot = false }: Terms,
): Promise<string> {
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
  if (slot) await page.getByRole('button', { name: '나누는 때 더하기' }).click()
  await page.getByLabel('이야기').fill('같이 사면 싸요.')
  await page.getByRole('heading', { name: '이렇게 보여요' }).waitFor()
  await page.getByRole('button', { name: '열기', exact: true }).click()
  await page.waitForURL(/\/together\/gb_\w+$/)
  return new URL(page.url()).pathname
}
const Wallet = z.object({ balance: z.int(), held: z.int() })
/**
 * Opens one whose deadline is a moment away, which no page offers: it was opened an hour ago (a header that only a developer's
 * machine knows). The deadline itself is real, and nobody helps it to come.
 */
export async function openClosing(
  { page }: Person,
  { title, afterMs }: { title: string; afterMs: number },
): Promise<string> {
  const body = {
    ...{ title, description: '같이 사면 싸요.', category: 'food', unitPrice: 1_000, unit: '개' },
    ...{ totalUnits: 10, minUnits: 8, pickup: '주민센터 앞' },
    deadline: new Date(Date.now() + afterMs).toISOString(),
  }
  const reply = await page.evaluate(
    async ({ body, openedAtMs }) => {
      const headers = {
        'content-type': 'application/json',
        'idempotency-key': crypto.randomUUID(),
        'dev-at-ms': String(openedAtMs),
      }
      return await (
        await fetch('/api/v1/group-buys', { method: 'POST', headers, body: JSON.stringify(body) })
      ).text()
    },
    { body, openedAtMs: Date.now() - HOUR_MS },
  )
  return `/together/${Opened.parse(JSON.parse(reply)).id}`
}
const Opened = z.object({ id: z.string() })
const HOUR_MS = 60 * 60 * 1000

export const walletOf = async ({ page }: Person) =>
  Wallet.parse(await (await page.request.get('/api/v1/wallet')).json())

export async function joins({ page, go }: Person, path: string, units: number): Promise<void> {
  await go(path)
  await page.getByLabel('수량', { exact: true }).fill(String(units))
  await page.getByRole('button', { name: `${units}개 함께 사기` }).dblclick()
  await page.getByRole('heading', { name: `내 몫 ${units}개` }).waitFor()
}

/** More than there is: on the list, first in line. */
export async function waits({ page, go }: Person, path: string, units: number): Promise<void> {
  await go(path)
  await page.getByText('1개 남음').waitFor()
  await page.getByRole('button', { name: '더 필요하면 기다리기' }).click()
  await page.getByLabel('수량', { exact: true }).fill(String(units))
  await page.getByRole('button', { name: `${units}개 기다리기` }).click()
  await page.getByText(`1번째로 ${units}개 기다리는 중`).waitFor()
}

/** The host sends the receipt, having seen the sheet, and says that it has arrived. */
export async function buys(
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
export async function picksUp(person: Person, host: Person, path: string): Promise<void> {
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
