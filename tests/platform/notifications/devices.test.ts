import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DEVICES_MAX, Preferences } from '#contracts/notifications'
import { newId } from '#kit/id'
import { type NotificationsAlone, newMember, startNotifications } from './alone.ts'
import { PushingBrowser } from './browser-keys.ts'
import { comment, fact } from './facts.ts'
import { pushingIn } from './pushing.ts'

let town: NotificationsAlone
let push: ReturnType<typeof pushingIn>
beforeAll(async () => {
  town = await startNotifications()
  push = pushingIn(town)
})
afterAll(() => town.close())

const CHROME = { 'user-agent': 'Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36' }

describe('a device', () => {
  it('is listed, is the same one when it subscribes again, and is forgotten when its member says so', async () => {
    const me = newMember()
    const browser = await push.browserOf(me, CHROME)
    expect(browser.device).toMatchObject({
      label: 'Chrome · Android',
      host: 'push.madang.example',
      reachedAt: null,
    })
    const again = await push.subscribe(me, { ...browser.subscription, label: '내 전화기' })
    expect([200, 201]).toContain(again.status)
    expect(again.json).toMatchObject({ id: browser.device.id, label: '내 전화기' })
    expect((await push.devicesOf(me)).map(({ id, label }) => [id, label])).toEqual([
      [browser.device.id, '내 전화기'],
    ])
    const remove = (as = me) => town.call('DELETE', `notifications/devices/${browser.device.id}`, { as })
    expect((await remove(newMember())).code).toBe('NOT_FOUND')
    expect((await remove()).status).toBe(204)
    expect((await remove()).code).toBe('NOT_FOUND')
    expect(await push.devicesOf(me)).toEqual([])
  })

  it('is answered as at first when its request is repeated with its key', async () => {
    const me = newMember()
    const { subscription } = new PushingBrowser()
    const add = (json: object) =>
      town.call('POST', 'notifications/devices', { as: me, json, key: 'the same key' })
    const [first, second] = [await add(subscription), await add(subscription)]
    expect([second.status, second.text]).toEqual([201, first.text])
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect((await add({ ...subscription, label: '다른' })).code).toBe('IDEMPOTENCY_KEY_REUSED')
  })

  it('is one of at most ten: the one heard of longest ago goes', async () => {
    const me = newMember()
    const first = await push.browserOf(me)
    for (let count = 1; count <= DEVICES_MAX; count++) await push.browserOf(me)
    const ids = (await push.devicesOf(me)).map(({ id }) => id)
    expect(ids).toHaveLength(DEVICES_MAX)
    expect(ids).not.toContain(first.device.id)
  })

  it('needs a member, and its list is nobody else’s', async () => {
    const { subscription } = new PushingBrowser()
    expect((await town.call('POST', 'notifications/devices', { json: subscription })).status).toBe(401)
    expect((await town.call('GET', 'notifications/devices')).status).toBe(401)
    await push.browserOf(newMember())
    const mine = await town.call('GET', 'notifications/devices', { as: newMember() })
    expect(mine.json).toEqual({ items: [] })
    expect(mine.headers.get('cache-control')).toBe('private, no-store')
  })

  it('leaves with its member', async () => {
    const me = newMember()
    await push.browserOf(me)
    await town.hear([fact('member.withdrawn', { memberId: me }, me)])
    expect(await push.devicesOf(me)).toEqual([])
  })
})

describe('case 53: a subscription that is none', () => {
  it.each([
    'https://127.0.0.1/dev/push/x',
    'https://localhost/x',
    'https://[::1]/x',
    'https://10.0.0.8/x',
    'https://169.254.169.254/latest/meta-data',
    'http://fcm.googleapis.com/fcm/send/x',
    'https://fcm.googleapis.com:444/x',
    'https://fcm.googleapis.com@127.0.0.1/x',
    'https://fcm.googleapis.com.evil.example/x',
    'https://push.madang.example/dev/mail',
  ])('is refused: %s', async (endpoint) => {
    const me = newMember()
    const { keys } = new PushingBrowser().subscription
    const refused = await push.subscribe(me, { endpoint, keys })
    expect([refused.status, refused.code]).toEqual([422, 'PUSH_ENDPOINT_REFUSED'])
    expect(await push.devicesOf(me)).toEqual([])
  })

  it('is refused with keys nothing can be sealed with', async () => {
    const me = newMember()
    const { endpoint, keys } = new PushingBrowser().subscription
    const offCurve = Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 7)]).toString('base64url')
    for (const broken of [
      { ...keys, p256dh: offCurve },
      { ...keys, auth: 'x'.repeat(24) },
    ]) {
      const refused = await push.subscribe(me, { endpoint, keys: broken })
      expect([refused.status, refused.code]).toEqual([400, 'VALIDATION_FAILED'])
    }
  })

  it('is forgotten when it sends us elsewhere, and we do not go there', async () => {
    const [me, canary] = [newMember(), new PushingBrowser()]
    const browser = await push.browserOf(me)
    await push.behave(browser, { status: 307, location: canary.subscription.endpoint })
    await town.hear([comment({ sellerId: me }, newMember())])
    await expect.poll(() => push.devicesOf(me), { timeout: 10_000 }).toEqual([])
    expect(await push.sentTo(canary)).toEqual([])
  })

  it('of another member’s browser moves with the browser, not with its address', async () => {
    const [minji, junho] = [newMember(), newMember()]
    const browser = await push.browserOf(minji)
    const { endpoint, keys } = browser.subscription
    const thief = new PushingBrowser()
    const stolen = await push.subscribe(junho, { endpoint, keys: thief.subscription.keys })
    expect(stolen.code).toBe('PUSH_ENDPOINT_REFUSED')
    expect(await push.devicesOf(minji)).toHaveLength(1)
    const moved = await push.subscribe(junho, { endpoint, keys })
    expect(moved.status).toBe(201)
    expect(await push.devicesOf(minji)).toEqual([])
    await town.hear([comment({ sellerId: minji }, newMember(), '민지에게')])
    await town.hear([comment({ sellerId: junho }, newMember(), '준호에게')])
    const [message] = await push.readBy(browser)
    expect(message?.body).toContain('준호에게')
    expect(await push.sentTo(browser)).toHaveLength(1)
  })
})

describe('preferences of a channel', () => {
  it('begin with pushes of all but wishes and letters about money, and change one by one', async () => {
    const me = newMember()
    const path = 'notifications/preferences'
    const read = async () => Preferences.parse((await town.call('GET', path, { as: me })).json)
    const { channels } = await read()
    expect([channels.push.wish, channels.push.chat, channels.push.moderation]).toEqual([false, true, true])
    expect([channels.mail.wallet, channels.mail.trade, channels.mail.moderation, channels.mail.chat]).toEqual(
      [true, true, false, false],
    )
    const json = { channels: { push: { wish: true, chat: false }, mail: { wallet: false } } }
    const edited = Preferences.parse((await town.call('PATCH', path, { as: me, json })).json)
    expect([edited.channels.push.wish, edited.channels.push.chat]).toEqual([true, false])
    expect([edited.channels.mail.wallet, edited.channels.mail.trade]).toEqual([false, true])
    expect(await read()).toEqual(edited)
    expect(edited.types.wish).toBe(true)
    const odd = await town.call('PATCH', path, { as: me, json: { channels: { fax: { wish: true } } } })
    expect(odd.code).toBe('VALIDATION_FAILED')
  })
})

describe('money', () => {
  it('is told in the inbox of whom it concerns, once', async () => {
    const [seller, buyer] = [newMember(), newMember()]
    const data = {
      ...{ tradeId: newId('trd', Date.now()), listingId: newId('lst', Date.now()), listingTitle: '책상' },
      ...{ sellerId: seller, buyerId: buyer, price: 12_000, paid: 9_000, discount: 3_000, refunded: 0 },
    }
    const paid = fact('trade.paid', { ...data, releaseAtMs: Date.now() }, buyer)
    await town.hear([paid, paid])
    const [line] = (await town.listOf(seller)).items
    expect(line).toMatchObject({
      type: 'trade',
      title: `이웃 ${buyer.slice(-4)} 님이 12,000원을 결제했어요`,
      url: `/me/trades/${data.tradeId}`,
      count: 1,
    })
    expect((await town.listOf(buyer)).items).toEqual([])
    const escrow = { paid: 9_000, discount: 3_000, refunded: 0 }
    await town.hear([fact('trade.completed', { ...data, escrow }, null)])
    expect((await town.listOf(seller, '', 'en')).items[0]?.title).toBe('You received ₩12,000')
    expect((await town.listOf(buyer)).items[0]?.title).toBe('거래를 마쳤어요')
    const amount = { memberId: buyer, amount: 5_000 }
    await town.hear([
      fact('wallet.charged', { ...amount, chargeId: newId('chg', Date.now()) }, buyer),
      fact('wallet.payout_failed', { ...amount, payoutId: newId('pay', Date.now()) }),
    ])
    const [failed, ...rest] = (await town.listOf(buyer)).items
    expect(failed).toMatchObject({ type: 'wallet', url: '/wallet' })
    expect(rest).toHaveLength(1)
  })
})
