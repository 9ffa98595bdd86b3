import { createRoute, z } from '@hono/zod-openapi'
import { PublicMember } from '#contracts/identity'
import { MemberId } from '#contracts/ids'
import { pageOf } from '#contracts/page'
import { NearQuery, Neighbourhood } from '#contracts/place'
import { text } from '#contracts/text'
import { cacheable, refusal } from '#kit/app'
import { jsonReply, problems } from '#kit/openapi'
import { publicKeys } from '../access-token.ts'
import { findNeighbourhoods, nearestNeighbourhoods } from '../neighbourhood.rules.ts'
import { publicMember } from '../profile.service.ts'
import type { App } from './caller.ts'

const KEYS_FRESH_SECONDS = 300
const WORDS_LENGTH_MAX = 40

const memberRoute = createRoute({
  method: 'get',
  path: '/api/v1/members/{id}',
  tags: ['members'],
  summary: 'A member’s public profile',
  request: { params: z.object({ id: MemberId }) },
  responses: { 200: jsonReply(PublicMember, 'the profile'), ...problems(404) },
})

const neighbourhoodsRoute = createRoute({
  method: 'get',
  path: '/api/v1/neighbourhoods',
  tags: ['members'],
  summary: 'Neighbourhoods by name, or nearest to a position',
  request: {
    query: z
      .object({ q: text(1, WORDS_LENGTH_MAX).optional(), near: NearQuery.optional() })
      .refine(({ q, near }) => (q === undefined) !== (near === undefined), { error: 'either q or near' }),
  },
  responses: { 200: jsonReply(pageOf(Neighbourhood), 'at most 20, the likeliest first'), ...problems() },
})

/** What is the same for everyone. */
export function publicRoutes(app: App): void {
  app.openapi(memberRoute, async (c) => {
    const found = await publicMember(c.env, c.req.valid('param').id)
    if (!found.ok) return refusal(c, found.refusal)
    cacheable(c, [found.value.id])
    return c.json(found.value, 200)
  })

  app.openapi(neighbourhoodsRoute, (c) => {
    const { q, near } = c.req.valid('query')
    cacheable(c, ['neighbourhoods'])
    const items = near === undefined ? findNeighbourhoods(q ?? '') : nearestNeighbourhoods(near)
    return c.json({ items, nextCursor: null }, 200)
  })

  app.get('/.well-known/jwks.json', (c) => {
    c.header('cache-control', `public, max-age=${KEYS_FRESH_SECONDS}`)
    return c.json(publicKeys(c.env.TOKEN_KEYS))
  })
}
