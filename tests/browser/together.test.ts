import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import { buys, joins, memberWith, open, pay, picksUp, waits, walletOf } from '../support/browser-together.ts'
import { eventually } from '../support/platform.ts'

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

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
  const first = await memberWith(madang, '10000')
  const leaving = await memberWith(madang, '10000')
  const waiting = await memberWith(madang, '10000')
  const last = await memberWith(madang, '10000')

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
  const member = await memberWith(madang, '5000')
  await joins(member, path, 4)
  await host.page.reload()
  await host.page.getByRole('button', { name: '같이 사기 취소' }).click()
  await host.page.getByRole('alertdialog').getByRole('button', { name: '같이 사기 취소' }).click()
  await host.page.getByText('취소됐어요').first().waitFor()
  await member.page.reload()
  await member.page.getByText('취소됐어요').first().waitFor()
  await eventually(async () => expect(await walletOf(member)).toEqual({ balance: 5_000, held: 0 }))
})

test('a host edits all of it while nobody is in it, and the words afterwards; who joins meanwhile keeps what they joined on', async () => {
  const host = await madang.member()
  const { page, go } = host
  const path = await open(host, { title: '땅콩 한 말', total: '10', min: '4' })
  await page.getByRole('link', { name: '고치기' }).click()
  await page.waitForURL(`**${path}/edit`)
  await page.getByText('함께하는 이웃이 생기기 전까지만 고칠 수 있어요').waitFor()
  expect(await page.getByLabel('적어도').inputValue()).toBe('4')
  await page.getByLabel('하나 값').fill('1200')
  await page.getByLabel('무엇을 같이 사나요').fill('볶은 땅콩 한 말')
  await page.getByLabel('가게에서는 (선택)').fill('')
  await page.getByRole('button', { name: '고친 대로 저장하기' }).click()
  await page.waitForURL(`**${path}`)
  await page.getByRole('heading', { name: '볶은 땅콩 한 말' }).waitFor()
  await page.getByText('1,200원 / 개').first().waitFor()

  const member = await memberWith(madang, '5000')
  await go(`${path}/edit`)
  await joins(member, path, 2)
  host.expects(/status of 409/)
  await page.getByLabel('하나 값').fill('900')
  await page.getByLabel('이야기').fill('껍질째 볶았어요.')
  await page.getByRole('button', { name: '고친 대로 저장하기' }).click()
  await page.getByRole('alert').getByText('그사이 이웃이 함께해서').waitFor()
  expect(await page.getByLabel('하나 값').isDisabled()).toBe(true)
  expect(await page.getByLabel('하나 값').inputValue()).toBe('1,200')
  await page.getByRole('button', { name: '고친 대로 저장하기' }).click()
  await page.waitForURL(`**${path}`)
  await page.getByText('껍질째 볶았어요.').waitFor()
  await page.getByText('1,200원 / 개').first().waitFor()

  await go(`${path}/edit`)
  await page.getByText('함께하는 이웃이 있어 값과 수량, 마감은 고칠 수 없어요.').waitFor()
  member.expects(/404/)
  await member.go(`${path}/edit`)
  expect(await member.page.getByLabel('무엇을 같이 사나요').count()).toBe(0)
})
