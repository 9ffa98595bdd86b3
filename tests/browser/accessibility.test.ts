import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import { barriersHere, barriersOn, meetsNone } from '../support/browser-barriers.ts'
import type { Account } from '../support/browser-person.ts'
import { threePhotos } from '../support/browser-photos.ts'
import { post } from '../support/browser-posting.ts'
import { eventually } from '../support/platform.ts'

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

test('a guest meets no barrier on any page, by day and by night', async () => {
  const guest = await madang.person()
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
    '/together/new',
    '/coupons',
  ]
  expect(await barriersOn(guest, paths)).toEqual([])
})

test('a member meets no barrier on any page, by day and by night', async () => {
  const member = await madang.person()
  await member.enter(account)
  const paths = [
    '/post',
    thing,
    `${thing}/edit`,
    '/me',
    '/me/listings',
    '/me/wishes',
    '/me/profile',
    '/me/sessions',
    '/me/password',
    '/chat',
    '/notifications',
    '/me/notifications',
    '/me/sales',
    '/me/purchases',
    '/me/alerts',
    '/me/notices',
    '/me/blocks',
    '/wallet',
    '/wallet/charge',
    '/wallet/send',
    '/wallet/payout',
    '/wallet/history',
    '/wallet/pin',
    '/me/coupons',
    '/coupons',
    '/together',
    '/together/new',
    '/me/together',
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
    expect(await barriersHere({ page })).toEqual([])
  }
})

test('who talks meets none in the room and its sheets, by day and by night', async () => {
  const someone = await madang.member()
  const { page, go } = someone
  await go(thing)
  await page.getByRole('button', { name: '채팅하기' }).click()
  await page.getByLabel('메시지 쓰기').fill('여기서 봐도 될까요? https://safe-pay.example/1')
  await page.getByRole('button', { name: '보내기', exact: true }).click()
  await page.getByText('아직 읽지 않음').waitFor()
  expect(await barriersHere(someone)).toEqual([])
  for (const opener of ['약속 잡기', '대화 메뉴']) {
    await page.getByRole('button', { name: opener }).click()
    await meetsNone(someone, 'dialog')
  }
})
