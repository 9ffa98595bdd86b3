import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { alteringFront } from '../support/altering-front.ts'
import { accountOf, type Madang, openMadang } from '../support/browser.ts'
import {
  leaveMessage,
  memberIdOn,
  messagesKept,
  NO_NETWORK,
  PATIENT,
  pathsKept,
  typeIn,
} from '../support/browser-device.ts'
import { post, thingCalled } from '../support/browser-posting.ts'
import {
  heard,
  openRoom,
  openTalk,
  takesNoMoreWords,
  waiting,
  wordsOf,
  write,
} from '../support/browser-room.ts'
import { controlled, newProfile, openProfile } from '../support/home-screen.ts'
import { unique } from '../support/platform.ts'

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

test('what was written before the app was killed goes out when it is opened again, on whatever page, once and in order', async () => {
  const seller = await madang.member()
  const path = await post(seller, thingCalled(`화분 ${unique('')}`))
  const account = accountOf(unique('m'))
  const signer = await madang.person()
  await signer.signUp(account, () => madang.codeTo(account.email))
  // A network that is really gone: a browser may send from the service worker alone, past any pretence in a page.
  const network = await alteringFront(madang.origin)
  const profile = newProfile()
  let phone = await openProfile(profile.dir)
  try {
    let page = await openAt(phone, `${network.origin}/sign-in`)
    await page.getByLabel('아이디 또는 이메일').fill(account.loginId)
    await page.getByLabel('비밀번호', { exact: true }).fill(account.password)
    await page.getByRole('button', { name: '로그인하기' }).click()
    await page.waitForURL(`${network.origin}/`)
    await controlled(page)
    await typeIn(page, network.origin + path)
    const room = await openTalk(page)
    await expect.poll(() => pathsKept(page), PATIENT).toContain('/offline/__data.json')
    await network.cut()
    await write(page, '첫째 말')
    await write(page, '둘째 말')
    await waiting(page, 2)
    await phone.close()

    // Opened without a network, they still wait; killed again and opened with one, they go from the home page.
    phone = await openProfile(profile.dir)
    page = await openAt(phone, network.origin + room)
    await waiting(page, 2)
    await write(page, '셋째 말')
    await waiting(page, 3)
    await phone.close()
    await network.mend()
    phone = await openProfile(profile.dir)
    page = await openAt(phone, `${network.origin}/`)
    await expect.poll(() => messagesKept(page), PATIENT).toEqual([])

    await seller.go(room)
    await heard(seller.page, '셋째 말')
    expect(await wordsOf(seller.page)).toEqual(['첫째 말', '둘째 말', '셋째 말'])
  } finally {
    await phone.close()
    profile.drop()
    await network.end().catch(() => undefined)
  }
})

test('two tabs of one member send what waits once, and a refused message stays with its reason until its writer decides', async () => {
  const seller = await madang.member()
  const buyer = await madang.member()
  const path = await post(seller, thingCalled(`책상 ${unique('')}`))
  const room = await openRoom(buyer, path)
  const second = await buyer.context.newPage()
  await second.goto(madang.origin + room)
  await second.getByLabel('메시지 쓰기').waitFor()
  buyer.expects(NO_NETWORK)
  const sent: string[] = []
  for (const page of [buyer.page, second]) {
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (/"t":"send"/.test(String(payload))) sent.push(String(payload))
      }),
    )
    page.on('request', (request) => {
      if (request.method() === 'POST' && /\/messages$/.test(request.url()))
        sent.push(request.postData() ?? '')
    })
  }
  await buyer.context.setOffline(true)
  for (const words of ['하나', '둘', '셋']) await write(buyer.page, words)
  await waiting(buyer.page, 3)
  await second.goto(`${madang.origin}/`).catch(() => undefined)
  await buyer.context.setOffline(false)
  await second.goto(madang.origin + room)
  await waiting(buyer.page, 0)
  await waiting(second, 0)
  await seller.go(room)
  await heard(seller.page, '셋')
  expect(await wordsOf(seller.page)).toEqual(['하나', '둘', '셋'])
  const ids = sent.map((payload) => /c-[\w-]{36}/.exec(payload)?.[0])
  expect(new Set(ids).size).toBe(3)
  expect(ids).toHaveLength(3)
  await second.close()

  // The seller blocks the buyer while they are away: what they write is not lost, and says why it stays.
  const buyerId = await memberIdOn(buyer.page)
  await buyer.context.setOffline(true)
  await write(buyer.page, '아직 있나요?')
  await waiting(buyer.page, 1)
  await seller.go(`/members/${buyerId}`)
  await seller.page.getByRole('button', { name: '차단하기' }).click()
  await seller.page.getByRole('alertdialog').getByRole('button', { name: '차단하기' }).click()
  await seller.page.getByText('차단한 이웃이에요').waitFor()
  seller.expects(/status of 403/)
  await takesNoMoreWords(seller.page, room)
  buyer.expects(/status of 403/)
  await buyer.context.setOffline(false)
  const reason = buyer.page.getByText('지금은 이 이웃과 이야기할 수 없어 보내지 못했어요')
  await reason.waitFor()
  await typeIn(buyer.page, madang.origin + room)
  await reason.waitFor()
  await buyer.page.getByRole('button', { name: '지우기', exact: true }).click()
  await reason.waitFor({ state: 'detached' })
  await expect.poll(() => messagesKept(buyer.page), PATIENT).toEqual([])
})

test('a browser that wakes the service worker sends what waits with no page of the room open', async () => {
  const seller = await madang.member()
  const buyer = await madang.member({ serviceWorkers: 'allow' })
  const path = await post(seller, thingCalled(`선반 ${unique('')}`))
  const room = await openRoom(buyer, path)
  await controlled(buyer.page)
  await buyer.go('/me')
  await leaveMessage(buyer.page, { by: await memberIdOn(buyer.page), room })
  const [worker] = buyer.context.serviceWorkers()
  await worker?.evaluate(`(async () => {
    const works = []
    const event = Object.assign(new Event('sync'), { tag: 'madang-messages', waitUntil: (work) => works.push(work) })
    self.dispatchEvent(event)
    await Promise.all(works)
  })()`)
  expect(await messagesKept(buyer.page)).toEqual([])
  await seller.go(room)
  await heard(seller.page, '기다린 말')
  expect(await wordsOf(seller.page)).toEqual(['기다린 말'])
})

async function openAt(context: BrowserContext, url: string): Promise<Page> {
  const page = context.pages()[0] ?? (await context.newPage())
  await typeIn(page, url)
  return page
}
