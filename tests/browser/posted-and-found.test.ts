import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import type { Person } from '../support/browser-person.ts'
import { look, threePhotos } from '../support/browser-photos.ts'
import { fillThing, postedPath, submit } from '../support/browser-posting.ts'
import { eventually, unique } from '../support/platform.ts'

const SLOW_LINE_BYTES_PER_S = 250_000

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

test('a stranger posts a thing with photos; another finds it, keeps an eye on it and asks; both see what the other did', async () => {
  const seller = await madang.newcomer()
  const mark = unique('')
  const thing = {
    title: `원목자전거거치대 ${mark}`,
    category: '스포츠·레저',
    price: '45000',
    description: '벽에 거는 거치대예요.\n나사도 드려요.',
  }

  // The seller posts, and sees how far each photo is.
  await seller.go('/post')
  const fullLine = await slowLine(seller)
  await fillThing(seller, { ...thing, photos: await threePhotos() })
  await seller.page.getByRole('progressbar').first().waitFor()
  const percents = await percentsUntilDone(seller)
  expect(percents.some((percent) => percent > 0 && percent < 100)).toBe(true)
  await fullLine()
  await submit(seller)
  const path = await postedPath(seller)
  await seller.page.getByRole('heading', { name: thing.title }).waitFor()

  // A neighbour finds it by a word inside its compound, wishes it, asks.
  const neighbour = await madang.newcomer()
  await eventually(async () => {
    await neighbour.go('/')
    await neighbour.page.getByRole('link', { name: '검색' }).first().click()
    await neighbour.page.getByRole('combobox', { name: '무엇을 찾으세요' }).fill('거치')
    await neighbour.page.keyboard.press('Enter')
    await neighbour.page.getByRole('link', { name: thing.title }).waitFor({ timeout: 2_000 })
  })
  expect(await neighbour.page.locator('mark').first().textContent()).toBe('거치')
  await neighbour.page.getByRole('link', { name: thing.title }).click()
  await neighbour.page.waitForURL(`**${path}`)
  await neighbour.page.getByText('벽에 거는 거치대예요.').first().waitFor()
  await neighbour.page.getByRole('button', { name: '관심에 담기' }).first().click()
  await neighbour.page.getByText('관심에 담았어요').waitFor()
  await neighbour.page.getByLabel('댓글 쓰기').fill('아직 있나요?')
  await neighbour.page.getByRole('button', { name: '남기기' }).click()
  await neighbour.page.getByRole('article').getByText('아직 있나요?').waitFor()

  expect(await photosOn(neighbour)).toEqual([
    { ground: 'blue', told: [], ratio: 1.33 },
    { ground: 'green', told: [], ratio: 0.75 },
    { ground: 'yellow', told: [], ratio: 1 },
  ])

  // The seller sees both, then changes the price and puts the last photo first.
  await eventually(async () => {
    await seller.go(path)
    await seller.page.getByText('관심 1').first().waitFor({ timeout: 1_000 })
    await seller.page.getByRole('article').getByText('아직 있나요?').waitFor({ timeout: 1_000 })
  })
  await seller.page.getByRole('link', { name: '고치기' }).click()
  await seller.page.waitForURL(`**${path}/edit`)
  await seller.page.getByLabel('가격', { exact: true }).fill('39000')
  await moveToFront(seller, '사진 3')
  await seller.page.getByRole('button', { name: '고친 대로 저장하기' }).click()
  await seller.page.waitForURL(`**${path}`)

  await eventually(async () => {
    await neighbour.go(path)
    await neighbour.page.getByText('39,000원').first().waitFor({ timeout: 1_000 })
  })
  expect((await photosOn(neighbour)).map(({ ground }) => ground)).toEqual(['yellow', 'blue', 'green'])
})

/** A phone on a bad line, until the returned function is called. */
async function slowLine({ context, page }: Person): Promise<() => Promise<void>> {
  const devtools = await context.newCDPSession(page)
  const line = { offline: false, latency: 20, downloadThroughput: -1 }
  await devtools.send('Network.emulateNetworkConditions', {
    ...line,
    uploadThroughput: SLOW_LINE_BYTES_PER_S,
  })
  return async () => {
    await devtools.send('Network.emulateNetworkConditions', { ...line, latency: 0, uploadThroughput: -1 })
  }
}

/** Every figure the progress bars showed until the last one went. */
async function percentsUntilDone({ page }: Person): Promise<number[]> {
  const bars = page.getByRole('progressbar')
  const percents: number[] = []
  while ((await bars.count()) > 0) {
    percents.push(...(await bars.evaluateAll((all) => all.map((bar) => Number(bar.getAttribute('value'))))))
  }
  return percents
}

/** Every photo the page shows, in its order, fetched in every size it is served in. */
async function photosOn({ page }: Person) {
  const sources = await page
    .locator('section[aria-roledescription="carousel"] img')
    .evaluateAll((images) => images.map((image) => image.getAttribute('src') ?? ''))
  return await Promise.all(
    sources.map(async (full) => {
      const sizes = await Promise.all(
        ['full', 'card', 'thumb'].map((size) => served(full.replace(/full$/, size))),
      )
      const [{ ground, width, height }] = [sizes[0] ?? { ground: null, width: 0, height: 1 }]
      expect(sizes.map((size) => size.ground)).toEqual([ground, ground, ground])
      const ratio = Math.round((100 * width) / height) / 100
      return { ground, told: sizes.flatMap(({ told }) => told), ratio }
    }),
  )
}

async function served(path: string) {
  const reply = await fetch(madang.origin + path)
  expect(reply.status).toBe(200)
  return await look(new Uint8Array(await reply.arrayBuffer()))
}

/** With the keyboard alone: space picks the photo up, arrows carry it, space lays it down. */
async function moveToFront({ page }: Person, name: string): Promise<void> {
  const photo = page.getByRole('listitem', { name, exact: true })
  await photo.focus()
  await page.keyboard.press('Space')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Space')
}
