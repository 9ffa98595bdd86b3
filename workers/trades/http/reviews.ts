import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { MemberId } from '#contracts/ids'
import { PageQuery, pageOf } from '#contracts/page'
import { Reputation, Review, WriteReviewRequest } from '#contracts/trades'
import { type AppEnv, cacheable, refusal, reply, requireMember } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { bearer, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { reputationTag, reviewsTag } from '../asker.ts'
import type { TradesEnv } from '../env.ts'
import { reputationOf } from '../reputation.service.ts'
import { listReviews, review } from '../review.service.ts'
import { askerOf, tell } from './routes.ts'
import { OneTrade } from './trades.ts'

const tags = ['reviews']
const OneMember = z.object({ id: MemberId })

const write = createRoute({
  method: 'post',
  path: '/api/v1/trades/{id}/reviews',
  tags,
  security: bearer,
  middleware: [requireMember<TradesEnv>(), idempotent<TradesEnv>()] as const,
  request: { headers: idempotencyHeader, params: OneTrade, ...jsonBody(WriteReviewRequest) },
  responses: { 201: jsonReply(Review, 'hidden until both wrote, or for 14 days'), ...problems(404, 409) },
})

const list = createRoute({
  method: 'get',
  path: '/api/v1/members/{id}/reviews',
  tags,
  request: { params: OneMember, query: PageQuery },
  responses: {
    200: jsonReply(pageOf(Review), 'what neighbours wrote of them, the latest first'),
    ...problems(),
  },
})

const reputation = createRoute({
  method: 'get',
  path: '/api/v1/members/{id}/reputation',
  tags,
  request: { params: OneMember },
  responses: { 200: jsonReply(Reputation, 'what their profile says of their dealings'), ...problems() },
})

/** What two sides say of each other, and what it comes to. */
export function reviewRoutes(app: OpenAPIHono<AppEnv<TradesEnv>>): void {
  app.openapi(write, async (c) => {
    const written = await review(c.env, askerOf(c), c.req.valid('param').id, c.req.valid('json'))
    if (!written.ok) return refusal(c, written.refusal)
    tell(c, written.value)
    return c.json(written.value.value, 201)
  })

  app.openapi(list, async (c) => {
    const { id } = c.req.valid('param')
    const page = await listReviews(c.env, c.var.requestId, id, c.req.valid('query'))
    if (page.ok) cacheable(c, [reviewsTag(id)])
    return reply(c, page)
  })

  app.openapi(reputation, async (c) => {
    const { id } = c.req.valid('param')
    const figures = await reputationOf(c.env, id)
    cacheable(c, [reputationTag(id)])
    return c.json(figures, 200)
  })
}
