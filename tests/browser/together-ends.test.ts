import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import type { Person } from '../support/browser-person.ts'
import { threePhotos } from '../support/browser-photos.ts'
import { joins, memberWith, open, openClosing, picksUp, walletOf } from '../support/browser-together.ts'
import { eventually } from '../support/platform.ts'

/** Long enough for two to join on a slow machine. */
const DEADLINE_AFTER_MS = 40_000
const PATIENCE_MS = 70_000

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

/** The notice of what became of it, in the member's own list. */
async function isTold({ page, go }: Person, words: string): Promise<void> {
  await go('/notifications')
  await page.getByRole('link').filter({ hasText: words }).first().waitFor()
}

test('too few by the deadline: it fails before everybody’s eyes, they are told, and all of their money is back', async () => {
  const host = await madang.member()
  const [first, second] = [await memberWith(madang, '5000'), await memberWith(madang, '5000')]
  const path = await openClosing(host, { title: '햇양파 나눠 사요', afterMs: DEADLINE_AFTER_MS })
  await Promise.all([joins(first, path, 3), joins(second, path, 2)])
  expect(await walletOf(first)).toEqual({ balance: 2_000, held: 3_000 })
  expect(await walletOf(second)).toEqual({ balance: 3_000, held: 2_000 })

  // The deadline passes; nobody touches anything.
  for (const { page } of [first, second])
    await page
      .getByText('최소 수량이 모이지 않았어요. 맡긴 돈은 모두 돌아왔어요.')
      .first()
      .waitFor({ timeout: PATIENCE_MS })
  await eventually(async () => {
    expect(await walletOf(first)).toEqual({ balance: 5_000, held: 0 })
    expect(await walletOf(second)).toEqual({ balance: 5_000, held: 0 })
  })
  for (const person of [host, first, second]) await isTold(person, '인원이 모이지 않았어요')

  const late = await madang.member()
  await late.go(path)
  await late.page.getByText('모이지 않았어요').first().waitFor()
  expect(await late.page.getByRole('button', { name: /함께 사기$/ }).count()).toBe(0)
})

test('it costs more: the receipt’s photo is there for the members, they vote, come at the time set and pay what they voted for', async () => {
  const host = await madang.member()
  const path = await open(host, { title: '햇밤 한 자루', total: '4', min: '4', slot: true })
  const member = await memberWith(madang, '10000')
  await joins(member, path, 4)
  await member.page.getByRole('list', { name: '나누는 때' }).getByRole('listitem').waitFor()
  await member.page.getByText('다 모였어요. 연 이웃이 사고 있어요.').waitFor()

  await host.page.reload()
  await host.page.getByRole('button', { name: '영수증 올리기' }).click()
  const sheet = host.page.getByRole('dialog')
  await sheet.getByLabel('물건값').fill('5000')
  await sheet.getByText('이웃의 투표가 필요해요').waitFor()
  const [photo] = await threePhotos()
  await sheet.getByLabel('영수증 사진').setInputFiles([photo])
  await eventually(async () => {
    await sheet.getByRole('button', { name: '정산표 보내기' }).click()
    await sheet.waitFor({ state: 'detached', timeout: 2_000 })
  })
  await host.page.getByText('이웃이 투표하고 있어요').waitFor()
  expect(await host.page.getByRole('button', { name: '도착했어요' }).count()).toBe(0)

  await member.page.reload()
  const receipt = await member.page.getByRole('link', { name: '영수증 보기' }).getAttribute('href')
  expect((await member.page.request.get(receipt ?? '')).status()).toBe(200)
  await member.page.getByText('내 몫은 4,000원에서 5,000원이 돼요', { exact: false }).waitFor()
  await member.page.getByRole('button', { name: '괜찮아요' }).click()
  await member.page.getByText('찬성 4 · 반대 0 · 모두 4').waitFor()

  await host.page.reload()
  await host.page.getByRole('button', { name: '도착했어요' }).click()
  await host.page.getByLabel('이웃의 번호 네 자리').waitFor()
  await picksUp(member, host, path)
  await host.page.getByRole('button', { name: '끝내고 받기' }).click()
  await host.page.getByRole('alertdialog').getByRole('button', { name: '끝내고 받기' }).click()
  await host.page.getByText('끝났어요. 돈이 지갑에 들어왔어요.').first().waitFor()
  expect(await walletOf(member)).toEqual({ balance: 5_000, held: 0 })
  expect(await walletOf(host)).toEqual({ balance: 5_000, held: 0 })
})
