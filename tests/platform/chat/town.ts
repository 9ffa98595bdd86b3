import { expect } from 'vitest'
import { z } from 'zod'
import {
  GroupRoom,
  ListingRoom,
  Message,
  MessageHit,
  MessagePage,
  Room,
  type SystemLine,
  Ticket,
  UnreadChats,
} from '#contracts/chat'
import type { ChatApi } from '#contracts/chat.api'
import { pageOf } from '#contracts/page'
import { type Client, connect } from '../../promises/room-client.ts'
import { type CallInit, type Platform, type Reply, type SignedUp, unique } from '../../support/platform.ts'

export const Coded = z.object({ code: z.string() })
const WithId = z.object({ id: z.string() })

type As = (member: SignedUp, method: string, path: string, json?: unknown, init?: CallInit) => Promise<Reply>

/** What the chat tests do again and again, through the edge. */
export function townOf(platform: Platform) {
  const as: As = (member, method, path, json, init = {}) =>
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

  async function openGroupRoom(member: SignedUp, groupBuyId: string) {
    const reply = await as(member, 'POST', 'chat/rooms', { groupBuyId })
    expect([200, 201], reply.text).toContain(reply.status)
    return { status: reply.status, room: GroupRoom.parse(reply.json) }
  }

  async function say(member: SignedUp, roomId: string, text: string): Promise<Message> {
    const json = { clientId: unique('c-123456'), kind: 'text', text }
    const reply = await as(member, 'POST', `chat/rooms/${roomId}/messages`, json)
    expect(reply.status, reply.text).toBe(201)
    return Message.parse(reply.json)
  }

  /** A socket of the member's on a room, with a ticket of its own; `more` goes on with its address. */
  async function socketFor(member: SignedUp, roomId: string, more = ''): Promise<Client> {
    const { url } = Ticket.parse((await as(member, 'POST', `chat/rooms/${roomId}/ticket`)).json)
    const { url: origin } = await platform.server.listen()
    return await connect(new URL(`${url}${more}`, origin).href.replace('http', 'ws'))
  }

  /** The chat worker's RPC, by the binding that trades has. */
  async function chatRpc(): Promise<Service<ChatApi>> {
    return (await platform.server.getWorker<{ CHAT: Service<ChatApi> }>('madang-trades').getEnv()).CHAT
  }

  return {
    ...{ as, refusalOf, postListing, openRoom, openGroupRoom, say, socketFor, chatRpc },
    ...sightsOf(as),
  }
}

export type Town = ReturnType<typeof townOf>

/** What a member sees of their rooms. */
function sightsOf(as: As) {
  async function roomFor(member: SignedUp, roomId: string): Promise<ListingRoom> {
    const reply = await as(member, 'GET', `chat/rooms/${roomId}`)
    expect(reply.status, reply.text).toBe(200)
    return ListingRoom.parse(reply.json)
  }

  async function groupRoomFor(member: SignedUp, roomId: string): Promise<GroupRoom> {
    const reply = await as(member, 'GET', `chat/rooms/${roomId}`)
    expect(reply.status, reply.text).toBe(200)
    return GroupRoom.parse(reply.json)
  }

  async function historyFor(member: SignedUp, roomId: string, query = ''): Promise<MessagePage> {
    const reply = await as(member, 'GET', `chat/rooms/${roomId}/messages${query}`)
    expect(reply.status, reply.text).toBe(200)
    return MessagePage.parse(reply.json)
  }

  /** What the room itself says in between. */
  async function linesFor(member: SignedUp, roomId: string): Promise<SystemLine[]> {
    const { items } = await historyFor(member, roomId)
    return items.flatMap(({ system }) => (system === undefined ? [] : [system]))
  }

  const listFor = async (member: SignedUp, query = '') =>
    pageOf(Room).parse((await as(member, 'GET', `chat/rooms${query}`)).json)
  const unreadFor = async (member: SignedUp) =>
    UnreadChats.parse((await as(member, 'GET', 'chat/unread')).json)
  const searchFor = async (member: SignedUp, q: string, more = '') =>
    pageOf(MessageHit).parse((await as(member, 'GET', `chat/search?q=${encodeURIComponent(q)}${more}`)).json)

  return { roomFor, groupRoomFor, historyFor, linesFor, listFor, unreadFor, searchFor }
}
