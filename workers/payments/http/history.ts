import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { pageOf } from '#contracts/page'
import { EntriesCsvQuery, ListEntriesQuery, UnderwayList, WalletEntry } from '#contracts/payments'
import { type AppEnv, onlyMine, refusal, reply, requireMember } from '#kit/app'
import { nowMs, townDay } from '#kit/clock'
import { bearer, jsonReply, problems } from '#kit/openapi'
import type { PaymentsEnv } from '../env.ts'
import { entriesCsv, listEntries } from '../history.service.ts'
import { listUnderway } from '../underway.service.ts'
import { moverOf } from './movers.ts'

const tags = ['wallet']
const security = bearer
const middleware = requireMember<PaymentsEnv>()

const list = createRoute({
  method: 'get',
  path: '/api/v1/wallet/entries',
  tags,
  security,
  middleware,
  request: { query: ListEntriesQuery },
  responses: {
    200: jsonReply(pageOf(WalletEntry), 'my lines of the ledger, the newest first'),
    ...problems(),
  },
})

const table = createRoute({
  method: 'get',
  path: '/api/v1/wallet/entries.csv',
  tags,
  security,
  middleware,
  request: { query: EntriesCsvQuery },
  responses: {
    200: {
      description: 'the newest 5,000 of them as a table for spreadsheets',
      content: { 'text/csv': { schema: z.string() } },
    },
    ...problems(),
  },
})

const underway = createRoute({
  method: 'get',
  path: '/api/v1/wallet/underway',
  tags,
  security,
  middleware,
  responses: { 200: jsonReply(UnderwayList, 'what is not settled yet, the newest first'), ...problems() },
})

/** What became of a wallet's money, and what is to become of it. */
export function historyRoutes(app: OpenAPIHono<AppEnv<PaymentsEnv>>): void {
  app.openapi(list, async (c) => {
    onlyMine(c)
    return reply(c, await listEntries(c.env, moverOf(c), c.req.valid('query')))
  })

  app.openapi(table, async (c) => {
    onlyMine(c)
    const csv = await entriesCsv(c.env, moverOf(c), c.req.valid('query'), c.var.locale)
    if (!csv.ok) return refusal(c, csv.refusal)
    c.header('content-type', 'text/csv; charset=utf-8')
    c.header('content-disposition', `attachment; filename="madang-wallet-${townDay(nowMs())}.csv"`)
    return c.body(csv.value, 200)
  })

  app.openapi(underway, async (c) => {
    onlyMine(c)
    return reply(c, await listUnderway(c.env, moverOf(c)))
  })
}
