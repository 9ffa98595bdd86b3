import { expect } from 'vitest'
import { z } from 'zod'
import { GroupRoom, ListingRoom, Message, MessagePage } from '#contracts/chat'
import { type CallInit, type Platform, type SignedUp, unique } from '../../support/platform.ts'

export const Coded = z.object({ code: z.string() })
const WithId = z.object({ id: z.string() })

/** What the chat tests do again and again, through the edge. */
export function townOf(platform: Platform) {
  const as = (member: SignedUp, method: string, path: string, json?: unknown, init: CallInit = {}) =>
    platform.call(method, path, {
      token: member.accessToken,
      ...(json === undefined ? {} : { json }),
      ...init,
    })

  /** A refusal as `[status, code]`. */
  async function refusalOf(member: SignedUp, method: string, path: string, json?: unknown) {
    const reply = await as(member, method, path, json)
    return [reply.status, Coded.safeParse(reply.json).data?.code]
  }

  async function postListing(seller: SignedUp, title = '원목 책상'): Promise<string> {
    const json = { title, description: '튼튼해요', category: 'furniture', price: 30_000 }
    const reply = await as(seller, 'POST', 'listings', json, { idempotencyKey: unique('k') })
    expect(reply.status, reply.text).toBe(201)
    return WithId.parse(reply.json).id
  }

  async function openRoom(buyer: SignedUp, listingId: string): Promise<ListingRoom> {
    const reply = await as(buyer, 'POST', 'chat/rooms', { listingId })
    expect([200, 201], reply.text).toContain(reply.status)
    return ListingRoom.parse(reply.json)
  }

  async function say(member: SignedUp, roomId: string, text: string): Promise<Message> {
    const json = { clientId: unique('c-123456'), kind: 'text', text }
    const reply = await as(member, 'POST', `chat/rooms/${roomId}/messages`, json)
    expect(reply.status, reply.text).toBe(201)
    return Message.parse(reply.json)
  }

  async function roomFor(member: SignedUp, roomId: string): Promise<ListingRoom> {
    const reply = await as(member, 'GET', `chat/rooms/${roomId}`)
    expect(reply.status, reply.text).toBe(200)
    return ListingRoom.parse(reply.json)
  }

  async function historyFor(member: SignedUp, roomId: string, query = ''): Promise<MessagePage> {
    const reply = await as(member, 'GET', `chat/rooms/${roomId}/messages${query}`)
    expect(reply.status, reply.text).toBe(200)
    return MessagePage.parse(reply.json)
  }

  async function groupRoomFor(member: SignedUp, roomId: string): Promise<GroupRoom> {
    const reply = await as(member, 'GET', `chat/rooms/${roomId}`)
    expect(reply.status, reply.text).toBe(200)
    return GroupRoom.parse(reply.json)
  }

  return { as, refusalOf, postListing, openRoom, say, roomFor, groupRoomFor, historyFor }
}

export type Town = ReturnType<typeof townOf>
