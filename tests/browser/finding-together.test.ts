import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import { barriersHere } from '../support/browser-barriers.ts'
import type { Person } from '../support/browser-person.ts'
import { open } from '../support/browser-together.ts'
import { apiOf } from '../support/browser-town.ts'
import { eventually, unique } from '../support/platform.ts'

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

/** A page of a search that shows both numbers; the index hears of new things a moment after they are posted. */
const foundBy = ({ go, page }: Person, q: string, things: string, together: string) =>
  eventually(async () => {
    await go(`/search?q=${encodeURIComponent(q)}`)
    const shelves = page.getByRole('navigation', { name: '어디에서 찾을까요' })
    expect(await shelves.getByRole('link').allInnerTexts()).toEqual([
      `물건\n${things}`,
      `같이 사기\n${together}`,
    ])
  })

test('a search shows things and group buys beside one another, by the keyboard too, and leads from one to the other', async () => {
  const mark = unique('표')
  const host = await madang.member()
  const path = await open(host, { title: `${mark}감자박스`, total: '10', min: '5' })
  const api = await apiOf(madang.origin, host.account)
  await api.post({ title: `${mark}감자칼` })

  const guest = await madang.person()
  const { page } = guest
  await foundBy(guest, `${mark}감자`, '1', '1')
  await page.getByRole('link', { name: `${mark}감자칼` }).waitFor()

  // The keyboard alone goes on from the words to the shelves, and keeps its place there.
  const together = page.getByRole('link', { name: /^같이 사기 1/ })
  await together.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: `${mark}감자박스` }).waitFor()
  expect(new URL(page.url()).searchParams.get('in')).toBe('together')
  await expect.poll(() => together.getAttribute('aria-current')).toBe('page')
  expect(await together.evaluate((link) => link === link.ownerDocument.activeElement)).toBe(true)
  expect(await page.locator('mark').first().textContent()).toBe(`${mark}감자`)
  expect(await barriersHere(guest)).toEqual([])

  // A sort of group buys stays on this shelf; new words do, too.
  await page.getByLabel('정렬').selectOption({ label: '조금 남은 순' })
  await page.waitForURL(/sort=remaining/)
  await page.getByRole('combobox', { name: '무엇을 찾으세요' }).fill(`${mark}없는말`)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: `‘${mark}없는말’에 맞는 같이 사기가 없어요` }).waitFor()
  await page.goBack()
  await page.getByRole('link', { name: `${mark}감자박스` }).click()
  await page.waitForURL(`**${path}`)
})

test('where no thing is found, the group buys that are can be seen with one tap', async () => {
  const mark = unique('표')
  const host = await madang.member()
  await open(host, { title: `${mark}대파한단`, total: '10', min: '5' })
  const guest = await madang.person({ screen: 'desk', colorScheme: 'dark' })
  await foundBy(guest, `${mark}대파`, '0', '1')
  await guest.page.getByRole('link', { name: '같이 사기 1개 보기' }).click()
  await guest.page.getByRole('link', { name: `${mark}대파한단` }).waitFor()
  expect(await barriersHere(guest)).toEqual([])
})

test('a side that gives no answer leaves the other as it is', async () => {
  const mark = unique('표')
  const host = await madang.member()
  await (await apiOf(madang.origin, host.account)).post({ title: `${mark}양파망` })
  const guest = await madang.person()
  await foundBy(guest, `${mark}양파`, '1', '0')
  const { page } = guest
  guest.expects(/503/)
  await page.route('**/api/v1/search/group-buys**', (route) =>
    route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{}' }),
  )
  const shelf = page.getByRole('navigation', { name: '어디에서 찾을까요' })
  await shelf.getByRole('link', { name: '같이 사기' }).click()
  await page.getByRole('alert').getByRole('button', { name: '다시 시도하기' }).waitFor()
  await shelf.getByRole('link', { name: '물건' }).click()
  await page.getByRole('link', { name: `${mark}양파망` }).waitFor()
  await page.unroute('**/api/v1/search/group-buys**')
  await shelf.getByRole('link', { name: '같이 사기' }).click()
  await page.getByRole('heading', { name: `‘${mark}양파’에 맞는 같이 사기가 없어요` }).waitFor()
})
