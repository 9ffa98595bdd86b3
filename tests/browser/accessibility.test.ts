import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { type Madang, openMadang } from '../support/browser.ts'
import type { Account, Person } from '../support/browser-person.ts'
import { threePhotos } from '../support/browser-photos.ts'
import { post } from '../support/browser-posting.ts'
import { eventually } from '../support/platform.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const Violations = z.array(z.object({ rule: z.string(), where: z.array(z.string()) }))

let madang: Madang
let thing: string
let account: Account
beforeAll(async () => {
  madang = await openMadang()
  const seller = await madang.member()
  account = seller.account
  thing = await post(seller, {
    title: '접이식 자전거',
    category: '스포츠·레저',
    price: '120000',
    description: '잘 접혀요.',
    photos: await threePhotos(),
  })
  await seller.page.getByLabel('댓글 쓰기').fill('내일 저녁에도 괜찮아요.')
  await seller.page.getByRole('button', { name: '남기기' }).click()
  await seller.page.getByRole('article').getByText('내일 저녁에도').waitFor()
  await eventually(async () => {
    await seller.go('/search?q=자전거')
    await seller.page.getByRole('link', { name: '접이식 자전거' }).waitFor({ timeout: 2_000 })
  })
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

test.for(['light', 'dark'] as const)('a guest meets no barrier on any page, %s', async (colorScheme) => {
  const guest = await madang.person({ colorScheme })
  const paths = [
    '/',
    '/search',
    '/search?q=자전거',
    thing,
    '/post',
    '/sign-in',
    '/sign-up',
    '/me',
    '/together',
  ]
  expect(await barriersOn(guest, paths)).toEqual([])
})

test.for(['light', 'dark'] as const)('a member meets no barrier on any page, %s', async (colorScheme) => {
  const member = await madang.person({ colorScheme })
  await member.signIn(account)
  const paths = [
    '/post',
    thing,
    `${thing}/edit`,
    '/me',
    '/me/listings',
    '/me/wishes',
    '/me/profile',
    '/me/sessions',
    '/chat',
    '/notifications',
    '/me/notifications',
    '/me/sales',
    '/me/purchases',
    '/me/alerts',
    '/me/notices',
    '/me/blocks',
  ]
  expect(await barriersOn(member, paths)).toEqual([])
})

test('on a desk, and in the sheets and the photo viewer, there is none either', async () => {
  const desk = await madang.person({ screen: 'desk' })
  expect(await barriersOn(desk, ['/', '/search?q=자전거', thing])).toEqual([])
  const { page, go } = await madang.person()
  const openers = [
    { path: '/', opener: '거르기' },
    { path: '/', opener: '카테고리' },
    { path: '/', opener: /^동네 바꾸기/ },
    { path: thing, opener: /크게 보기$/ },
  ]
  for (const { path, opener } of openers) {
    await go(path)
    await page.getByRole('button', { name: opener }).first().click()
    await page.getByRole('dialog').waitFor()
    expect(await violations(page)).toEqual([])
  }
})

test.for(['light', 'dark'] as const)(
  'who talks meets none in the room and its sheets, %s',
  async (colorScheme) => {
    const { page, go } = await madang.member({ colorScheme })
    await go(thing)
    await page.getByRole('button', { name: '채팅하기' }).click()
    await page.getByLabel('메시지 쓰기').fill('여기서 봐도 될까요? https://safe-pay.example/1')
    await page.getByRole('button', { name: '보내기', exact: true }).click()
    await page.getByText('아직 읽지 않음').waitFor()
    expect(await violations(page)).toEqual([])
    for (const opener of ['약속 잡기', '대화 메뉴']) {
      await page.getByRole('button', { name: opener }).click()
      await page.getByRole('dialog').waitFor()
      expect(await violations(page)).toEqual([])
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
  },
)

/** What axe finds on each page, named by page, so that one run shows everything. */
async function barriersOn({ page, go }: Person, paths: string[]) {
  const found: { path: string; rule: string; where: string[] }[] = []
  for (const path of paths) {
    await go(path)
    found.push(...(await violations(page)).map((violation) => ({ path, ...violation })))
  }
  return found
}

async function violations(page: Person['page']) {
  await page.evaluate(AXE)
  const report = await page.evaluate(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ({ rule: id, where: nodes.map(({ html, target }) => target + ' ' + html.slice(0, 160)) })))`,
  )
  return Violations.parse(report)
}
