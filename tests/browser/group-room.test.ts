import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import { heard, write } from '../support/browser-room.ts'
import { joins, memberWith, open } from '../support/browser-together.ts'
import { eventually } from '../support/platform.ts'

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

test('the people of a group buy talk: who joins is named, hears and is heard, and who leaves is out of it', async () => {
  const host = await madang.member()
  const title = '감자 한 포대 나눠요'
  const path = await open(host, { title, total: '10', min: '5' })
  await host.page.getByRole('button', { name: '모임 대화' }).click()
  await host.page.waitForURL(/\/chat\/room_\w+$/)
  const room = new URL(host.page.url()).pathname
  await write(host.page, '어서 오세요')

  const member = await memberWith(madang, '10000')
  await joins(member, path, 2)
  await host.page.getByRole('log').getByText(`${member.account.nickname} 님이 함께해요`).waitFor()
  await member.go(path)
  await member.page.getByRole('link', { name: '모임 대화' }).click()
  await member.page.waitForURL(`**${room}`)
  await heard(member.page, '어서 오세요')
  await write(member.page, '토요일에 가지러 갈게요')
  await heard(host.page, '토요일에 가지러 갈게요')

  // Each is called by their name, and the room by what it is about.
  await host.page.getByRole('heading', { level: 1, name: title }).waitFor()
  await host.page.getByRole('region', { name: title }).getByText('이웃 2명').waitFor()
  expect(await host.page.getByRole('log').textContent()).toContain(member.account.nickname)
  await host.page.getByRole('button', { name: '대화 메뉴' }).click()
  await host.page.getByRole('dialog').getByRole('link', { name: member.account.nickname }).waitFor()
  await host.page.keyboard.press('Escape')
  await eventually(async () => {
    await host.go('/chat')
    const row = host.page.getByRole('link', { name: new RegExp(title) })
    await row.getByText(`${member.account.nickname}: 토요일에 가지러 갈게요`).waitFor({ timeout: 2_000 })
  })

  // Who gives their units up is out of it.
  member.expects(/status of (403|404)/)
  await member.go(path)
  await member.page.getByRole('button', { name: '그만하기' }).click()
  await member.page.getByRole('alertdialog').getByRole('button', { name: '그만하기' }).click()
  await member.page.getByRole('heading', { name: '함께하기' }).waitFor()
  await host.go(room)
  await host.page.getByRole('log').getByText(`${member.account.nickname} 님이 대화에서 나갔어요`).waitFor()
  await member.go('/chat')
  await member.page.getByRole('heading', { name: '아직 나눈 대화가 없어요' }).waitFor()
  expect((await member.page.request.get(`/api/v1${room.replace('/chat/', '/chat/rooms/')}`)).status()).toBe(
    404,
  )
})
