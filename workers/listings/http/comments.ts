import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { CommentId } from '#contracts/ids'
import { Comment, EditCommentRequest, PostCommentRequest } from '#contracts/listings'
import { PageQuery, pageOf } from '#contracts/page'
import { type AppEnv, cacheable, purges, refusal, reply, requireMember } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { bearer, emptyReply, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { tell } from '#kit/telling'
import { deleteComment, editComment, listComments, postComment } from '../comment.service.ts'
import type { ListingsEnv } from '../env.ts'
import { OneListing } from './listings.ts'
import { askerOf } from './routes.ts'

const tags = ['comments']
const security = bearer
const OneComment = z.object({ id: CommentId })

const list = createRoute({
  method: 'get',
  path: '/api/v1/listings/{id}/comments',
  tags,
  request: { params: OneListing, query: PageQuery },
  responses: { 200: jsonReply(pageOf(Comment), 'oldest thread first, replies under it'), ...problems(404) },
})

const post = createRoute({
  method: 'post',
  path: '/api/v1/listings/{id}/comments',
  tags,
  security,
  middleware: [requireMember<ListingsEnv>(), idempotent<ListingsEnv>()] as const,
  request: { headers: idempotencyHeader, params: OneListing, ...jsonBody(PostCommentRequest) },
  responses: { 201: jsonReply(Comment, 'the new comment'), ...problems(404, 409) },
})

const edit = createRoute({
  method: 'patch',
  path: '/api/v1/comments/{id}',
  tags,
  security,
  middleware: requireMember<ListingsEnv>(),
  request: { params: OneComment, ...jsonBody(EditCommentRequest) },
  responses: { 200: jsonReply(Comment, 'the changed comment'), ...problems(403, 404) },
})

const remove = createRoute({
  method: 'delete',
  path: '/api/v1/comments/{id}',
  tags,
  security,
  middleware: requireMember<ListingsEnv>(),
  request: { params: OneComment },
  responses: { 204: emptyReply('deleted'), ...problems(404) },
})

/** Talk under a listing, in the open. */
export function commentRoutes(app: OpenAPIHono<AppEnv<ListingsEnv>>): void {
  app.openapi(list, async (c) => {
    const { id } = c.req.valid('param')
    const page = await listComments(c.env, id, c.req.valid('query'))
    if (page.ok) cacheable(c, [`comments:${id}`])
    return reply(c, page)
  })

  app.openapi(post, async (c) => {
    const { id } = c.req.valid('param')
    const posted = await postComment(c.env, askerOf(c), id, c.req.valid('json'))
    if (!posted.ok) return refusal(c, posted.refusal)
    tell(c, posted.value.events)
    purges(c, [`comments:${id}`, id])
    return c.json(posted.value.value, 201)
  })

  app.openapi(edit, async (c) => {
    const edited = await editComment(c.env, askerOf(c), c.req.valid('param').id, c.req.valid('json').text)
    if (edited.ok) purges(c, [`comments:${edited.value.listingId}`])
    return reply(c, edited)
  })

  app.openapi(remove, async (c) => {
    const removed = await deleteComment(c.env, askerOf(c), c.req.valid('param').id)
    if (!removed.ok) return refusal(c, removed.refusal)
    purges(c, [`comments:${removed.value.listingId}`, removed.value.listingId])
    return c.body(null, 204)
  })
}
