import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import type { Person } from '../support/browser-person.ts'
import { post } from '../support/browser-posting.ts'
import { eventually, unique } from '../support/platform.ts'

/** What a browser says of a page that is not there. */
const NOT_THERE = /404/

let madang: Madang
beforeAll(async () => {
  madang = await openMadang('alone')
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

const thingOf = (title: string) => ({
  title: `${title} ${unique('')}`,
  category: '생활·주방',
  price: '15000',
  description: '깨끗하게 썼어요.',
})

test('a comment makes the seller’s bell count up while they look at something else, and leads to it', async () => {
  const seller = await madang.member()
  const thing = thingOf('도자기 화분')
  const path = await post(seller, thing)
  await seller.go('/')
  await seller.page.getByRole('link', { name: '알림', exact: true }).waitFor()

  const asker = await madang.member()
  await commentOn(asker, path, '화분 받침도 있나요?')

  await seller.page.getByRole('link', { name: '알림, 안 읽은 것 1개' }).waitFor()
  await seller.page.getByRole('status').getByText('댓글을 남겼어요').waitFor()
  await seller.page.getByRole('link', { name: '알림, 안 읽은 것 1개' }).click()
  const lines = linesAbout(seller, thing.title)
  await lines.getByRole('link', { name: /안 읽음/ }).waitFor()

  // While the list is open the next one comes into it.
  await commentOn(asker, path, '언제 만날 수 있나요?')
  await seller.page.getByRole('link', { name: '알림, 안 읽은 것 2개' }).waitFor()
  await lines.nth(1).waitFor()

  await lines.filter({ hasText: '화분 받침' }).getByRole('link').click()
  await seller.page.waitForURL(`**${path}#comments`)
  await seller.page.getByRole('article').getByText('화분 받침도 있나요?').waitFor()
  await seller.page.getByRole('link', { name: '알림, 안 읽은 것 1개' }).waitFor()

  await seller.go('/notifications')
  await seller.page.getByRole('button', { name: '모두 읽음' }).click()
  await seller.page.getByRole('link', { name: '알림', exact: true }).waitFor()
  await seller.page
    .getByRole('button', { name: /^알림 지우기/ })
    .first()
    .click()
  await eventually(async () => {
    expect(await seller.page.getByRole('button', { name: /^알림 지우기/ }).count()).toBe(1)
  })
  // The one who wrote is told nothing.
  await asker.go('/notifications')
  await asker.page.getByText('아직 온 소식이 없어요').waitFor()
})

test('a reported thing is hidden with a reason, its seller appeals, and is heard', async () => {
  const seller = await madang.member()
  const thing = thingOf('손난로')
  const path = await post(seller, thing)

  const neighbour = await madang.member()
  await neighbour.go(path)
  await neighbour.page.getByRole('button', { name: '신고하기' }).first().click()
  const sheet = neighbour.page.getByRole('dialog')
  await sheet.getByRole('radio', { name: '가짜이거나 사실과 달라요' }).check()
  await sheet.getByLabel('더 알려 줄 것이 있다면').fill('사진과 다른 물건이에요.')
  await sheet.getByRole('button', { name: '신고 보내기' }).click()
  await sheet.getByRole('heading', { name: '신고를 받았어요' }).waitFor()

  // An operator sees it in context and hides it.
  const operator = await madang.person({ screen: 'desk' })
  await operator.enter(await madang.operator())
  await eventually(async () => {
    await operator.go('/operator')
    await operator.page.getByRole('link', { name: thing.title }).waitFor({ timeout: 2_000 })
  })
  await operator.page.getByRole('link', { name: thing.title }).click()
  await operator.page.getByText('사진과 다른 물건이에요.').waitFor()
  await operator.page.getByRole('button', { name: '판단하기' }).click()
  await operator.page.getByText('가리기', { exact: true }).click()
  await operator.page.getByLabel('이유').fill('사진과 다른 물건으로 보여요.')
  await operator.page.getByRole('button', { name: '결정하기' }).click()
  await operator.page.getByText('결정했어요').waitFor()

  // It is gone for neighbours; nobody but an operator finds the queue.
  neighbour.expects(NOT_THERE)
  await eventually(async () => {
    await neighbour.go(path)
    await neighbour.page.getByRole('heading', { name: '찾을 수 없어요' }).waitFor({ timeout: 2_000 })
  })
  await neighbour.go('/operator')
  await neighbour.page.getByText('찾는 것이 여기에 없어요').waitFor()

  // The seller reads why, and says that it is wrong.
  await openNotice(seller, '올린 물건이 가려졌어요')
  await seller.page.getByText('사진과 다른 물건으로 보여요.').waitFor()
  await seller.page.getByLabel('왜 잘못되었는지').fill('조명 때문에 색이 달라 보였을 뿐이에요.')
  await seller.page.getByRole('button', { name: '이의 내기' }).click()
  await seller.page.getByText('살펴보고 있어요').waitFor()

  // The operator looks afresh and undoes it.
  await operator.go('/operator?state=appealed')
  await operator.page.getByRole('link', { name: thing.title }).click()
  await operator.page.getByText('조명 때문에 색이 달라 보였을 뿐이에요.').waitFor()
  await operator.page.getByText('결정을 되돌리기', { exact: true }).click()
  await operator.page.getByLabel('답', { exact: true }).fill('다시 보니 같은 물건이에요. 미안해요.')
  await operator.page.getByRole('button', { name: '이의에 답하기' }).click()
  await operator.page.getByText('결정을 되돌렸어요').waitFor()

  await openNotice(seller, '올린 물건이 가려졌어요')
  await seller.page.getByText('결정을 되돌렸어요').waitFor()
  await seller.page.getByText('다시 보니 같은 물건이에요. 미안해요.').waitFor()
  await eventually(async () => {
    await neighbour.go(path)
    await neighbour.page.getByRole('heading', { name: thing.title }).waitFor({ timeout: 2_000 })
  })

  // What was done stands in the log.
  await operator.go('/operator/audit')
  for (const act of ['살펴봄', '가림', '결정 되돌림'])
    await operator.page.getByRole('listitem').filter({ hasText: act }).first().waitFor()
  await operator.page.getByText('사진과 다른 물건으로 보여요.').waitFor()
})

test('a blocked neighbour stands in my list until I let them go', async () => {
  const other = await madang.member()
  const path = await post(other, thingOf('우산'))
  const me = await madang.member()
  await me.go(path)
  await me.page.getByRole('link', { name: other.account.nickname }).first().click()
  await me.page.getByRole('button', { name: '차단하기' }).click()
  await me.page.getByRole('alertdialog').getByRole('button', { name: '차단하기' }).click()
  await me.page.getByText('차단한 이웃이에요').waitFor()
  await me.go('/me/blocks')
  await me.page.getByRole('button', { name: `${other.account.nickname} 님 차단 풀기` }).click()
  await me.page.getByText('차단한 이웃이 없어요').waitFor()
})

test('a saved search tells when what was looked for appears', async () => {
  const searcher = await madang.member()
  const mark = unique('')
  await searcher.go(`/search?q=${encodeURIComponent(`흔들의자${mark}`)}`)
  await searcher.page.getByRole('button', { name: '이 검색 알림 받기' }).click()
  await searcher.page.getByLabel('최고 가격').fill('50000')
  await searcher.page.getByRole('button', { name: '알림 받기', exact: true }).click()
  await searcher.page.getByText('알림을 만들었어요').waitFor()

  const seller = await madang.member()
  const title = `흔들의자${mark} 팔아요`
  const path = await post(seller, { ...thingOf('의자'), title })

  await searcher.page.getByRole('link', { name: '알림, 안 읽은 것 1개' }).click()
  await linesAbout(searcher, title).getByRole('link').click()
  await searcher.page.waitForURL(`**${path}`)

  await searcher.go('/me/alerts')
  await searcher.page.getByRole('button', { name: /알림 지우기$/ }).click()
  await searcher.page.getByText('받고 있는 검색 알림이 없어요').waitFor()
})

async function commentOn({ page, go }: Person, path: string, words: string): Promise<void> {
  await go(path)
  await page.getByLabel('댓글 쓰기').fill(words)
  await page.getByRole('button', { name: '남기기' }).click()
  await page.getByRole('article').getByText(words).waitFor()
}

/** The lines of the open list that speak of a thing. */
const linesAbout = ({ page }: Person, title: string) => page.getByRole('article').filter({ hasText: title })

async function openNotice({ page, go }: Person, title: string): Promise<void> {
  await eventually(async () => {
    await go('/me/notices')
    await page.getByRole('link', { name: title }).waitFor({ timeout: 2_000 })
  })
  await page.getByRole('link', { name: title }).click()
  await page.getByRole('heading', { name: title }).waitFor()
}
