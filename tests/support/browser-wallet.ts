import type { Person } from './browser-person.ts'

/** Puts money into the wallet of whoever is signed in on this page, through the provider's stand-in. */
export async function topUp({ page }: Person, amount: number): Promise<void> {
  await page.evaluate(`(async () => {
    const post = async (path, body) => {
      const headers = { accept: 'application/json', 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }
      const reply = await fetch(path, { method: 'POST', headers, ...(body ? { body: JSON.stringify(body) } : {}) })
      if (!reply.ok) throw new Error(path + ' answered ' + reply.status + ' ' + (await reply.text()))
      return await reply.json()
    }
    const { id, checkoutUrl } = await post('/api/v1/wallet/charges', { amount: ${amount} })
    await post(new URL(checkoutUrl, location.origin).pathname + '/approve', {})
    await post('/api/v1/wallet/charges/' + id + '/confirm')
  })()`)
}

/** Tops up by hand, pressing this at the stand-in's page, and stands on the page of the top-up again. */
export async function charge(
  { page, go }: Person,
  amount: string,
  act: RegExp = /결제하기|승인/,
): Promise<void> {
  await go('/wallet/charge')
  await page.getByLabel('충전할 금액').fill(amount)
  await page.getByRole('button', { name: '결제하러 가기' }).click()
  await page.waitForURL('**/dev/pay/checkout/**')
  await page.getByRole('button', { name: act }).click()
  await page.waitForURL('**/wallet/charges/**')
}

/** Tops up by hand and waits until the money is there. */
export async function paidIn(someone: Person, amount: string): Promise<void> {
  await charge(someone, amount)
  await someone.page.getByRole('heading', { name: '충전했어요' }).waitFor()
}

/** Buys the thing at this path with the wallet, pressing what it costs, and answers the trade's path. */
export async function buy({ page, go }: Person, path: string, pays: string): Promise<string> {
  await go(path)
  await page.getByRole('button', { name: '지갑으로 사기' }).click()
  await page.getByRole('button', { name: `${pays} 내고 사기` }).click()
  await page.waitForURL('**/me/trades/**')
  return new URL(page.url()).pathname
}

/** The code that a buyer shows, read off their trade's page. */
export async function handoverCode({ page }: Person): Promise<string> {
  const digits = page.locator('[aria-hidden=true]').filter({ hasText: /^\d{4}$/ })
  return (await digits.textContent()) ?? ''
}

/** The sum beside a name on a money page, in won. */
export async function sumOf({ page }: Pick<Person, 'page'>, name: string): Promise<number> {
  const line = page.locator('dl > div').filter({ has: page.getByText(name, { exact: true }) })
  return wonOf(await line.locator('dd').textContent())
}

/** −3,000원 → -3000 */
export function wonOf(words: string | null): number {
  const sum = /^(−?)([\d,]+)원/.exec(words?.trim() ?? '')
  if (!sum) throw new Error(`"${words}" begins with no sum`)
  return Number(sum[2]?.replaceAll(',', '')) * (sum[1] === '' ? 1 : -1)
}
