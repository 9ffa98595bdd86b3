import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MemberId } from '#contracts/ids'
import { newId } from '#kit/id'
import { eventually } from '../../support/platform.ts'
import { type NotificationsAlone, newMember, startNotifications } from './alone.ts'
import { vapidOf } from './browser-keys.ts'
import { comment, fact, message } from './facts.ts'
import { pushingIn } from './pushing.ts'

const DAY_SECONDS = 86_400
const TOO_LATE_MS = 11 * 60_000

let town: NotificationsAlone
let push: ReturnType<typeof pushingIn>
beforeAll(async () => {
  town = await startNotifications()
  push = pushingIn(town)
})
afterAll(() => town.close())

const say = (to: MemberId, text: string) => town.hear([comment({ sellerId: to }, newMember(), text)])
const wish = (to: MemberId) => {
  const data = { listingId: newId('lst', Date.now()), listingTitle: '의자', sellerId: to }
  return town.hear([fact('listing.wished', { ...data, memberId: newMember() })])
}
const edit = (as: MemberId, json: object) => town.call('PATCH', 'notifications/preferences', { as, json })

describe('a push message', () => {
  it('carries the notification sealed for the browser alone, signed with our key', async () => {
    const me = newMember()
    const browser = await push.browserOf(me)
    await say(me, '아직 있나요?')
    const [read] = await push.readBy(browser)
    const [line] = (await town.listOf(me)).items
    expect(read).toEqual({
      ...{
        id: line?.id,
        type: 'comment',
        title: line?.title,
        body: '장스탠드 · 아직 있나요?',
        url: line?.url,
      },
      unread: 1,
    })
    const [sent] = await push.sentTo(browser)
    expect(sent?.body).not.toContain('장스탠드')
    expect(sent?.headers).toMatchObject({
      topic: line?.id,
      urgency: 'normal',
      'content-encoding': 'aes128gcm',
    })
    expect(Number(sent?.headers.ttl)).toBeGreaterThan(DAY_SECONDS / 2)
    const { key, claims } = vapidOf(sent?.headers.authorization)
    expect((await town.call('GET', 'notifications/push-key')).json).toEqual({ publicKey: key })
    expect(claims).toMatchObject({ aud: 'https://push.madang.example', sub: 'mailto:hello@madang.example' })
    const lives = claims.exp - Date.now() / 1_000
    expect(lives > 0 && lives <= DAY_SECONDS).toBe(true)
    await eventually(async () => expect((await push.devicesOf(me))[0]?.reachedAt).not.toBeNull())
  })

  it('reaches every device in its own language', async () => {
    const me = newMember()
    const [korean, english] = [
      await push.browserOf(me, { 'accept-language': 'ko' }),
      await push.browserOf(me, { 'accept-language': 'en' }),
    ]
    await say(me, '안녕하세요')
    expect((await push.readBy(korean))[0]?.title).toContain('댓글을 남겼어요')
    expect((await push.readBy(english))[0]?.title).toContain('commented')
  })

  it('of one room is one that is replaced by what comes after it', async () => {
    const me = newMember()
    const browser = await push.browserOf(me)
    const [roomId, sender] = [newId('room', Date.now()), newMember()]
    await town.hear([message(roomId, sender, [me], 1)])
    await push.readBy(browser)
    await town.hear([message(roomId, sender, [me], 2)])
    const [first, second] = await push.readBy(browser, 2)
    expect([second?.id, second?.body]).toEqual([first?.id, '메시지 2'])
    expect(second?.title).toContain('2개')
    const topics = (await push.sentTo(browser)).map(({ headers }) => headers.topic)
    expect(new Set(topics).size).toBe(1)
  })

  it('is not sent while the member looks at our pages, and is again once they do not', async () => {
    const me = newMember()
    const browser = await push.browserOf(me)
    const socket = await town.socketOf(me)
    await say(me, '보는 동안')
    await socket.until(({ t }) => t === 'notification')
    socket.close()
    await socket.ended
    await say(me, '안 보는 동안')
    expect((await push.readBy(browser)).map(({ body }) => body)).toEqual(['장스탠드 · 안 보는 동안'])
  })

  it('is not sent of what the member does not want pushed, though it is listed', async () => {
    const me = newMember()
    const browser = await push.browserOf(me)
    await edit(me, { channels: { push: { comment: false } } })
    await say(me, '조용히')
    await wish(me)
    await edit(me, { channels: { push: { wish: true } } })
    await wish(me)
    expect((await push.readBy(browser)).map(({ type, unread }) => [type, unread])).toEqual([['wish', 3]])
  })

  it('waits for the end of quiet hours', async () => {
    const me = newMember()
    const browser = await push.browserOf(me)
    const inbox = town.inboxOf(me)
    const { quietHours: none } = await inbox.preferences()
    expect(none).toBeNull()
    // Quiet now, whatever the clock says.
    await inbox.edit({ quietHours: hoursAround(Date.now()) })
    await say(me, '밤에')
    expect((await town.listOf(me)).unread).toBe(1)
    expect(await push.sentTo(browser)).toEqual([])
    await inbox.edit({ quietHours: null })
    expect((await push.readBy(browser))[0]?.body).toContain('밤에')
  })

  it('is sent all the same when the object was put out of memory before', async () => {
    const me = newMember()
    const browser = await push.browserOf(me)
    await push.behave(browser, { status: 503 })
    await say(me, '두 번째에')
    await eventually(async () => expect(await push.sentTo(browser)).toHaveLength(1))
    await town.evict(me)
    expect((await push.readBy(browser))[0]?.body).toContain('두 번째에')
  })
})

describe('a letter in place of a push message', () => {
  const params = JSON.stringify({ type: 'wallet', what: { kind: 'payout_failed', amount: 5_000 } })
  const draft = {
    type: 'wallet',
    params,
    url: '/wallet',
    photo: null,
    collapseKey: null,
    order: null,
    count: 1,
  } as const
  /** What came so long ago that a device would have taken it by now. */
  const putLate = async (
    owner: MemberId,
    source: string,
    byMail: 'never' | 'unless_seen' = 'unless_seen',
  ) => {
    const atMs = Date.now() - TOO_LATE_MS
    const inbox = town.inboxOf(owner)
    await inbox.put(source, { ...draft, atMs, byMail }, atMs, owner)
  }

  it('is written once when there is no device, also when identity was away at first', async () => {
    const me = newMember()
    await town.neighbours.fetch('/letters/lose?times=1')
    await putLate(me, 'one')
    await eventually(async () => expect(await push.lettersTo(me)).toHaveLength(1), 20_000)
    const [letter] = await push.lettersTo(me)
    const [line] = (await town.listOf(me)).items
    expect(letter).toMatchObject({ key: line?.id, subject: '[마당] 5,000원을 계좌로 보내지 못했어요' })
    expect(letter?.text).toContain('/wallet')
  })

  it('is not written of what is not worth one, what the member does not want mailed, and what they read', async () => {
    const [me, read] = [newMember(), newMember()]
    await putLate(me, 'not worth it', 'never')
    await edit(me, { channels: { mail: { wallet: false } } })
    await putLate(me, 'not wanted')
    // Fresh, so that there is time to read it; the alarm of a later one comes past it.
    const inbox = town.inboxOf(read)
    await inbox.put('read', { ...draft, atMs: Date.now(), byMail: 'unless_seen' }, Date.now(), read)
    await town.call('POST', 'notifications/read-all', { as: read })
    await edit(me, { channels: { mail: { wallet: true } } })
    await putLate(me, 'wanted')
    await putLate(read, 'unread')
    for (const member of [me, read])
      await eventually(async () => expect(await push.lettersTo(member)).toHaveLength(1))
  })

  it('is not written when a device took it', async () => {
    const me = newMember()
    const browser = await push.browserOf(me)
    const failed = { memberId: me, amount: 5_000, payoutId: newId('pay', Date.now()) }
    await town.hear([fact('wallet.payout_failed', failed)])
    await push.readBy(browser)
    const waiting = await town.outgoingOf(me)
    expect(waiting).toEqual([])
    expect(await push.lettersTo(me)).toEqual([])
  })
})

/** Two hours before until two hours after. */
function hoursAround(atMs: number) {
  const clock = (ms: number) => new Date(ms).toISOString().slice(11, 16)
  const twoHoursMs = 2 * 3_600_000
  return { from: clock(atMs - twoHoursMs), until: clock(atMs + twoHoursMs), zone: 'UTC' }
}
