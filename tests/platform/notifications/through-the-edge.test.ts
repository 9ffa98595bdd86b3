import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type InboxFrame, NotificationPage } from '#contracts/notifications'
import { eventually, openPlatform, type Platform, type SignedUp, unique } from '../../support/platform.ts'
import { PushingBrowser, vapidOf } from './browser-keys.ts'
import { listen, openStream } from './readers.ts'

/** The whole way: a neighbour does something on the market, and the other hears of it, through the edge and back. */
let platform: Platform
let origin: URL
let seller: SignedUp
let asker: SignedUp

beforeAll(async () => {
  platform = await openPlatform()
  origin = (await platform.server.listen()).url
  seller = await platform.signUp()
  asker = await platform.signUp()
})

const WithId = z.object({ id: z.string() })
const Ticket = z.object({ url: z.string() })
const Pushed = z.object({
  items: z.array(z.object({ status: z.int(), body: z.string(), headers: z.record(z.string(), z.string()) })),
})

async function newListing(): Promise<string> {
  const json = { title: '원목 책상', description: '튼튼해요', category: 'furniture', price: 30_000 }
  const reply = await platform.call('POST', 'listings', {
    token: seller.accessToken,
    json,
    idempotencyKey: unique('k'),
  })
  return WithId.parse(reply.json).id
}

const say = async (who: SignedUp, listingId: string, text: string, parentId?: string) =>
  WithId.parse(
    (
      await platform.call('POST', `listings/${listingId}/comments`, {
        token: who.accessToken,
        json: { text, ...(parentId === undefined ? {} : { parentId }) },
      })
    ).json,
  ).id

const listOf = async (who: SignedUp) =>
  NotificationPage.parse((await platform.call('GET', 'notifications', { token: who.accessToken })).json)

const about = (text: string) => (frame: InboxFrame) =>
  frame.t === 'notification' && frame.notification.body.includes(text)

describe('through the edge', () => {
  it('a comment is in the seller’s stream and list, by the name of who wrote it; the answer reaches the asker', async () => {
    const listing = await newListing()
    const stream = await openStream(new URL('/api/v1/notifications/stream', origin), {
      authorization: `Bearer ${seller.accessToken}`,
    })
    await stream.until(({ t }) => t === 'hello')
    const question = await say(asker, listing, '아직 있나요?')
    const told = await stream.until(about('아직 있나요?'))
    expect(told.t === 'notification' && told.notification.title).toContain(asker.nickname)
    stream.drop()
    expect((await listOf(asker)).items).toEqual([])
    await say(seller, listing, '네 있어요', question)
    await eventually(async () => {
      const [reply] = (await listOf(asker)).items
      expect(reply).toMatchObject({ type: 'reply', url: `/listings/${listing}#comments` })
    })
  })

  it('a browser’s cookie opens the stream too, and a foreign page’s socket stays shut', async () => {
    const stream = await openStream(new URL('/api/v1/notifications/stream?locale=en', origin), {
      cookie: `__Host-madang_access=${seller.accessToken}`,
    })
    await stream.until(({ t }) => t === 'hello')
    stream.drop()
    const ticket = await platform.call('POST', 'notifications/ticket', { token: seller.accessToken })
    const { url } = Ticket.parse(ticket.json)
    const foreign = await platform.call('GET', url, { headers: { origin: 'https://elsewhere.example' } })
    expect(foreign.status).toBe(403)
    const socket = await listen(new URL(url, origin).href.replace('http', 'ws'))
    await say(asker, await newListing(), '소켓으로 와요')
    await socket.until(about('소켓으로 와요'))
    socket.close()
  })

  it('a wish is told to the seller, and a lower price to who wished', async () => {
    const listing = await newListing()
    await platform.call('PUT', `listings/${listing}/wish`, { token: asker.accessToken })
    await eventually(async () => expect((await listOf(seller)).items[0]?.type).toBe('wish'))
    await platform.call('PATCH', `listings/${listing}`, {
      token: seller.accessToken,
      json: { price: 20_000 },
    })
    await eventually(async () =>
      expect((await listOf(asker)).items[0]).toMatchObject({
        type: 'price_drop',
        body: '원목 책상 · 30,000원 → 20,000원',
      }),
    )
  })

  it('a device gets what it alone can read, from a push service as it is played here', async () => {
    const browser = new PushingBrowser()
    const { accessToken: token } = await platform.signUp()
    const added = await platform.call('POST', 'notifications/devices', {
      ...{ token, json: browser.subscription, idempotencyKey: unique('k') },
    })
    expect(added.status, added.text).toBe(201)
    const listing = await newListing()
    const question = await platform.call('POST', `listings/${listing}/comments`, {
      ...{ token, json: { text: '아직 있나요?' } },
    })
    await say(seller, listing, '네, 오늘 어때요?', WithId.parse(question.json).id)
    const [message] = await eventually(async () => {
      const { items } = Pushed.parse((await platform.call('GET', `/dev/push/${browser.id}`)).json)
      expect(items.map(({ status }) => status)).toEqual([201])
      return items
    })
    const read = browser.opened(message?.body ?? '')
    expect(read).toMatchObject({ type: 'reply', url: `/listings/${listing}#comments`, unread: 1 })
    expect(read.body).toContain('오늘 어때요?')
    const { key } = vapidOf(message?.headers.authorization)
    expect((await platform.call('GET', 'notifications/push-key')).json).toEqual({ publicKey: key })
  })
})
