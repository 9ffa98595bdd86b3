import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { alteringFront } from '../support/altering-front.ts'
import { accountOf, type Madang, openMadang } from '../support/browser.ts'
import { hydrated, type Person } from '../support/browser-person.ts'
import { post } from '../support/browser-posting.ts'
import { controlled, newProfile, openProfile } from '../support/home-screen.ts'
import { eventually, unique } from '../support/platform.ts'

/** What a page whose network went says of its own accord. */
const NO_NETWORK = /ERR_INTERNET_DISCONNECTED|ERR_NETWORK|ERR_FAILED|Failed to fetch|WebSocket connection/
const WAITS = '연결되면 보내요'

/** The machine may be busy; what is polled for comes or does not. */
const PATIENT = { timeout: 30_000 }

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
  const path = await post(seller, thingOf(title))
  await controlled(buyer.page)
  const room = await openRoom(buyer, path)
  await write(buyer.page, '안녕하세요')
  await seller.go(room)
  await write(seller.page, '네, 말씀하세요')
  await heard(buyer.page, '네, 말씀하세요')
  await keptEverything(buyer)

  buyer.expects(NO_NETWORK)
  await buyer.context.setOffline(true)
  await reload(buyer.page, madang.origin)
  await buyer.page.getByText(/오프라인이에요 · \d\d:\d\d에 본 내용/).waitFor()
  await buyer.page
    .getByRole('link', { name: new RegExp(title) })
    .first()
    .click()
  await buyer.page.getByRole('heading', { name: title }).waitFor()
  await reload(buyer.page, `${madang.origin}/chat`)
  await buyer.page.getByRole('link', { name: /네, 말씀하세요/ }).click()
  // What came over the room's own line is there too, not only what the page began with.
  await heard(buyer.page, '네, 말씀하세요')
  await write(buyer.page, '지하철이에요')
  await write(buyer.page, '곧 도착해요')
  await waiting(buyer.page, 2)
  await reload(buyer.page, madang.origin + room)
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
  expect(await kept(buyer.page)).toEqual([])
})

test('what was written before the app was killed goes out when it is opened again, on whatever page, once and in order', async () => {
  const seller = await madang.member()
  const path = await post(seller, thingOf(`화분 ${unique('')}`))
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
    await reload(page, network.origin + path)
    await page.getByRole('button', { name: '채팅하기' }).click()
    await page.waitForURL(/\/chat\/room_\w+$/)
    const room = new URL(page.url()).pathname
    await page.getByLabel('메시지 쓰기').waitFor()
    await expect.poll(() => keptPaths(page), PATIENT).toContain('/offline/__data.json')
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
    await expect.poll(() => kept(page), PATIENT).toEqual([])

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
  const path = await post(seller, thingOf(`책상 ${unique('')}`))
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
  const buyerId = await memberId(buyer.page)
  await buyer.context.setOffline(true)
  await write(buyer.page, '아직 있나요?')
  await waiting(buyer.page, 1)
  await seller.go(`/members/${buyerId}`)
  await seller.page.getByRole('button', { name: '차단하기' }).click()
  await seller.page.getByRole('alertdialog').getByRole('button', { name: '차단하기' }).click()
  await seller.page.getByText('차단한 이웃이에요').waitFor()
  buyer.expects(/status of 403/)
  await buyer.context.setOffline(false)
  const reason = buyer.page.getByText('지금은 이 이웃과 이야기할 수 없어 보내지 못했어요')
  await reason.waitFor()
  await reload(buyer.page, madang.origin + room)
  await reason.waitFor()
  await buyer.page.getByRole('button', { name: '지우기', exact: true }).click()
  await reason.waitFor({ state: 'detached' })
  await expect.poll(() => kept(buyer.page), PATIENT).toEqual([])
})

test('a browser that wakes the service worker sends what waits with no page of the room open', async () => {
  const seller = await madang.member()
  const buyer = await madang.member({ serviceWorkers: 'allow' })
  const path = await post(seller, thingOf(`선반 ${unique('')}`))
  const room = await openRoom(buyer, path)
  await controlled(buyer.page)
  await buyer.go('/me')
  await buyer.page.evaluate(waitingRow(await memberId(buyer.page), room.split('/').at(-1) ?? ''))
  const [worker] = buyer.context.serviceWorkers()
  await worker?.evaluate(`(async () => {
    const works = []
    const event = Object.assign(new Event('sync'), { tag: 'madang-messages', waitUntil: (work) => works.push(work) })
    self.dispatchEvent(event)
    await Promise.all(works)
  })()`)
  expect(await kept(buyer.page)).toEqual([])
  await seller.go(room)
  await heard(seller.page, '기다린 말')
  expect(await wordsOf(seller.page)).toEqual(['기다린 말'])
})

test('signing out leaves nothing on the device: nothing read, nothing begun, nothing that the next member would send', async () => {
  const seller = await madang.member()
  const buyer = await madang.member({ serviceWorkers: 'allow' })
  const path = await post(seller, thingOf(`램프 ${unique('')}`))
  await controlled(buyer.page)
  const room = await openRoom(buyer, path)
  await write(buyer.page, '먼저 한 말')
  await seller.go(room)
  await heard(seller.page, '먼저 한 말')
  await keptEverything(buyer)
  await buyer.go('/post')
  await buyer.page.getByLabel('제목').fill('쓰다 만 글')
  await eventually(async () => expect(await buyer.page.evaluate(DRAFTS)).toHaveLength(1))

  await buyer.go('/me')
  buyer.expects(NO_NETWORK)
  // A message that never found a way, as a killed app leaves it.
  await buyer.page.evaluate(waitingRow(await memberId(buyer.page), room.split('/').at(-1) ?? ''))
  expect(await kept(buyer.page)).toHaveLength(1)
  await buyer.page.getByRole('button', { name: '로그아웃' }).click()
  await buyer.page.waitForURL(`${madang.origin}/`)
  await hydrated(buyer.page)
  await eventually(async () => {
    expect(await kept(buyer.page)).toEqual([])
    expect(await buyer.page.evaluate(DRAFTS)).toEqual([])
    const paths = await keptPaths(buyer.page)
    expect(paths.filter((path) => /chat|me\//.test(path))).toEqual([])
  })

  // The next member on this device reads nothing of it either, and a queue of another's is thrown away unsent.
  const next = accountOf(unique('m'))
  await buyer.page.evaluate(waitingRow('mem_someoneelse', room.split('/').at(-1) ?? ''))
  await buyer.signUp(next, () => madang.codeTo(next.email))
  await expect.poll(() => kept(buyer.page), PATIENT).toEqual([])
  await buyer.context.setOffline(true)
  await reload(buyer.page, madang.origin + room)
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
  await keptEverything({ page })
  expects(NO_NETWORK)
  await context.setOffline(true)
  await reload(page, `${madang.origin}/post`)
  await page.getByLabel('제목').fill('가을 외투')
  await eventually(async () => expect(await page.evaluate(DRAFTS)).toHaveLength(1))
  await reload(page, `${madang.origin}/post`)
  await eventually(async () => expect(await page.getByLabel('제목').inputValue()).toBe('가을 외투'))
  await reload(page, `${madang.origin}/together`)
  await page.getByText(/에 본 내용/).waitFor()
  await reload(page, `${madang.origin}/wallet`)
  await page.getByText('돈이 오가는 화면은 이 기기에 남겨 두지 않아요').first().waitFor()
  await page.getByRole('link', { name: '같이 사기', exact: true }).click()
  await page.waitForURL('**/together')
  expect((await keptPaths(page)).filter((path) => /wallet|trades|auth|tickets/.test(path))).toEqual([])
  await context.setOffline(false)
  await page.getByText(/에 본 내용/).waitFor({ state: 'detached' })
})

const thingOf = (title: string) => ({
  title,
  category: '가구·인테리어',
  price: '20000',
  description: '두 번 썼어요.',
})

async function openAt(context: BrowserContext, url: string): Promise<Page> {
  const page = context.pages()[0] ?? (await context.newPage())
  await reload(page, url)
  return page
}

/** Opens an address as if typed, network or not. */
async function reload(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await hydrated(page)
}

const keptPaths = async (page: Page): Promise<string[]> =>
  String(
    await page.evaluate(
      "caches.open('madang-seen').then((it) => it.keys()).then((keys) => keys.map(({ url }) => new URL(url).pathname).join(' '))",
    ),
  )
    .split(' ')
    .filter(Boolean)

/** Visits the lists once and waits until they and the page's frame are kept. */
async function keptEverything({ page }: { page: Page }): Promise<void> {
  const stay = page.url()
  for (const path of ['/', '/chat']) await reload(page, madang.origin + path)
  await expect.poll(() => keptPaths(page), PATIENT).toContain('/offline/__data.json')
  await expect.poll(() => keptPaths(page), PATIENT).toContain('/api/v1/chat/rooms')
  await expect.poll(() => keptPaths(page), PATIENT).toContain('/api/v1/listings')
  await reload(page, stay)
}

/** The clientIds that wait on this device. */
const kept = (page: Page) =>
  page.evaluate(`new Promise((done, failed) => {
    const opening = indexedDB.open('madang', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('messages', { keyPath: 'clientId' })
    opening.onerror = () => failed(opening.error)
    opening.onsuccess = () => {
      const asked = opening.result.transaction('messages').objectStore('messages').getAllKeys()
      asked.onsuccess = () => { opening.result.close(); done(asked.result) }
    }
  })`)

const waitingRow = (me: string, roomId: string) => `new Promise((done) => {
  const opening = indexedDB.open('madang', 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore('messages', { keyPath: 'clientId' })
  opening.onsuccess = () => {
    const clientId = 'c-' + crypto.randomUUID()
    const row = { clientId, me: ${JSON.stringify(me)}, roomId: ${JSON.stringify(roomId)}, atMs: Date.now(), refused: null, image: null, body: { clientId, kind: 'text', text: '기다린 말' } }
    const work = opening.result.transaction('messages', 'readwrite')
    work.objectStore('messages').put(row)
    work.oncomplete = () => { opening.result.close(); done(true) }
  }
})`
const DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('madang.draft'))"

const memberId = async (page: Page): Promise<string> =>
  String(await page.evaluate("fetch('/api/v1/me').then((it) => it.json()).then(({ id }) => id)"))

async function openRoom(person: Person, path: string): Promise<string> {
  await person.go(path)
  await person.page.getByRole('button', { name: '채팅하기' }).click()
  await person.page.waitForURL(/\/chat\/room_\w+$/)
  await person.page.getByLabel('메시지 쓰기').waitFor()
  return new URL(person.page.url()).pathname
}

async function write(page: Page, words: string): Promise<void> {
  await page.getByLabel('메시지 쓰기').fill(words)
  await page.getByRole('button', { name: '보내기', exact: true }).click()
}
const waiting = (page: Page, count: number) =>
  expect.poll(() => page.getByText(WAITS).count(), PATIENT).toBe(count)
const heard = (page: Page, words: string) =>
  page.getByRole('log').locator('[data-line="said"]').getByText(words, { exact: true }).waitFor()
/** Everything said in the room, as this person reads it from top to foot. */
const wordsOf = (page: Page): Promise<string[]> =>
  page.getByRole('log').locator('[data-line="said"] [data-words]').allInnerTexts()
