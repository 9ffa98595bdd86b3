import { createRoute } from '@hono/zod-openapi'
import {
  GroupBuySearchReply,
  PopularTerms,
  SearchGroupBuysQuery,
  SearchQuery,
  SearchReply,
  Suggestions,
  SuggestQuery,
} from '#contracts/search'
import { cacheable, createApp, refusal } from '#kit/app'
import { addDeadLetterRoutes } from '#kit/dead-letters'
import { jsonReply, problems } from '#kit/openapi'
import { handlersOf } from './consumer.ts'
import { SearchEnv } from './env.ts'
import { search } from './find.service.ts'
import { searchGroupBuys } from './group-buys.service.ts'
import { replyText } from './hit.rules.ts'
import { alertRoutes } from './http/alerts.ts'
import { noteSearch } from './popular.service.ts'
import { popular, suggest } from './suggest.service.ts'

export const app = createApp({
  worker: 'search',
  env: SearchEnv,
  keys: (env) => () => env.IDENTITY.jwks(),
})

const JSON_TYPE = { 'content-type': 'application/json' }

const searchRoute = createRoute({
  method: 'get',
  path: '/api/v1/search',
  tags: ['search'],
  summary: 'Find listings by words, with the filters and sorts of the list',
  request: { query: SearchQuery },
  responses: { 200: jsonReply(SearchReply, 'What was found'), ...problems() },
})

app.openapi(searchRoute, async (c) => {
  const request = c.req.valid('query')
  const found = await search(c.env, request, c.var.requestId)
  if (!found.ok) return refusal(c, found.refusal)
  const { items, degraded, correctedQuery } = found.value
  if (degraded) {
    c.header('cache-control', 'no-store')
    return c.body(replyText(found.value), 200, JSON_TYPE)
  }
  // Not kept any longer than a second: a posting must be found within two.
  cacheable(c, ['search'], 0)
  if (items.length > 0 && request.cursor === undefined) {
    const written = noteSearch(c.env.DB, correctedQuery ?? request.q, c.var.visitor)
    if (written !== null) c.executionCtx.waitUntil(written)
  }
  return c.body(replyText(found.value), 200, JSON_TYPE)
})

const groupBuysRoute = createRoute({
  method: 'get',
  path: '/api/v1/search/group-buys',
  tags: ['search'],
  summary: 'Find group buys by words; without `state` those that can be joined',
  request: { query: SearchGroupBuysQuery },
  responses: { 200: jsonReply(GroupBuySearchReply, 'What was found'), ...problems() },
})

app.openapi(groupBuysRoute, async (c) => {
  const found = await searchGroupBuys(c.env, c.req.valid('query'))
  if (!found.ok) return refusal(c, found.refusal)
  // As a search for listings: who opens one finds it within two seconds, and nothing past its deadline is shown.
  cacheable(c, ['search'], 0)
  return c.body(replyText(found.value), 200, JSON_TYPE)
})

const suggestRoute = createRoute({
  method: 'get',
  path: '/api/v1/search/suggest',
  tags: ['search'],
  summary: 'What someone typing this may mean',
  request: { query: SuggestQuery },
  responses: { 200: jsonReply(Suggestions, 'Suggestions, best first'), ...problems() },
})

app.openapi(suggestRoute, async (c) => {
  cacheable(c, ['search-suggestions'])
  return c.json(await suggest(c.env, c.req.valid('query').q), 200)
})

const popularRoute = createRoute({
  method: 'get',
  path: '/api/v1/search/popular',
  tags: ['search'],
  summary: 'What most visitors searched in the last 24 hours',
  responses: { 200: jsonReply(PopularTerms, 'Terms, most searched first'), ...problems() },
})

app.openapi(popularRoute, async (c) => {
  cacheable(c, ['search-popular'])
  return c.json(await popular(c.env), 200)
})

alertRoutes(app)
addDeadLetterRoutes(app, 'search', handlersOf)
