import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type JsonSchema, type OpenApi, type OpenApiOperation, readOpenApi } from '../../support/openapi.ts'
import { type CallInit, newOperator, openPlatform, type Platform } from '../../support/platform.ts'

/** Bad input on each route of the document, by its own schema: the right code, nothing stored. */
let platform: Platform
let api: OpenApi
/** An operator is a member as well: nobody's right to ask stands before what is wrong with the question. */
let token: string

beforeAll(async () => {
  platform = await openPlatform()
  api = await readOpenApi(platform)
  token = (await newOperator(platform)).accessToken
})

const IDS: Record<string, string> = {
  listings: 'lst_',
  comments: 'cmt_',
  sessions: 'ses_',
  members: 'mem_',
  trades: 'trd_',
  appointments: 'apt_',
  rooms: 'room_',
  alerts: 'alr_',
  decisions: 'dec_',
  cases: 'rpt_',
  appeals: 'apl_',
  notifications: 'ntf_',
  devices: 'dev_',
  charges: 'chg_',
  payouts: 'pay_',
  incidents: 'inc_',
  campaigns: 'cmp_',
  'group-buys': 'gb_',
}
const Coded = z.object({ code: z.string(), requestId: z.string(), detail: z.string() })

/** A well-formed path of the operation; the thing need not exist, since the body is read first. */
const pathOf = ({ path }: OpenApiOperation) =>
  path.replace(/\{\w+\}/g, () => `${IDS[/\/([\w-]+)\/\{/.exec(path)?.[1] ?? ''] ?? 'x_'}${'0'.repeat(26)}`)

const nameOf = ({ method, path }: OpenApiOperation) => `${method} ${path}`
const bodySchemaOf = (operation: OpenApiOperation): JsonSchema | undefined =>
  operation.requestBody?.content['application/json']?.schema
const withBody = () =>
  api.operations.filter(
    (operation) => bodySchemaOf(operation) !== undefined && !operation.path.startsWith('/dev'),
  )

async function codeOf(operation: OpenApiOperation, init: CallInit, query = ''): Promise<unknown> {
  const reply = await platform.call(operation.method, pathOf(operation) + query, {
    token,
    ...init,
  })
  if (reply.headers.get('content-type') !== 'application/problem+json')
    return `${reply.status} ${reply.headers.get('content-type')}`
  return Coded.parse(reply.json).code
}

async function expectCode(
  code: string,
  operations: OpenApiOperation[],
  init: (operation: OpenApiOperation) => CallInit,
  query = '',
) {
  expect(operations.length).toBeGreaterThan(0)
  const wrong: string[] = []
  for (const operation of operations) {
    const got = await codeOf(operation, init(operation), query)
    if (got !== code) wrong.push(`${nameOf(operation)}: ${String(got)}`)
  }
  expect(wrong).toEqual([])
}

describe('bad input on each route with a body', () => {
  it('a body of another type', async () => {
    await expectCode('VALIDATION_FAILED', withBody(), () => ({ json: [1, 2] }))
    await expectCode('VALIDATION_FAILED', withBody(), () => ({ json: 'text' }))
  })

  it('a body that is no JSON', async () => {
    const headers = { 'content-type': 'application/json' }
    await expectCode('VALIDATION_FAILED', withBody(), () => ({ headers, body: '{"a":' }))
  })

  it('a key nobody asked for', async () => {
    await expectCode('VALIDATION_FAILED', withBody(), () => ({ json: { role: 'operator' } }))
  })

  it('a form or plain text in place of JSON', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      await expectCode('MEDIA_TYPE_UNSUPPORTED', withBody(), () => ({
        headers: { 'content-type': type },
        body: '{}',
      }))
    }
  })

  it('a compressed body, which could unfold into anything', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' }
    await expectCode('MEDIA_TYPE_UNSUPPORTED', withBody(), () => ({ headers, body: '{}' }))
  })

  it('more than 64 KiB', async () => {
    const json = { title: 'a'.repeat(70_000) }
    await expectCode('BODY_TOO_LARGE', withBody(), () => ({ json }))
  })

  it.each([
    ['a NUL', 'ab\u0000cd'],
    ['a lone surrogate', 'ab\ud800cd'],
    ['a number for a text', 5],
    ['a list for a text', ['ab']],
  ])('%s in a text', async (_name, bad) => {
    const spoiled = (operation: OpenApiOperation): CallInit => {
      const properties = Object.entries(api.resolve(bodySchemaOf(operation) ?? {}).properties ?? {})
      const texts = properties
        .filter(([, schema]) => api.resolve(schema).type === 'string')
        .map(([name]) => [name, bad])
      return { json: Object.fromEntries(texts) }
    }
    const operations = withBody().filter(
      (operation) => Object.keys((spoiled(operation).json ?? {}) as object).length > 0,
    )
    await expectCode('VALIDATION_FAILED', operations, spoiled)
  })
})

describe('bad input on each list', () => {
  const lists = () =>
    api.operations.filter(
      ({ method, parameters }) => method === 'GET' && parameters.some(({ name }) => name === 'cursor'),
    )
  const required = (operation: OpenApiOperation) =>
    operation.parameters.some(({ name, required }) => name === 'q' && required) ? '&q=책상' : ''

  it.each(['51', '1000000', '0', '-1', 'many'])('a page of %s', async (limit) => {
    for (const operation of lists()) {
      expect([
        nameOf(operation),
        await codeOf(operation, {}, `?limit=${limit}${required(operation)}`),
      ]).toEqual([nameOf(operation), 'VALIDATION_FAILED'])
    }
  })

  it.each(['x', 'AAAAAAAAAAAAAAAAAAAAAAAA', '%00', '한글'])(
    'the cursor %s, which is not ours',
    async (cursor) => {
      for (const operation of lists()) {
        expect([
          nameOf(operation),
          await codeOf(operation, {}, `?cursor=${encodeURIComponent(cursor)}${required(operation)}`),
        ]).toEqual([nameOf(operation), 'CURSOR_INVALID'])
      }
    },
  )
})

describe('bad input anywhere', () => {
  it('an id of another kind is simply not valid', async () => {
    const reply = await platform.call('GET', `listings/mem_${'0'.repeat(26)}`)
    expect(reply.status).toBe(400)
  })

  it('a path nobody has is refused at the edge', async () => {
    for (const path of ['/api', '/api/v1/nothing', '/api/v2/listings', '/api/v1//me']) {
      const reply = await platform.call('GET', path)
      expect([path, reply.status, Coded.parse(reply.json).code]).toEqual([path, 404, 'NOT_FOUND'])
    }
  })

  it('an address or a head past all measure is refused', async () => {
    expect((await platform.call('GET', `listings?cursor=${'a'.repeat(9_000)}`)).status).toBe(400)
    expect(
      (
        await platform.call('GET', 'listings', {
          headers: { 'x-long': 'a'.repeat(40_000), 'cache-control': 'no-cache' },
        })
      ).status,
    ).toBe(400)
  })

  it('a forged token is refused, also where a guest would be let in', async () => {
    const reply = await platform.call('GET', 'listings', {
      token: `${token}x`,
      headers: { 'cache-control': 'no-cache' },
    })
    expect([reply.status, Coded.parse(reply.json).code]).toEqual([401, 'UNAUTHENTICATED'])
  })
})
