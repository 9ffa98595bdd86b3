import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import { threePhotos } from '../support/browser-photos.ts'
import { fillThing, postedPath, submit, uploaded } from '../support/browser-posting.ts'
import { apiOf } from '../support/browser-town.ts'

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

const thing = {
  title: '스탠드 조명',
  category: '가구·인테리어',
  price: '15000',
  description: '불이 잘 들어와요.',
}

test('what was typed and uploaded up to the last moment is still there after the page is loaded again, and leaves with the posting', async () => {
  const seller = await madang.member()
  const { page } = seller
  const [placed, sideways] = await threePhotos()
  await seller.go('/post')
  await fillThing(seller, { ...thing, photos: [placed, sideways] })
  await uploaded(seller, 2)
  await page.getByLabel('이야기').fill(`${thing.description} 오늘만요.`)

  await page.reload()
  await page.getByText('쓰던 글을 이어서 보여 드려요').waitFor()
  expect(await page.getByLabel('제목').inputValue()).toBe(thing.title)
  expect(await page.getByLabel('가격', { exact: true }).inputValue()).toBe('15,000')
  expect(await page.getByLabel('이야기').inputValue()).toBe(`${thing.description} 오늘만요.`)
  expect(await page.getByRole('listitem', { name: /^사진 \d$/ }).count()).toBe(2)

  await submit(seller)
  await postedPath(seller)
  await seller.go('/post')
  expect(await page.getByLabel('제목').inputValue()).toBe('')
  expect(await page.getByText('쓰던 글을 이어서').count()).toBe(0)
})

test('two quick presses on the button post once', async () => {
  const seller = await madang.member()
  await seller.go('/post')
  await fillThing(seller, thing)
  await seller.page.getByRole('button', { name: '올리기', exact: true }).dblclick()
  await postedPath(seller)
  expect(await (await apiOf(madang.origin, seller.account)).titles()).toEqual([thing.title])
})

test('an answer lost on the way is said, and pressing again does not post a second time', async () => {
  const seller = await madang.member()
  const { page } = seller
  await seller.go('/post')
  await fillThing(seller, thing)
  let lost = 0
  await page.route('**/api/v1/listings', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return await route.fallback()
    lost++
    await route.fetch()
    await route.abort('connectionreset')
  })
  seller.expects(/ERR_CONNECTION_RESET/)
  await submit(seller)
  await page.getByText('인터넷에 연결되지 않았어요').waitFor()
  expect(await page.getByLabel('제목').inputValue()).toBe(thing.title)

  await submit(seller)
  await postedPath(seller)
  expect(lost).toBe(1)
  expect(await (await apiOf(madang.origin, seller.account)).titles()).toEqual([thing.title])
})

test('a photo whose upload broke says so and goes up when asked again', async () => {
  const seller = await madang.member()
  const { page } = seller
  const [placed] = await threePhotos()
  await seller.go('/post')
  await page.route('**/api/v1/media', (route) => route.abort('connectionreset'))
  seller.expects(/ERR_CONNECTION_RESET/)
  await fillThing(seller, { ...thing, photos: [placed] })
  await page.getByText('올리지 못했어요').waitFor()

  await page.unroute('**/api/v1/media')
  await page.getByRole('button', { name: '사진 1 다시 올리기' }).click()
  await page.getByText('올리지 못했어요').waitFor({ state: 'detached' })
  await uploaded(seller, 1)
  await submit(seller)
  await postedPath(seller)
  expect(await page.locator('section[aria-roledescription="carousel"] img').count()).toBe(1)
})

test('what is missing is said beside its field, and the first such field has the focus', async () => {
  const seller = await madang.member()
  const { page } = seller
  await seller.go('/post')
  await submit(seller)
  await page.getByText('제목을 두 글자 이상 써 주세요').waitFor()
  await page.getByText('가격을 쓰거나 나눔을 골라 주세요').waitFor()
  await page.getByText('이야기를 적어 주세요').waitFor()
  expect(await page.locator(':focus').getAttribute('id')).toBe('post-title')
})

test('without a network a wish is taken back and says why; with one again it stays', async () => {
  const seller = await madang.member()
  const path = await (await apiOf(madang.origin, seller.account)).post({ title: '작은 화분' })
  const neighbour = await madang.member()
  const { page, context } = neighbour
  await neighbour.go(path)
  const heart = page.getByRole('button', { name: /^관심/ }).first()
  neighbour.expects(/ERR_INTERNET_DISCONNECTED/)
  await context.setOffline(true)
  await heart.click()
  await page.getByText('인터넷에 연결되지 않았어요').waitFor()
  expect(await heart.getAttribute('aria-pressed')).toBe('false')
  await page.getByText('오프라인이에요.').waitFor()

  await context.setOffline(false)
  await heart.click()
  await page.getByText('관심에 담았어요').waitFor()
  await neighbour.go('/me/wishes')
  await page.getByRole('link', { name: '작은 화분' }).waitFor()
})
