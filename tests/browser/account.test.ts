import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { accountOf, type Madang, openMadang } from '../support/browser.ts'
import { unique } from '../support/platform.ts'

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

test('a wrong password is answered with a sentence and keeps what was typed; the right one signs in', async () => {
  const { account } = await madang.member()
  const { page, go, signIn } = await madang.person()
  await go('/sign-in')
  await page.getByLabel('아이디 또는 이메일').fill(account.loginId)
  await page.getByLabel('비밀번호', { exact: true }).fill('not-the-password-7')
  await page.getByRole('button', { name: '로그인하기' }).click()
  await page.getByRole('alert').getByText('아이디나 비밀번호가 맞지 않아요').waitFor()
  expect(await page.getByLabel('아이디 또는 이메일').inputValue()).toBe(account.loginId)
  await signIn(account)
  await go('/me')
  await page.getByText(account.nickname).first().waitFor()
})

test('a taken login id and a short password are said beside their fields', async () => {
  const { account } = await madang.member()
  const { page, go } = await madang.person()
  const next = accountOf(unique('n'))
  await go('/sign-up')
  await page.getByLabel('아이디', { exact: true }).fill(account.loginId)
  await page.getByLabel('이메일').fill(next.email)
  await page.getByLabel('비밀번호', { exact: true }).fill('short')
  await page.getByLabel('별명').fill(next.nickname)
  await page.getByRole('button', { name: '확인 번호 받기' }).click()
  await page.getByText('8자 이상으로 정해 주세요').waitFor()
  await page.getByLabel('비밀번호', { exact: true }).fill(next.password)
  await page.getByRole('button', { name: '확인 번호 받기' }).click()
  await page.locator('#loginId-error').waitFor()
  expect(await page.locator(':focus').getAttribute('id')).toBe('loginId')
  expect(await page.getByLabel('이메일').inputValue()).toBe(next.email)
})

test('a forgotten password is set anew with a mailed code, and every device has to sign in again', async () => {
  const { account, page: otherDevice, go: goElsewhere } = await madang.newcomer()
  const { page, go, signIn } = await madang.person()
  const firstCode = await madang.codeTo(account.email)
  await go('/sign-in')
  await page.getByRole('link', { name: '비밀번호 다시 정하기' }).click()
  await page.waitForURL('**/reset-password')
  await page.getByLabel('이메일', { exact: true }).fill(account.email)
  await page.getByRole('button', { name: '확인 번호 받기' }).click()
  await page.getByLabel('확인 번호 여섯 자리').fill(await madang.codeTo(account.email, firstCode))
  const password = `Celadon-${unique('p')}-quiet`
  await page.getByLabel('새 비밀번호').fill(password)
  await page.getByRole('button', { name: '비밀번호 바꾸기' }).click()
  await page.getByText('비밀번호를 바꿨어요').waitFor()

  await signIn({ ...account, password })
  await go('/me')
  await page.getByText(account.nickname).first().waitFor()
  await goElsewhere('/me')
  await otherDevice.getByText('아직 로그인하지 않았어요').waitFor()
})

test('signing out ends the session on this device', async () => {
  const { page, go } = await madang.member()
  await go('/me')
  await page.getByRole('button', { name: '로그아웃' }).click()
  await page.waitForURL(`${madang.origin}/`)
  await go('/me')
  await page.getByText('아직 로그인하지 않았어요').waitFor()
})

test('a member sees the signed-in devices and ends another one', async () => {
  const { account, page, go } = await madang.member()
  const other = await madang.person({ screen: 'desk' })
  await other.signIn(account)
  await go('/me/sessions')
  await page.getByText('지금 이 기기').waitFor()
  await page.getByRole('button', { name: /내보내기$/ }).click()
  await page.getByText('그 기기를 내보냈어요').waitFor()
  await page.getByRole('button', { name: /내보내기$/ }).waitFor({ state: 'detached' })
})

test('a member who changes their password stays signed in here and is out elsewhere; a wrong one is said beside its field', async () => {
  const { account, page, go, expects } = await madang.member()
  const other = await madang.person({ screen: 'desk' })
  await other.signIn(account)
  await go('/me/sessions')
  await page.getByRole('link', { name: '비밀번호 바꾸기' }).click()
  await page.waitForURL('**/me/password')
  const [current, next] = [
    page.getByLabel('지금 비밀번호', { exact: true }),
    page.getByLabel('새 비밀번호', { exact: true }),
  ]
  const change = page.getByRole('button', { name: '비밀번호 바꾸기' })
  await current.fill('not-the-password-7')
  await next.fill('short')
  await change.click()
  await page.getByText('8자 이상으로 정해 주세요').waitFor()
  const password = `Celadon-${unique('p')}-quiet`
  await next.fill(password)
  expects(/status of 401/)
  await change.click()
  await page.getByText('비밀번호가 맞지 않아요').waitFor()
  expect(await page.locator(':focus').getAttribute('id')).toBe('current')
  expect(await next.inputValue()).toBe(password)
  await current.fill(account.password)
  await change.click()
  await page.getByText('비밀번호를 바꿨어요').waitFor()
  await page.waitForURL('**/me/sessions')
  await page.getByText('지금 이 기기').waitFor()
  expect(await page.getByRole('button', { name: /내보내기$/ }).count()).toBe(0)

  await other.go('/me')
  await other.page.getByText('아직 로그인하지 않았어요').waitFor()
  await other.signIn({ ...account, password })
})

test('the pages speak the language of the browser, and the one chosen from then on', async () => {
  const { page, go } = await madang.person({ locale: 'en-US' })
  await go('/')
  expect(await page.locator('html').getAttribute('lang')).toBe('en')
  await page.getByRole('navigation').getByRole('link', { name: 'Home' }).waitFor()
  await go('/me')
  await page.getByText('한국어').click()
  await page.getByRole('navigation').first().getByRole('link', { name: '홈' }).waitFor()
  await go('/')
  expect(await page.locator('html').getAttribute('lang')).toBe('ko')
  expect(await page.getByText('Home').count()).toBe(0)
})
