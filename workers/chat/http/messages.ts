import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import {
  EditMessageRequest,
  ListMessagesQuery,
  Message,
  MessageHit,
  MessagePage,
  SearchMessagesQuery,
  SendMessageRequest,
} from '#contracts/chat'
import { RoomId } from '#contracts/ids'
import { pageOf } from '#contracts/page'
import { type AppEnv, memberOf, onlyMine, refusal, reply } from '#kit/app'
import { jsonBody, jsonReply, problems } from '#kit/openapi'
import type { ChatEnv } from '../env.ts'
import { editMessage, removeMessage, sendMessage } from '../message.service.ts'
import { historyOf } from '../room.service.ts'
import { searchMessages } from '../search.service.ts'
import { OneRoom, signedIn } from './routes.ts'

const OneMessage = z.object({
  id: RoomId,
  seq: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
})

const list = createRoute({
  method: 'get',
  path: '/api/v1/chat/rooms/{id}/messages',
  ...signedIn,
  request: { params: OneRoom, query: ListMessagesQuery },
  responses: { 200: jsonReply(MessagePage, 'messages by rising seq'), ...problems(404) },
})

const send = createRoute({
  method: 'post',
  path: '/api/v1/chat/rooms/{id}/messages',
  ...signedIn,
  description: 'The same clientId with the same body is answered with the message it already is (200).',
  request: { params: OneRoom, ...jsonBody(SendMessageRequest) },
  responses: {
    200: jsonReply(Message, 'the message this clientId already is'),
    201: jsonReply(Message, 'the new message'),
    ...problems(403, 404, 409, 422),
  },
})

const edit = createRoute({
  method: 'patch',
  path: '/api/v1/chat/rooms/{id}/messages/{seq}',
  ...signedIn,
  request: { params: OneMessage, ...jsonBody(EditMessageRequest) },
  responses: { 200: jsonReply(Message, 'the changed message'), ...problems(403, 404, 409) },
})

const remove = createRoute({
  method: 'delete',
  path: '/api/v1/chat/rooms/{id}/messages/{seq}',
  ...signedIn,
  request: { params: OneMessage },
  responses: { 200: jsonReply(Message, 'what is left of it'), ...problems(404, 409) },
})

const search = createRoute({
  method: 'get',
  path: '/api/v1/chat/search',
  ...signedIn,
  request: { query: SearchMessagesQuery },
  responses: { 200: jsonReply(pageOf(MessageHit), 'own messages, the newest first'), ...problems() },
})

/** Messages: history, sending without a socket, changing, finding. */
export function messageRoutes(app: OpenAPIHono<AppEnv<ChatEnv>>): void {
  app.openapi(list, async (c) => {
    onlyMine(c)
    const { id } = c.req.valid('param')
    return reply(c, await historyOf(c.env, memberOf(c).memberId, id, c.req.valid('query')))
  })

  app.openapi(send, async (c) => {
    const { id } = c.req.valid('param')
    const sent = await sendMessage(c.env, memberOf(c).memberId, id, c.req.valid('json'))
    if (!sent.ok) return refusal(c, sent.refusal)
    onlyMine(c)
    return c.json(sent.value.message, sent.value.replayed ? 200 : 201)
  })

  app.openapi(edit, async (c) => {
    onlyMine(c)
    const { id, seq } = c.req.valid('param')
    return reply(c, await editMessage(c.env, memberOf(c).memberId, id, seq, c.req.valid('json').text))
  })

  app.openapi(remove, async (c) => {
    onlyMine(c)
    const { id, seq } = c.req.valid('param')
    return reply(c, await removeMessage(c.env, memberOf(c).memberId, id, seq))
  })

  app.openapi(search, async (c) => {
    onlyMine(c)
    return reply(c, await searchMessages(c.env, memberOf(c).memberId, c.req.valid('query')))
  })
}
