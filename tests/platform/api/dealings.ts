import { expect } from 'vitest'
import { z } from 'zod'
import { Image } from '#contracts/media'
import { HOUR_MS } from '#kit/clock'
import { phonePhoto } from '../../../workers/media/image/photo-samples.ts'
import { newOperator, openPlatform, type SignedUp } from '../../support/platform.ts'
import { townOf } from '../chat/town.ts'

const WithId = z.object({ id: z.string() })

/** The whole platform with two who deal with one another, one who does not belong there, and an operator. */
export async function openDealings() {
  const platform = await openPlatform()
  const { url } = await platform.server.listen()
  const town = townOf(platform)
  const [seller, buyer, stranger] = [
    await platform.signUp(),
    await platform.signUp(),
    await platform.signUp(),
  ]
  const { accessToken: operatorToken } = await newOperator(platform)

  /** Makes one of something and answers its id. */
  async function made(
    who: SignedUp | 'operator',
    path: string,
    json: object,
    method = 'POST',
  ): Promise<string> {
    const token = who === 'operator' ? operatorToken : who.accessToken
    const reply = await platform.call(method, path, { token, json })
    expect([200, 201], `${path}: ${reply.text}`).toContain(reply.status)
    return WithId.parse(reply.json).id
  }

  /** A thing of the seller's that the buyer has written about. */
  async function talk(): Promise<{ listingId: string; roomId: string; seq: number }> {
    const listingId = await town.postListing(seller)
    const roomId = (await town.openRoom(buyer, listingId)).id
    return { listingId, roomId, seq: (await town.say(buyer, roomId, '아직 있나요?')).seq }
  }

  const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS).toISOString()
  const appointment = (roomId: string) =>
    made(buyer, 'appointments', { roomId, place: '역 앞', at: inHours(24) })
  const trade = (listingId: string) =>
    made(seller, `listings/${listingId}/buyer`, { memberId: buyer.memberId })

  async function photo(owner: SignedUp, seed = 1): Promise<string> {
    const body = new Uint8Array(await phonePhoto('jpeg', seed, 400, 300))
    const reply = await town.as(owner, 'POST', 'media', undefined, {
      body,
      headers: { 'content-type': 'image/jpeg' },
    })
    return Image.parse(reply.json).id
  }

  return {
    ...{ platform, origin: url, town, seller, buyer, stranger, operatorToken },
    ...{ made, talk, appointment, trade, photo, inHours },
  }
}

export type Dealings = Awaited<ReturnType<typeof openDealings>>
