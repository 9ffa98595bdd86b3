import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { ListingId } from '#contracts/ids'
import {
  Bumped,
  EditListingRequest,
  Listing,
  ListingCard,
  ListListingsQuery,
  ListMineQuery,
  PostListingRequest,
  ReadListingQuery,
} from '#contracts/listings'
import { pageOf } from '#contracts/page'
import { type AppEnv, cacheable, memberOf, onlyMine, purges, refusal, reply, requireMember } from '#kit/app'
import { idempotent } from '#kit/idempotency'
import { bearer, emptyReply, idempotencyHeader, jsonBody, jsonReply, problems } from '#kit/openapi'
import { tell } from '#kit/telling'
import type { ListingsEnv } from '../env.ts'
import { listListings } from '../list.service.ts'
import { bumpListing, deleteListing, editListing, postListing } from '../listing.service.ts'
import { findListing, findMine, listMine } from '../listing-read.service.ts'
import { askerOf } from './routes.ts'

const tags = ['listings']
const security = bearer
export const OneListing = z.object({ id: ListingId })
const middleware = requireMember<ListingsEnv>()

const post = createRoute({
  method: 'post',
  path: '/api/v1/listings',
  tags,
  security,
  middleware: [requireMember<ListingsEnv>(), idempotent<ListingsEnv>()] as const,
  request: { headers: idempotencyHeader, ...jsonBody(PostListingRequest) },
  responses: { 201: jsonReply(Listing, 'the new listing'), ...problems(409, 422) },
})

const list = createRoute({
  method: 'get',
  path: '/api/v1/listings',
  tags,
  request: { query: ListListingsQuery },
  responses: { 200: jsonReply(pageOf(ListingCard), 'a page of cards'), ...problems() },
})

const read = createRoute({
  method: 'get',
  path: '/api/v1/listings/{id}',
  tags,
  request: { params: OneListing, query: ReadListingQuery },
  responses: { 200: jsonReply(Listing, 'the listing'), ...problems(404) },
})

const edit = createRoute({
  method: 'patch',
  path: '/api/v1/listings/{id}',
  tags,
  security,
  middleware,
  request: { params: OneListing, ...jsonBody(EditListingRequest) },
  responses: { 200: jsonReply(Listing, 'the changed listing'), ...problems(403, 404, 409, 422) },
})

const remove = createRoute({
  method: 'delete',
  path: '/api/v1/listings/{id}',
  tags,
  security,
  middleware,
  request: { params: OneListing },
  responses: { 204: emptyReply('deleted'), ...problems(404, 409) },
})

const bump = createRoute({
  method: 'post',
  path: '/api/v1/listings/{id}/bump',
  tags,
  security,
  middleware: [requireMember<ListingsEnv>(), idempotent<ListingsEnv>()] as const,
  request: { headers: idempotencyHeader, params: OneListing },
  responses: { 200: jsonReply(Bumped, 'lifted to the top'), ...problems(404, 409) },
})

const mine = createRoute({
  method: 'get',
  path: '/api/v1/me/listings',
  tags,
  security,
  middleware,
  request: { query: ListMineQuery },
  responses: { 200: jsonReply(pageOf(ListingCard), 'own listings, hidden ones too'), ...problems() },
})

const oneOfMine = createRoute({
  method: 'get',
  path: '/api/v1/me/listings/{id}',
  tags,
  security,
  middleware,
  request: { params: OneListing },
  responses: { 200: jsonReply(Listing, 'an own listing, hidden or not'), ...problems(404) },
})

/** Posting, finding, changing and taking down. */
export function listingRoutes(app: OpenAPIHono<AppEnv<ListingsEnv>>): void {
  app.openapi(post, async (c) => {
    const posted = await postListing(c.env, askerOf(c), c.req.valid('json'))
    if (!posted.ok) return refusal(c, posted.refusal)
    tell(c, posted.value.events)
    purges(c, ['listings'])
    return c.json(posted.value.value, 201)
  })

  app.openapi(list, async (c) => {
    const page = await listListings(c.env, c.req.valid('query'))
    if (page.ok) cacheable(c, ['listings'])
    return reply(c, page)
  })

  app.openapi(read, async (c) => {
    const { id } = c.req.valid('param')
    const { near } = c.req.valid('query')
    const found = await findListing(c.env.DB, id, c.var.holder?.memberId ?? null, near ?? null)
    if (!found.ok) return refusal(c, found.refusal)
    if (!found.value.isPublic) onlyMine(c)
    else {
      cacheable(c, [id])
      // The edge counts a look at what carries this, whether it came from here or from its cache.
      c.header('x-madang-seen', id)
    }
    return c.json(found.value.listing, 200)
  })

  app.openapi(edit, async (c) => {
    const { id } = c.req.valid('param')
    const edited = await editListing(c.env, askerOf(c), id, c.req.valid('json'))
    if (!edited.ok) return refusal(c, edited.refusal)
    tell(c, edited.value.events)
    purges(c, [id, 'listings'])
    return c.json(edited.value.value, 200)
  })

  app.openapi(remove, async (c) => {
    const { id } = c.req.valid('param')
    const removed = await deleteListing(c.env, askerOf(c), id)
    if (!removed.ok) return refusal(c, removed.refusal)
    tell(c, removed.value.events)
    purges(c, [id, 'listings', `comments:${id}`])
    return c.body(null, 204)
  })

  app.openapi(bump, async (c) => {
    const { id } = c.req.valid('param')
    const bumped = await bumpListing(c.env, askerOf(c), id)
    if (!bumped.ok) return refusal(c, bumped.refusal)
    tell(c, bumped.value.events)
    purges(c, [id, 'listings'])
    return c.json(bumped.value.value, 200)
  })

  app.openapi(mine, async (c) => {
    onlyMine(c)
    return reply(c, await listMine(c.env, memberOf(c).memberId, c.req.valid('query')))
  })

  app.openapi(oneOfMine, async (c) => {
    onlyMine(c)
    return reply(c, await findMine(c.env.DB, c.req.valid('param').id, memberOf(c).memberId))
  })
}
