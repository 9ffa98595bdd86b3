import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Madang, openMadang } from '../support/browser.ts'
import { NO_NETWORK } from '../support/browser-device.ts'
import { hydrated, type Person } from '../support/browser-person.ts'
import { threePhotos } from '../support/browser-photos.ts'
import { post, thingCalled } from '../support/browser-posting.ts'
import { heard, openRoom, waiting, wordsOf, write } from '../support/browser-room.ts'
import { eventually, unique } from '../support/platform.ts'

/** What is said of an appointment in the past or too far ahead. */
const WHEN_WRONG = '지금부터 90일 안으로 골라 주세요'

/** More than a page of messages, so that the beginning has to be fetched. */
const LONG_TALK = 70

let madang: Madang
beforeAll(async () => {
  madang = await openMadang()
})
afterEach((context) => madang.check(context))
afterAll(() => madang.close())

test('two strangers talk over a thing, agree on a place, meet and close the deal; the third who asked is told', async () => {
  const seller = await madang.member()
  const buyer = await madang.member()
  const third = await madang.member({ screen: 'desk' })
  const thing = thingCalled(`접이식 의자 ${unique('')}`)
  const path = await post(seller, thing)

  // The buyer opens the room from the thing, and again: it is the same room.
  const room = await openRoom(buyer, path)
  expect(await openRoom(buyer, path)).toBe(room)
  await openRoom(third, path)
  await write(third.page, '저도 관심 있어요')

  // What one writes the other sees at once, and each sees that it was read.
  await write(buyer.page, '안녕하세요, 아직 있나요?')
  await eventually(async () => {
    await seller.go('/chat')
    await seller.page.getByRole('link', { name: /안녕하세요, 아직 있나요/ }).waitFor({ timeout: 2_000 })
  })
  await buyer.page.getByText('아직 읽지 않음').waitFor()
  await seller.page.getByRole('link', { name: /안녕하세요, 아직 있나요/ }).click()
  await heard(seller.page, '안녕하세요, 아직 있나요?')
  await buyer.page.getByText('읽음', { exact: true }).waitFor()
  await write(seller.page, '네, 있어요')
  await heard(buyer.page, '네, 있어요')
  await seller.page.getByText('읽음', { exact: true }).waitFor()

  // A photo goes over.
  const [photo] = await threePhotos()
  await seller.page.getByLabel('사진 보내기').setInputFiles([photo])
  await buyer.page.getByRole('button', { name: /사진, 크게 보기/ }).waitFor()

  // The buyer's network goes; both go on writing; it comes back.
  buyer.expects(NO_NETWORK)
  await buyer.context.setOffline(true)
  await write(buyer.page, '지하철이라')
  await write(buyer.page, '잠깐 끊겼어요')
  await waiting(buyer.page, 2)
  await write(seller.page, '천천히 오세요')
  await buyer.context.setOffline(false)
  await heard(buyer.page, '천천히 오세요')
  await heard(seller.page, '잠깐 끊겼어요')
  await waiting(buyer.page, 0)
  const told = ['안녕하세요, 아직 있나요?', '네, 있어요', '천천히 오세요', '지하철이라', '잠깐 끊겼어요']
  await eventually(async () => {
    const [sellers, buyers] = [await wordsOf(seller.page), await wordsOf(buyer.page)]
    expect(buyers).toEqual(sellers)
    expect(buyers.toSorted()).toEqual(told.toSorted())
    expect(buyers.indexOf('지하철이라')).toBeLessThan(buyers.indexOf('잠깐 끊겼어요'))
  })

  // They agree on a place and a time.
  await buyer.page.getByRole('button', { name: '약속 잡기' }).click()
  await buyer.page.getByLabel('만날 곳').fill('도서관 정문')
  const day = await buyer.page.getByLabel('날짜').inputValue()
  await buyer.page.getByLabel('날짜').fill('2020-01-01')
  await buyer.page.getByRole('button', { name: '약속 정하기' }).click()
  await buyer.page.getByText(WHEN_WRONG).waitFor()
  await buyer.page.getByLabel('날짜').fill(day)
  await buyer.page.getByRole('button', { name: '약속 정하기' }).click()
  await seller.page
    .getByRole('log')
    .getByText(/약속: .*도서관 정문/)
    .waitFor()
  await seller.page.getByRole('button', { name: /도서관 정문/ }).waitFor()

  // The seller says to whom it went.
  await seller.page.getByRole('button', { name: '거래 상대 정하기' }).click()
  const dialog = seller.page.getByRole('dialog')
  await dialog.getByRole('radio').nth(1).waitFor()
  await dialog.getByRole('radio', { name: buyer.account.nickname }).check()
  await dialog.getByRole('button', { name: '이 이웃에게 건넸어요' }).click()
  await buyer.page.getByRole('log').getByText('두 분의 거래가 끝났어요').waitFor()
  await third.page.getByRole('log').getByText('다른 이웃과 거래가 끝났어요').waitFor()

  // Both say how it was, and each finds the deal in their own history.
  await review(seller)
  await review(buyer)
  for (const [person, history] of [
    [seller, '/me/sales'],
    [buyer, '/me/purchases'],
  ] as const) {
    await person.go(history)
    await person.page.getByText(thing.title).waitFor()
  }
  await third.go('/me/purchases')
  await third.page.getByText('아직 산 물건이 없어요').waitFor()
})

test('what was written without a network goes out after the page was closed half-way, once', async () => {
  const seller = await madang.member()
  const buyer = await madang.member()
  const path = await post(seller, {
    title: `화분 ${unique('')}`,
    category: '생활·주방',
    price: '5000',
    description: '흙째 드려요.',
  })
  const room = await openRoom(buyer, path)
  buyer.expects(NO_NETWORK)
  await buyer.context.setOffline(true)
  await write(buyer.page, '첫째 말')
  await write(buyer.page, '둘째 말')
  await waiting(buyer.page, 2)
  await buyer.page.close()
  await buyer.context.setOffline(false)

  const again = await buyer.context.newPage()
  await again.goto(room)
  await waiting(again, 0)
  await seller.go(room)
  await heard(seller.page, '둘째 말')
  expect(await wordsOf(seller.page)).toEqual(['첫째 말', '둘째 말'])
})

test('a way to pay elsewhere is warned of while it is written and beside the message, and is delivered all the same', async () => {
  const seller = await madang.member()
  const buyer = await madang.member({ screen: 'desk' })
  const path = await post(seller, {
    title: `자전거 ${unique('')}`,
    category: '스포츠·레저',
    price: '90000',
    description: '잘 굴러가요.',
  })
  const room = await openRoom(buyer, path)
  const words = '여기서 결제해 주세요 https://safe-pay.example/1'
  await buyer.page.getByLabel('메시지 쓰기').fill(words)
  await buyer.page.getByText(/가짜 결제 페이지일 수 있어요/).waitFor()
  // What was begun is still there after the page was loaded again.
  await buyer.go(room)
  await eventually(async () => expect(await buyer.page.getByLabel('메시지 쓰기').inputValue()).toBe(words))
  await buyer.page.getByLabel('메시지 쓰기').press('Enter')
  await seller.go(room)
  const log = seller.page.getByRole('log')
  await log.getByText(/가짜 결제 페이지일 수 있어요/).waitFor()
  const link = log.getByRole('link', { name: 'https://safe-pay.example/1' })
  expect(await link.getAttribute('rel')).toBe('noopener noreferrer nofollow ugc')
  await log.getByText('(safe-pay.example)').waitFor()

  // Its writer takes it back: the words are gone for both.
  await buyer.page.getByRole('log').getByRole('button', { name: '메시지 메뉴' }).click()
  await buyer.page.getByRole('button', { name: '메시지 거두기' }).click()
  await log.getByText('보낸 이가 거둔 메시지예요').waitFor()
  await link.waitFor({ state: 'detached' })
})

test('who comes back to many unread messages is led to where they began, and what they read stays put when more come', async () => {
  const seller = await madang.member()
  const buyer = await madang.member()
  const path = await post(seller, {
    title: `책 묶음 ${unique('')}`,
    category: '도서',
    price: '7000',
    description: '열두 권이에요.',
  })
  const room = await openRoom(buyer, path)
  for (let number = 1; number <= LONG_TALK; number++) await tell(buyer, room, `이야기 ${number}`)
  await heard(buyer.page, `이야기 ${LONG_TALK}`)

  const log = seller.page.getByRole('log')
  await seller.go(room)
  await log.getByText(`이야기 ${LONG_TALK}`, { exact: true }).waitFor()
  await seller.page.getByRole('button', { name: `읽지 않은 ${LONG_TALK}개로 가기` }).click()
  const mark = log.getByText('여기부터 읽지 않았어요')
  await mark.waitFor()
  const heightOf = async () => Math.round((await mark.boundingBox())?.y ?? Number.NaN)
  await eventually(async () => expect(await heightOf()).toBeGreaterThan(0))
  const before = await heightOf()
  await write(buyer.page, '하나 더요')
  await seller.page.getByRole('button', { name: '새 메시지 1' }).waitFor()
  expect(Math.abs((await heightOf()) - before)).toBeLessThanOrEqual(1)
  await seller.page.getByRole('button', { name: '새 메시지 1' }).click()
  await buyer.page.getByText('읽음', { exact: true }).waitFor()
})

/** A message from another device of the same person: by a plain request. */
async function tell({ page }: Person, room: string, text: string): Promise<void> {
  const reply = await page.request.post(`/api/v1/chat/rooms/${room.split('/').at(-1)}/messages`, {
    headers: { origin: madang.origin },
    data: { clientId: `c-${crypto.randomUUID()}`, kind: 'text', text },
  })
  expect(reply.status()).toBe(201)
}

async function review({ page }: Person): Promise<void> {
  await page.getByRole('link', { name: '후기 쓰기' }).click()
  await page.waitForURL(/\/me\/trades\/trd_/)
  await hydrated(page)
  await page.getByRole('radio', { name: '아주 좋았어요' }).check()
  // What may be said of it is offered by the form's own script: the form has heard the star.
  await page.getByRole('checkbox', { name: '시간을 잘 지켜요' }).waitFor()
  await page.getByRole('button', { name: '후기 남기기' }).click()
  await page.getByText('내가 쓴 후기').waitFor()
}
