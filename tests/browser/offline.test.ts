import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { alteringFront } from '../support/altering-front.ts'
import { accountOf, type Madang, openMadang } from '../support/browser.ts'
import {
  draftsKept,
  keepLists,
  keepsWords,
  leaveMessage,
  memberIdOn,
  messagesKept,
  NO_NETWORK,
  PATIENT,
  pathsKept,
  typeIn,
} from '../support/browser-device.ts'
import { hydrated } from '../support/browser-person.ts'
import { post, thingCalled } from '../support/browser-posting.ts'
import { heard, openRoom, waiting, wordsOf, write } from '../support/browser-room.ts'
import { controlled } from '../support/home-screen.ts'
import { eventually, unique } from '../support/platform.ts'

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

test('without a network one reads the lists and the talk, writes, loads again, and each message arrives once and in order', async () => {
  const seller = await madang.member()
  const buyer = await madang.member({ serviceWorkers: 'allow' })
  const title = `접이식 의자 ${unique('')}`
  const path = await post(seller, thingCalled(title))
  await controlled(buyer.page)
  const room = await openRoom(buyer, path)
  await write(buyer.page, '안녕하세요')
  await seller.go(room)
  await write(seller.page, '네, 말씀하세요')
  await heard(buyer.page, '네, 말씀하세요')
  await keepsWords(buyer.page, '네, 말씀하세요')
  // The list hears of a message a moment after its room.
  const listed = async () => {
    await typeIn(buyer.page, `${madang.origin}/chat`)
    return await buyer.page.getByRole('link', { name: /네, 말씀하세요/ }).count()
  }
  await expect.poll(listed, PATIENT).toBe(1)
  await keepLists(buyer.page)

  buyer.expects(NO_NETWORK)
  await buyer.context.setOffline(true)
  await typeIn(buyer.page, madang.origin)
  await buyer.page.getByText(/오프라인이에요 · \d\d:\d\d에 본 내용/).waitFor()
  await buyer.page
    .getByRole('link', { name: new RegExp(title) })
    .first()
    .click()
  await buyer.page.getByRole('heading', { name: title }).waitFor()
  await typeIn(buyer.page, `${madang.origin}/chat`)
  await buyer.page.getByRole('link', { name: /네, 말씀하세요/ }).click()
  // What came over the room's own line is there too, not only what the page began with.
  await heard(buyer.page, '네, 말씀하세요')
  await write(buyer.page, '지하철이에요')
  await write(buyer.page, '곧 도착해요')
  await waiting(buyer.page, 2)
  await typeIn(buyer.page, madang.origin + room)
  await heard(buyer.page, '안녕하세요')
  await waiting(buyer.page, 2)
  await write(seller.page, '천천히 오세요')

  await buyer.context.setOffline(false)
  await heard(buyer.page, '천천히 오세요')
  await waiting(buyer.page, 0)
  await heard(seller.page, '곧 도착해요')
  await eventually(async () => {
    const [sellers, buyers] = [await wordsOf(seller.page), await wordsOf(buyer.page)]
    expect(buyers).toEqual(sellers)
    expect(sellers.filter((words) => /지하철|도착/.test(words))).toEqual(['지하철이에요', '곧 도착해요'])
  })
  expect(await messagesKept(buyer.page)).toEqual([])
})

test('signing out leaves nothing on the device: nothing read, nothing begun, nothing that the next member would send', async () => {
  const seller = await madang.member()
  const buyer = await madang.member({ serviceWorkers: 'allow' })
  const path = await post(seller, thingCalled(`램프 ${unique('')}`))
  await controlled(buyer.page)
  const room = await openRoom(buyer, path)
  await write(buyer.page, '먼저 한 말')
  await seller.go(room)
  await heard(seller.page, '먼저 한 말')
  await keepLists(buyer.page)
  await buyer.go('/post')
  await buyer.page.getByLabel('제목').fill('쓰다 만 글')
  await eventually(async () => expect(await draftsKept(buyer.page)).toHaveLength(1))

  await buyer.go('/me')
  buyer.expects(NO_NETWORK)
  // A message that never found a way, as a killed app leaves it.
  await leaveMessage(buyer.page, { by: await memberIdOn(buyer.page), room })
  expect(await messagesKept(buyer.page)).toHaveLength(1)
  await buyer.page.getByRole('button', { name: '로그아웃' }).click()
  await buyer.page.waitForURL(`${madang.origin}/`)
  await hydrated(buyer.page)
  await eventually(async () => {
    expect(await messagesKept(buyer.page)).toEqual([])
    expect(await draftsKept(buyer.page)).toEqual([])
    const paths = await pathsKept(buyer.page)
    expect(paths.filter((path) => /chat|me\//.test(path))).toEqual([])
  })

  // The next member on this device reads nothing of it either, and a queue of another's is thrown away unsent.
  const next = accountOf(unique('m'))
  await leaveMessage(buyer.page, { by: 'mem_someoneelse', room })
  await buyer.signUp(next, () => madang.codeTo(next.email))
  await expect.poll(() => messagesKept(buyer.page), PATIENT).toEqual([])
  await buyer.context.setOffline(true)
  await typeIn(buyer.page, madang.origin + room)
  await buyer.page.getByRole('heading', { name: '지금은 연결되지 않았어요' }).waitFor()
  expect(await buyer.page.getByText('먼저 한 말').count()).toBe(0)
  // With a network again the page opens by itself what was asked for, which is not theirs to see.
  buyer.expects(/status of 404/)
  await buyer.context.setOffline(false)
  expect(await wordsOf(seller.page)).toEqual(['먼저 한 말'])
})

test('without a network a form keeps what is begun, the group buys are readable, and pages about money say why they are not', async () => {
  const { page, go, expects, context } = await madang.member({ serviceWorkers: 'allow' })
  await controlled(page)
  await go('/together')
  await go('/wallet')
  await keepLists(page)
  expects(NO_NETWORK)
  await context.setOffline(true)
  await typeIn(page, `${madang.origin}/post`)
  await page.getByLabel('제목').fill('가을 외투')
  await eventually(async () => expect(await draftsKept(page)).toHaveLength(1))
  await typeIn(page, `${madang.origin}/post`)
  await eventually(async () => expect(await page.getByLabel('제목').inputValue()).toBe('가을 외투'))
  await typeIn(page, `${madang.origin}/together`)
  await page.getByText(/에 본 내용/).waitFor()
  await typeIn(page, `${madang.origin}/wallet`)
  await page.getByText('돈이 오가는 화면은 이 기기에 남겨 두지 않아요').first().waitFor()
  await hydrated(page)
  const door = page.getByRole('link', { name: '같이 사기', exact: true })
  // A service worker that is just being woken on a busy machine may let the first press wait: a reader presses again.
  const through = async () => {
    await door.click({ timeout: 3_000 }).catch(() => undefined)
    return new URL(page.url()).pathname
  }
  await expect.poll(through, { timeout: 60_000, interval: 2_000 }).toBe('/together')
  expect((await pathsKept(page)).filter((path) => /wallet|trades|auth|tickets/.test(path))).toEqual([])
  await context.setOffline(false)
  await page.getByText(/에 본 내용/).waitFor({ state: 'detached' })
})

test('a network that takes every question and answers none is as good as none: what was read last is there, until it answers again', async () => {
  const front = await alteringFront(madang.origin)
  const { page, expects } = await madang.person({ serviceWorkers: 'allow' })
  await typeIn(page, `${front.origin}/`)
  await controlled(page)
  for (const path of ['/together', '/']) await typeIn(page, front.origin + path)
  for (const path of ['/offline/__data.json', '/api/v1/group-buys', '/api/v1/listings'])
    await expect.poll(() => pathsKept(page), PATIENT).toContain(path)

  expects(NO_NETWORK)
  expects(/ERR_EMPTY_RESPONSE/)
  front.hush()
  await page.getByRole('link', { name: '같이', exact: true }).first().click()
  await page.getByText(/에 본 내용/).waitFor(PATIENT)
  expect(new URL(page.url()).pathname).toBe('/together')
  await typeIn(page, `${front.origin}/`)
  await page.getByText(/에 본 내용/).waitFor(PATIENT)

  await front.mend()
  await page.getByText(/에 본 내용/).waitFor({ state: 'detached', ...PATIENT })
  await page.close()
  await front.end()
})
