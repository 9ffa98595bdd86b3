import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { hostileOf, validOf } from '../support/arbitrary.ts'
import { declaredReply, type OpenApi, type OpenApiOperation, readOpenApi } from '../support/openapi.ts'
import { type CallInit, openPlatform, type Platform, type Reply } from '../support/platform.ts'

/** P20: whatever is sent, the API answers what its document says, and never a 5xx. */
const REQUESTS = process.env.MADANG_SCALE === 'nightly' ? 20_000 : 900
/** Hashing passwords takes 250 ms each by design; these get a few tries of their own instead of a share of the mass. */
const SLOW = /\/auth\/|\/dev\//
const SLOW_REQUESTS = process.env.MADANG_SCALE === 'nightly' ? 40 : 3

let platform: Platform
let api: OpenApi
let tokens: (string | null)[]

beforeAll(async () => {
  platform = await openPlatform()
  api = await readOpenApi(platform)
  const [first, second] = [await platform.signUp(), await platform.signUp()]
  tokens = [null, first.accessToken, second.accessToken]
})

type Probe = { path: string; init: CallInit; method: string }

/** What is wrong with a reply, or null: the checker of this promise. */
function complaintOf(
  document: OpenApi,
  operation: OpenApiOperation,
  reply: Pick<Reply, 'status' | 'json' | 'headers'>,
): string | null {
  if (reply.status >= 500) return `answered ${reply.status}`
  const declared = declaredReply(operation, reply.status)
  if (!declared) return `answered ${reply.status}, which the document does not know`
  if (reply.status >= 400 && reply.headers.get('content-type') !== 'application/problem+json')
    return 'refused without problem+json'
  return declared.schema === null ? null : document.check(declared.schema, reply.json)
}

function probeOf(operation: OpenApiOperation): fc.Arbitrary<Probe> {
  const anyOf = (schema: Parameters<typeof validOf>[0]) =>
    fc.oneof({ weight: 3, arbitrary: validOf(schema, api) }, { weight: 1, arbitrary: hostileOf(schema, api) })
  const named = (place: 'path' | 'query') =>
    operation.parameters.filter((parameter) => parameter.in === place)
  const record = (place: 'path' | 'query') =>
    fc.record(Object.fromEntries(named(place).map(({ name, schema }) => [name, anyOf(schema)])), {
      requiredKeys: place === 'path' ? named(place).map(({ name }) => name) : [],
    })
  const bodySchema = operation.requestBody?.content['application/json']?.schema
  const body = bodySchema ? anyOf(bodySchema) : fc.constant(undefined)
  return fc
    .tuple(record('path'), record('query'), body, fc.constantFrom(...tokens))
    .map(([path, query, json, token]) => ({
      method: operation.method,
      path: fill(operation.path, path) + queryString(query),
      init: { ...(json === undefined ? {} : { json }), ...(token === null ? {} : { token }) },
    }))
}

const fill = (path: string, values: Record<string, unknown>) =>
  path.replace(
    /\{(\w+)\}/g,
    (_, name: string) => encodeURIComponent(String(values[name] ?? 'x').toWellFormed()) || 'x',
  )

function queryString(query: Record<string, unknown>): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value).toWellFormed())}`,
  )
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`.slice(0, 4_000)
}

describe('P20: the API is its document', () => {
  it('describes at least the operations people build on', () => {
    const known = api.operations.map(({ method, path }) => `${method} ${path}`)
    for (const operation of [
      'POST /api/v1/listings',
      'GET /api/v1/search',
      'POST /api/v1/auth/sign-in',
      'POST /api/v1/media',
    ]) {
      expect(known).toContain(operation)
    }
  })

  it('answers valid, boundary and hostile requests of guests and members as it says, never with a 5xx', async () => {
    const complaints: string[] = []
    const fast = api.operations.filter(({ path }) => !SLOW.test(path))
    for (const operation of api.operations) {
      const share = SLOW.test(operation.path) ? SLOW_REQUESTS : Math.ceil(REQUESTS / fast.length)
      for (const probe of fc.sample(probeOf(operation), { numRuns: share, seed: 20 })) {
        const reply = await platform.call(probe.method, probe.path, probe.init)
        const complaint = complaintOf(api, operation, reply)
        if (complaint)
          complaints.push(
            `${probe.method} ${probe.path} ${JSON.stringify(probe.init.json)?.slice(0, 200)}: ${complaint}`,
          )
      }
    }
    expect(complaints).toEqual([])
  })

  it('would be caught answering a 5xx, an unknown status, a bare refusal, or another shape', () => {
    const operation = api.operations.find(
      ({ method, path }) => method === 'GET' && path === '/api/v1/listings',
    )
    if (!operation) throw new Error('the list of listings is not in the document')
    const json = new Headers({ 'content-type': 'application/json' })
    expect(
      complaintOf(api, operation, { status: 200, json: { items: [], nextCursor: null }, headers: json }),
    ).toBeNull()
    expect(complaintOf(api, operation, { status: 500, json: {}, headers: json })).toContain('500')
    expect(complaintOf(api, operation, { status: 418, json: {}, headers: json })).toContain('does not know')
    expect(complaintOf(api, operation, { status: 400, json: {}, headers: json })).toContain('problem+json')
    expect(
      complaintOf(api, operation, { status: 200, json: { items: [{ id: 5 }] }, headers: json }),
    ).not.toBeNull()
  })
})
