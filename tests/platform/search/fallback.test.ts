import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Problem } from '#contracts/errors'
import { SearchReply } from '#contracts/search'
import { eventually, type OwnPlatform, startPlatform, unique } from '../../support/platform.ts'

/** DESIGN §3: if search is down, listings answers a plain filtered list; if listings is down, search still answers. */

const Posted = z.object({ id: z.string() })

async function post(platform: OwnPlatform, token: string, title: string, category: string): Promise<string> {
  const reply = await platform.call('POST', 'listings', {
    token,
    idempotencyKey: unique('k'),
    json: { title, description: '직거래해요', category, price: 5000 },
  })
  if (reply.status !== 201) throw new Error(`posting failed: ${reply.status} ${reply.text}`)
  return Posted.parse(reply.json).id
}

async function find(platform: OwnPlatform, query: Record<string, string>): Promise<SearchReply> {
  const reply = await platform.call('GET', `search?${new URLSearchParams(query)}`)
  if (reply.status !== 200) throw new Error(`search answered ${reply.status}: ${reply.text}`)
  return SearchReply.parse(reply.json)
}

const idsOf = ({ items }: SearchReply) => items.map(({ id }) => id)

async function stop(platform: OwnPlatform, worker: string, tables: readonly string[]): Promise<void> {
  const { DB } = await platform.server.getWorker<{ DB: D1Database }>(worker).getEnv()
  // A table the worker reads first is away, so that its every question to its database fails.
  for (const table of tables) await DB.prepare(`ALTER TABLE ${table} RENAME TO ${table}_away`).run()
}

describe('while the search index is stopped', () => {
  let platform: OwnPlatform
  let book = ''
  let chair = ''
  let cursor = ''
  beforeAll(async () => {
    platform = await startPlatform()
    const { accessToken } = await platform.signUp()
    book = await post(platform, accessToken, '식물도감 책', 'books')
    chair = await post(platform, accessToken, '흔들의자', 'furniture')
    const second = await post(platform, accessToken, '옛날 책', 'books')
    await eventually(async () => expect(idsOf(await find(platform, { q: '책' }))).toEqual([second, book]))
    cursor = (await find(platform, { q: '책', limit: '1' })).nextCursor ?? ''
    await stop(platform, 'madang-search', ['docs'])
  })
  afterAll(() => platform.close())

  test('search answers the plain list with the same filters and says so', async () => {
    const reply = await find(platform, { q: '의자', category: 'furniture' })
    expect(reply).toMatchObject({ degraded: true, nextCursor: null, total: 1 })
    expect(idsOf(reply)).toEqual([chair])
    expect(reply.items[0]?.highlights).toEqual([[2, 4]])
  })

  test('its reply is kept nowhere, so that the index is back as soon as it is', async () => {
    const reply = await platform.call('GET', `search?${new URLSearchParams({ q: '도감' })}`)
    expect(reply.headers.get('cache-control')).toBe('no-store')
  })

  test('a further page of a search waits for the index', async () => {
    const query = new URLSearchParams({ q: '책', limit: '1', cursor })
    const reply = await platform.call('GET', `search?${query}`)
    expect(reply.status).toBe(503)
    expect(Problem.parse(reply.json)).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 5 })
  })

  test('a foreign cursor is refused as ever', async () => {
    const query = new URLSearchParams({ q: '의자', cursor })
    expect((await platform.call('GET', `search?${query}`)).status).toBe(400)
  })

  test('with listings stopped too, the answer is that it is not available', async () => {
    await stop(platform, 'madang-listings', ['listings'])
    const reply = await platform.call('GET', `search?${new URLSearchParams({ q: '마당' })}`)
    expect(reply.status).toBe(503)
    expect(Problem.parse(reply.json).code).toBe('UNAVAILABLE')
  })
})

describe('while listings is stopped', () => {
  let platform: OwnPlatform
  let lamp = ''
  beforeAll(async () => {
    platform = await startPlatform()
    const { accessToken } = await platform.signUp()
    lamp = await post(platform, accessToken, '무드등 조명', 'living')
    await eventually(async () => expect(idsOf(await find(platform, { q: '드등' }))).toEqual([lamp]))
    await stop(platform, 'madang-listings', ['listings'])
  })
  afterAll(() => platform.close())

  test('search answers as ever', async () => {
    expect((await platform.call('GET', 'listings')).status).toBeGreaterThanOrEqual(500)
    const reply = await find(platform, { q: '무드등', sort: 'price_asc' })
    expect(reply).toMatchObject({ degraded: false, total: 1 })
    expect(idsOf(reply)).toEqual([lamp])
  })

  test('suggestions come as ever', async () => {
    const reply = await platform.call('GET', `search/suggest?${new URLSearchParams({ q: '무ㄷ' })}`)
    expect(reply.json).toEqual({ items: [{ text: '무드등', kind: 'title' }] })
  })
})
