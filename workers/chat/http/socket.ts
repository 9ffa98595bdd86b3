import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { Seq } from '#contracts/chat'
import { type AppEnv, refusal } from '#kit/app'
import { emptyReply, problems } from '#kit/openapi'
import type { ChatEnv } from '../env.ts'
import { isRoom } from '../room.store.ts'
import { objectOf } from '../room-object.ts'
import { OneRoom } from './routes.ts'

const SeqQuery = z.coerce.number().pipe(Seq).optional()

const socket = createRoute({
  method: 'get',
  path: '/api/v1/chat/rooms/{id}/socket',
  tags: ['chat'],
  description:
    'A WebSocket (ClientFrame in, RoomFrame out), opened with a ticket of `POST …/ticket`. `hello` comes first, then every message past `afterSeq`, then those changed past `afterRevision`.',
  request: {
    params: OneRoom,
    query: z.object({ ticket: z.string().max(100), afterSeq: SeqQuery, afterRevision: SeqQuery }),
  },
  responses: { 101: emptyReply('the socket'), ...problems(403) },
})

/** The room's socket; who may open it is what the ticket says. */
export function socketRoutes(app: OpenAPIHono<AppEnv<ChatEnv>>): void {
  app.openapi(socket, async (c) => {
    const origin = c.req.header('origin')
    // A browser sends cookies along with a foreign page's socket; what is asked here is where the page is from.
    if (origin !== undefined && origin !== new URL(c.req.url).origin)
      return refusal(c, { code: 'ORIGIN_REFUSED' })
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
      return refusal(c, { code: 'VALIDATION_FAILED', errors: [{ path: 'Upgrade', message: 'websocket' }] })
    const { id } = c.req.valid('param')
    const asked = Object.entries(c.req.valid('query')).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    )
    // An id of nothing wakes no object.
    if (!(await isRoom(c.env.DB, id))) return refusal(c, { code: 'TICKET_INVALID' })
    const stub = objectOf(c.env, id)
    const answer = await stub.fetch(`https://room/socket?${new URLSearchParams(asked)}`, {
      headers: { upgrade: 'websocket', 'accept-language': c.req.header('accept-language') ?? '' },
    })
    return answer.status === 403 ? refusal(c, { code: 'TICKET_INVALID' }) : answer
  })
}
