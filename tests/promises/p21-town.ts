import { expect } from 'vitest'
import { z } from 'zod'
import { Image } from '#contracts/media'
import { HOUR_MS } from '#kit/clock'
import { phonePhoto } from '../../workers/media/image/photo-samples.ts'
import { requestOf } from '../platform/coupons/alone.ts'
import { BOXES, yardOf } from '../platform/group-buys/yard.ts'
import { type CallInit, newOperator, type SignedUp, startPlatform, unique } from '../support/platform.ts'

const WithId = z.object({ id: z.string() })
const Hosted = z.object({ items: z.array(z.object({ id: z.string(), state: z.string() })) })
const Items = z.object({ items: z.array(z.looseObject({})) })

/** A platform whose domains can be stopped one by one, and the people who use it. */
export async function startTown() {
  const platform = await startPlatform({ stoppable: true })
  const { rich } = yardOf(platform)
  const [seller, buyer] = [await rich(1_000_000), await rich(1_000_000)]
  const operator = await newOperator(platform)
  const photoBody = new Uint8Array(await phonePhoto('jpeg', 21, 400, 300))

  type Someone = { accessToken: string }
  const ask = (who: Someone, method: string, path: string, init: CallInit = {}) =>
    platform.call(method, path, { token: who.accessToken, ...init })
  const send = (who: Someone, path: string, json: unknown, key = unique('k'), method = 'POST') =>
    ask(who, method, path, { json, idempotencyKey: key })
  /** Past every cache. */
  const look = (path: string, who?: Someone) =>
    platform.call('GET', path, {
      headers: { 'cache-control': 'no-cache' },
      ...(who ? { token: who.accessToken } : {}),
    })

  /** Makes one of something and answers its id. */
  async function made(who: Someone, path: string, json: unknown): Promise<string> {
    const reply = await send(who, path, json)
    expect([200, 201], `${path}: ${reply.text}`).toContain(reply.status)
    return WithId.parse(reply.json).id
  }

  const thing = (over: object = {}) => ({
    ...{ title: unique('책상'), description: '튼튼해요', category: 'furniture', price: 30_000 },
    ...over,
  })
  const upload = (who: Someone) =>
    ask(who, 'POST', 'media', {
      body: photoBody,
      headers: { 'content-type': 'image/jpeg' },
      idempotencyKey: unique('k'),
    })
  const photo = async (who: Someone) => Image.parse((await upload(who)).json).id
  const listing = (over: object = {}) => made(seller, 'listings', thing(over))
  const words = (text: string) => ({ clientId: unique('client-'), kind: 'text', text })

  /** A thing of the seller's that the buyer has written about. */
  async function talk(): Promise<{ listingId: string; roomId: string }> {
    const listingId = await listing()
    const roomId = await made(buyer, 'chat/rooms', { listingId })
    await send(buyer, `chat/rooms/${roomId}/messages`, words('아직 있나요?'))
    return { listingId, roomId }
  }
  const boxes = (over: object = {}) => ({
    ...{ ...BOXES, title: unique('귤'), deadline: new Date(Date.now() + 48 * HOUR_MS).toISOString() },
    ...over,
  })
  const groupBuy = () => made(seller, 'group-buys', boxes())
  const campaign = () => made(operator, 'coupons/campaigns', { ...requestOf(), title: unique('쿠폰') })

  /** Calls off what the seller has open: a host may have a few at a time. */
  async function callOffAll(): Promise<void> {
    const mine = Hosted.parse((await look('me/group-buys?role=host&limit=50', seller)).json).items
    const open = mine.filter(({ state }) => state === 'recruiting')
    await Promise.all(open.map(({ id }) => ask(seller, 'DELETE', `group-buys/${id}`)))
  }

  /** How many of a list of one's own are as asked for. */
  async function count(
    who: Someone,
    path: string,
    isIt: (item: Record<string, unknown>) => boolean,
  ): Promise<number> {
    const reply = await look(path, who)
    expect(reply.status, `${path}: ${reply.text}`).toBe(200)
    return Items.parse(reply.json).items.filter(isIt).length
  }

  return {
    ...{ platform, seller, buyer, operator, ask, send, look, made },
    ...{ thing, upload, photo, listing, words, talk },
    ...{ boxes, groupBuy, callOffAll, campaign, count, newcomer: (): Promise<SignedUp> => platform.signUp() },
  }
}
export type Town = Awaited<ReturnType<typeof startTown>>
