import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { Ticket } from '#contracts/chat'
import type { MemberId } from '#contracts/ids'
import { type AppEnv, memberOf, onlyMine, refusal, requireMember } from '#kit/app'
import { bearer, emptyReply, jsonReply, problems } from '#kit/openapi'
import type { NotificationsEnv } from '../env.ts'
import { issueTicket, readTicket } from '../inbox.service.ts'
import { inboxOf } from '../inbox.ts'
import { type NotificationsContext, tags } from './routes.ts'

const signedIn = { tags, security: bearer, middleware: requireMember<NotificationsEnv>() }
/** Neither an EventSource nor a WebSocket can set a header of its own, so a page may say its language here. */
const Language = z.enum(['ko', 'en']).optional()
/** Not held to be a number: what is no number of this inbox is taken for "from the end". */
const After = z.string().max(64).optional()

const stream = createRoute({
  method: 'get',
  path: '/api/v1/notifications/stream',
  ...signedIn,
  description:
    'Server-sent events (InboxFrame). `hello` comes first, then everything past `Last-Event-ID` in order, then what happens. At most five streams and sockets a member; the stream ends with the access token, at the latest after 29 minutes.',
  request: { query: z.object({ lastEventId: After, locale: Language }) },
  responses: {
    200: {
      description: 'the stream',
      content: { 'text/event-stream': { schema: z.string() } },
    },
    ...problems(),
  },
})

const ticket = createRoute({
  method: 'post',
  path: '/api/v1/notifications/ticket',
  ...signedIn,
  responses: { 201: jsonReply(Ticket, 'good once, for 30 seconds'), ...problems() },
})

const socket = createRoute({
  method: 'get',
  path: '/api/v1/notifications/socket',
  tags,
  description:
    'The same frames over a WebSocket (InboxFrame, each with its `id`). Send the text {"t":"ping"} now and then; nothing else is listened to.',
  request: { query: z.object({ ticket: z.string().max(512), afterId: After, locale: Language }) },
  responses: { 101: emptyReply('the socket'), ...problems(403) },
})

/** What comes, as it comes: for API clients as a stream, for the pages as a socket that may sleep. */
export function liveRoutes(app: OpenAPIHono<AppEnv<NotificationsEnv>>): void {
  app.openapi(stream, async (c) => {
    const { memberId, expiresAtMs } = memberOf(c)
    const { lastEventId, locale } = c.req.valid('query')
    const after = c.req.header('last-event-id') ?? lastEventId
    const asked = { after, locale: locale ?? c.var.locale, endsAtMs: String(expiresAtMs) }
    return await askInbox(c, memberId, '/stream', asked)
  })
  app.openapi(ticket, async (c) => {
    onlyMine(c)
    const { memberId, expiresAtMs } = memberOf(c)
    return c.json(await issueTicket(c.env, memberId, expiresAtMs), 201)
  })
  app.openapi(socket, async (c) => {
    const { ticket: sealed, afterId, locale } = c.req.valid('query')
    const origin = c.req.header('origin')
    // A browser sends cookies along with a foreign page's socket; what is asked here is where the page is from.
    if (origin !== undefined && origin !== new URL(c.req.url).origin)
      return refusal(c, { code: 'ORIGIN_REFUSED' })
    const known = readTicket(c.env, sealed)
    if (known === null) return refusal(c, { code: 'TICKET_INVALID' })
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
      return refusal(c, { code: 'VALIDATION_FAILED', errors: [{ path: 'Upgrade', message: 'websocket' }] })
    const asked = { ticket: known.ticket, after: afterId, locale: locale ?? c.var.locale }
    const reply = await askInbox(c, known.memberId, '/socket', asked)
    return reply.status === 403 ? refusal(c, { code: 'TICKET_INVALID' }) : reply
  })
}

/** Passes a request on to an inbox, with nothing in it but what was checked here. */
function askInbox(
  c: NotificationsContext,
  memberId: MemberId,
  path: string,
  asked: Record<string, string | undefined>,
): Promise<Response> {
  const known = Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const upgrade = c.req.header('upgrade')
  return inboxOf(c.env, memberId).fetch(`https://inbox${path}?${new URLSearchParams(known)}`, {
    headers: upgrade === undefined ? {} : { upgrade },
  })
}
