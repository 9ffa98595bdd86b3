import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { accountOf, type Madang, openMadang } from '../support/browser.ts'
import type { Account } from '../support/browser-person.ts'
import { eventually, unique } from '../support/platform.ts'

/** What a browser says of a sign-in that is refused. */
const REFUSED = /403/

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

test('a suspended member is told so wherever they stand, and appeals from the letter without signing in', async () => {
  const member = await madang.member()
  const { page, account } = member
  await suspend(account)

  // Their own pages know nothing of them any more; the sign-in page says why, before and after they try.
  await member.go('/me/sales')
  await page.waitForURL('**/sign-in**')
  await page.getByRole('alert').getByText('까지 이 계정을 쓸 수 없어요').waitFor()
  await member.context.clearCookies()
  await member.go('/sign-in')
  expect(await page.getByText('까지 이 계정을 쓸 수 없어요').count()).toBe(0)
  member.expects(REFUSED)
  await page.getByLabel('아이디 또는 이메일').fill(account.loginId)
  await page.getByLabel('비밀번호', { exact: true }).fill(account.password)
  await page.getByRole('button', { name: '로그인하기' }).click()
  await page.getByRole('alert').getByText('이의를 내는 길은 메일로').waitFor()

  await member.go(await eventually(() => wayToAppeal(account.email)))
  await page.getByRole('heading', { name: '이용이 정지되었어요' }).waitFor()
  await page.getByText('약속에 세 번 안 나왔어요').waitFor()
  await page.getByLabel('왜 잘못되었는지').fill('다른 이웃과 헷갈리신 것 같아요.')
  await page.getByRole('button', { name: '이의 내기' }).click()
  await page.getByText('살펴보고 있어요').waitFor()
  await page.getByText('다른 이웃과 헷갈리신 것 같아요.').waitFor()
})

/** Somebody reports the member, and an operator suspends them. */
async function suspend({ loginId, password }: Account): Promise<void> {
  const { member } = await signedIn({ loginId, password })
  const neighbour = await signedIn(await made('member'))
  const operator = await signedIn(await made('operator'))
  const target = { kind: 'member', memberId: member.id }
  const report = await ask('/api/v1/reports', { target, rule: 'no_show' }, neighbour.accessToken)
  const verdict = { act: 'suspend', days: 7, rule: 'no_show', reason: '약속에 세 번 안 나왔어요' }
  const { id } = z.object({ id: z.string() }).parse(report)
  await ask(`/api/v1/operator/cases/${id}/decision`, verdict, operator.accessToken)
}

async function made(role: 'member' | 'operator'): Promise<Account> {
  const account = accountOf(unique('s'))
  await ask('/dev/members', { ...account, role })
  return account
}

const Signed = z.object({ accessToken: z.string(), member: z.object({ id: z.string() }) })
const signedIn = async ({ loginId, password }: Pick<Account, 'loginId' | 'password'>) =>
  Signed.parse(await ask('/api/v1/auth/sign-in', { login: loginId, password }))

async function ask(path: string, json: object, token?: string): Promise<unknown> {
  const reply = await fetch(madang.origin + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(json),
  })
  if (!reply.ok) throw new Error(`${path} answered ${reply.status}: ${await reply.text()}`)
  return await reply.json()
}

const Mails = z.object({ items: z.array(z.object({ text: z.string() })) })
/** The path that the newest letter to an address names. */
async function wayToAppeal(address: string): Promise<string> {
  const reply = await fetch(`${madang.origin}/dev/mail?to=${encodeURIComponent(address)}`)
  const path = /^\/notices\/\S+$/m.exec(Mails.parse(await reply.json()).items[0]?.text ?? '')?.[0]
  if (!path) throw new Error(`no way to appeal mailed to ${address} yet`)
  return path
}
