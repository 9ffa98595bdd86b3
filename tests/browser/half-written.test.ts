import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import { draftsKept, NO_NETWORK } from '../support/browser-device.ts'
import { joins, memberWith, open } from '../support/browser-together.ts'
import { eventually } from '../support/platform.ts'

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

test('what a host changed half-way is there again, but for terms that somebody joined on meanwhile', async () => {
  const host = await madang.member()
  const { page, go } = host
  const path = await open(host, { title: '햇밤 한 말', total: '10', min: '4' })
  await go(`${path}/edit`)
  await page.getByLabel('하나 값').fill('900')
  await page.getByLabel('이야기').fill('공주에서 온 밤이에요.')
  await eventually(async () => expect(await draftsKept(page)).toHaveLength(1))
  await go(`${path}/edit`)
  await page.getByText('쓰던 글을 이어서 보여 드려요').waitFor()
  expect(await page.getByLabel('하나 값').inputValue()).toBe('900')

  const member = await memberWith(madang, '5000')
  await joins(member, path, 2)
  await go(`${path}/edit`)
  await page.getByText('쓰던 글을 이어서 보여 드려요').waitFor()
  expect(await page.getByLabel('하나 값').inputValue()).toBe('1,000')
  expect(await page.getByLabel('이야기').inputValue()).toBe('공주에서 온 밤이에요.')
  await page.getByRole('button', { name: '고친 대로 저장하기' }).click()
  await page.waitForURL(`**${path}`)
  await page.getByText('공주에서 온 밤이에요.').waitFor()
  expect(await draftsKept(page)).toEqual([])
})

test('what came back and is not wanted goes, and nothing of it is kept', async () => {
  const host = await madang.member()
  const { page, go } = host
  const path = await open(host, { title: '찰옥수수 서른 개', total: '30', min: '10' })
  await go(`${path}/edit`)
  await page.getByLabel('이야기').fill('다시 쓰려다 만 이야기')
  await eventually(async () => expect(await draftsKept(page)).toHaveLength(1))
  await go(`${path}/edit`)
  await page.getByRole('button', { name: '새로 쓰기' }).click()
  expect(await page.getByLabel('이야기').inputValue()).toBe('같이 사면 싸요.')
  // Another change shows that this page has kept what it had to keep by then.
  await page.getByLabel('나누는 곳').fill('도서관 앞')
  await eventually(async () => expect(String(await page.evaluate(DRAFTS_THEMSELVES))).toContain('도서관 앞'))
  expect(String(await page.evaluate(DRAFTS_THEMSELVES))).not.toContain('다시 쓰려다')
})
const DRAFTS_THEMSELVES =
  "Object.entries(localStorage).filter(([key]) => key.startsWith('madang.draft')).join()"

test('who signs in without a network is told so beside the button, and keeps what was typed', async () => {
  const guest = await madang.person()
  const { page, go, context } = guest
  await go('/sign-in')
  await page.getByLabel('아이디 또는 이메일').fill('someone')
  await page.getByLabel('비밀번호', { exact: true }).fill('not-yet-right')
  guest.expects(NO_NETWORK)
  await context.setOffline(true)
  await page.getByRole('button', { name: '로그인하기' }).click()
  await page.getByRole('alert').getByText('인터넷에 연결되지 않았어요. 연결되면 다시 눌러 주세요.').waitFor()
  expect(await page.getByLabel('비밀번호', { exact: true }).inputValue()).toBe('not-yet-right')
  await context.setOffline(false)
  guest.expects(/status of 40/)
  await page.getByRole('button', { name: '로그인하기' }).click()
  await page.getByText('인터넷에 연결되지 않았어요').waitFor({ state: 'detached' })
  expect(await page.getByLabel('아이디 또는 이메일').inputValue()).toBe('someone')
})
