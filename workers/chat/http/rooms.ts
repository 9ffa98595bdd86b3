import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import {
  ListRoomsQuery,
  MuteRequest,
  OpenRoomRequest,
  ReadMark,
  ReadRequest,
  Room,
  RoomMembers,
  Ticket,
  UnreadChats,
} from '#contracts/chat'
import { pageOf } from '#contracts/page'
import { type AppEnv, memberOf, onlyMine, refusal, reply, requireMember } from '#kit/app'
import { nowMs } from '#kit/clock'
import { idempotent } from '#kit/idempotency'
import { emptyReply, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { tell } from '#kit/telling'
import type { ChatEnv } from '../env.ts'
import { openGroupRoom } from '../group.service.ts'
import {
  findRoom,
  leaveRoom,
  listRooms,
  membersOf,
  muteRoom,
  openRoom,
  readUpTo,
  ticketFor,
  unreadOf,
} from '../room.service.ts'
import { askerOf, OneRoom, signedIn } from './routes.ts'

const open = createRoute({
  method: 'post',
  path: '/api/v1/chat/rooms',
  ...signedIn,
  middleware: [requireMember<ChatEnv>(), idempotent<ChatEnv>()] as const,
  request: { headers: idempotencyHeader, ...jsonBody(OpenRoomRequest) },
  responses: {
    200: jsonReply(Room, 'the room there is'),
    201: jsonReply(Room, 'the new room'),
    ...problems(403, 404, 409, 422),
  },
})

const list = createRoute({
  method: 'get',
  path: '/api/v1/chat/rooms',
  ...signedIn,
  request: { query: ListRoomsQuery },
  responses: { 200: jsonReply(pageOf(Room), 'own rooms, the latest first'), ...problems() },
})

const unread = createRoute({
  method: 'get',
  path: '/api/v1/chat/unread',
  ...signedIn,
  responses: { 200: jsonReply(UnreadChats, 'what is unread in all rooms'), ...problems() },
})

const read = createRoute({
  method: 'get',
  path: '/api/v1/chat/rooms/{id}',
  ...signedIn,
  request: { params: OneRoom },
  responses: { 200: jsonReply(Room, 'the room'), ...problems(404) },
})

const members = createRoute({
  method: 'get',
  path: '/api/v1/chat/rooms/{id}/members',
  ...signedIn,
  request: { params: OneRoom },
  responses: { 200: jsonReply(RoomMembers, 'everybody who is in it'), ...problems(404) },
})

const mark = createRoute({
  method: 'post',
  path: '/api/v1/chat/rooms/{id}/read',
  ...signedIn,
  request: { params: OneRoom, ...jsonBody(ReadRequest) },
  responses: { 200: jsonReply(ReadMark, 'where the mark stands; it never goes back'), ...problems(404) },
})

const mute = createRoute({
  method: 'put',
  path: '/api/v1/chat/rooms/{id}/mute',
  ...signedIn,
  request: { params: OneRoom, ...jsonBody(MuteRequest) },
  responses: { 200: jsonReply(Room, 'the room, muted until then or no longer'), ...problems(404) },
})

const leave = createRoute({
  method: 'post',
  path: '/api/v1/chat/rooms/{id}/leave',
  ...signedIn,
  request: { params: OneRoom },
  responses: { 204: emptyReply('left; a new message brings it back'), ...problems(404) },
})

const ticket = createRoute({
  method: 'post',
  path: '/api/v1/chat/rooms/{id}/ticket',
  ...signedIn,
  request: { params: OneRoom },
  responses: { 201: jsonReply(Ticket, 'good once, for 30 seconds'), ...problems(404) },
})

/** Rooms: opening, listing, and how one stands in them. */
export function roomRoutes(app: OpenAPIHono<AppEnv<ChatEnv>>): void {
  app.openapi(open, async (c) => {
    const about = c.req.valid('json')
    const opened =
      'listingId' in about
        ? await openRoom(c.env, askerOf(c), about.listingId)
        : await openGroupRoom(c.env, askerOf(c), about.groupBuyId)
    if (!opened.ok) return refusal(c, opened.refusal)
    onlyMine(c)
    tell(c, opened.value.events)
    return c.json(opened.value.room, opened.value.isNew ? 201 : 200)
  })

  app.openapi(list, async (c) => {
    onlyMine(c)
    return reply(c, await listRooms(c.env, memberOf(c).memberId, c.req.valid('query')))
  })

  app.openapi(unread, async (c) => {
    onlyMine(c)
    return c.json(await unreadOf(c.env.DB, memberOf(c).memberId), 200)
  })

  app.openapi(read, async (c) => {
    onlyMine(c)
    return reply(c, await findRoom(c.env, memberOf(c).memberId, c.req.valid('param').id))
  })

  app.openapi(members, async (c) => {
    onlyMine(c)
    return reply(c, await membersOf(c.env, memberOf(c).memberId, c.req.valid('param').id))
  })

  app.openapi(mark, async (c) => {
    onlyMine(c)
    const { seq } = c.req.valid('json')
    return reply(c, await readUpTo(c.env, memberOf(c).memberId, c.req.valid('param').id, seq))
  })

  app.openapi(mute, async (c) => {
    onlyMine(c)
    const { untilAt } = c.req.valid('json')
    const untilMs = untilAt === null ? null : Date.parse(untilAt)
    return reply(c, await muteRoom(c.env, memberOf(c).memberId, c.req.valid('param').id, untilMs))
  })

  app.openapi(leave, async (c) => {
    const left = await leaveRoom(c.env, memberOf(c).memberId, c.req.valid('param').id, nowMs())
    return left.ok ? c.body(null, 204) : refusal(c, left.refusal)
  })

  app.openapi(ticket, async (c) => {
    onlyMine(c)
    const { memberId, expiresAtMs } = memberOf(c)
    return reply(c, await ticketFor(c.env, memberId, c.req.valid('param').id, expiresAtMs), 201)
  })
}
