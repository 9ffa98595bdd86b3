import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type OpenApi, type OpenApiOperation, readOpenApi } from '../../support/openapi.ts'
import { type Platform, type SignedUp, startPlatform, unique } from '../../support/platform.ts'

/**
 * Every operation of the document with an id in its path is tried with ids of somebody else's things, by a stranger and by
 * a guest. A new operation with an id fails here until it is said what its id is of.
 */
let platform: Platform
let api: OpenApi
let owner: SignedUp
let stranger: SignedUp

beforeAll(async () => {
  platform = await startPlatform()
  api = await readOpenApi(platform)
  owner = await platform.signUp()
  stranger = await platform.signUp()
})
afterAll(() => platform.close())

const WithId = z.object({ id: z.string() })
const Sessions = z.object({ items: z.array(WithId) })

const BODY = { title: '원목 책상', description: '튼튼해요', category: 'furniture', price: 30_000 }

async function newListing(): Promise<string> {
  const reply = await platform.call('POST', 'listings', {
    token: owner.accessToken,
    json: BODY,
    idempotencyKey: unique('k'),
  })
  return WithId.parse(reply.json).id
}

async function newComment(): Promise<string> {
  const reply = await platform.call('POST', `listings/${await newListing()}/comments`, {
    token: owner.accessToken,
    json: { text: '아직 있나요' },
  })
  return WithId.parse(reply.json).id
}

async function ownSession(): Promise<string> {
  const reply = await platform.call('GET', 'me/sessions', { token: owner.accessToken })
  return Sessions.parse(reply.json).items[0]?.id ?? ''
}

async function ownAlert(): Promise<string> {
  const reply = await platform.call('POST', 'search/alerts', {
    token: owner.accessToken,
    json: { q: '원목 책상' },
  })
  return WithId.parse(reply.json).id
}

/** Anyone may read these, and any member may act on them: their id names a thing in public. */
const PUBLIC = new Set([
  'GET /api/v1/listings/{id}',
  'GET /api/v1/listings/{id}/comments',
  'GET /api/v1/listings/{id}/similar',
  'GET /api/v1/members/{id}',
  'POST /api/v1/listings/{id}/comments',
  'PUT /api/v1/listings/{id}/wish',
  'DELETE /api/v1/listings/{id}/wish',
  'PUT /api/v1/listings/{id}/view',
])

/** Only the owner may; `thing` makes one of theirs, `absent` is a well-formed id of nothing. */
const OWNED: { path: RegExp; thing: () => Promise<string>; absent: string }[] = [
  { path: /^\/api\/v1\/(me\/)?listings\/\{id\}/, thing: newListing, absent: `lst_${'0'.repeat(26)}` },
  { path: /^\/api\/v1\/comments\/\{id\}$/, thing: newComment, absent: `cmt_${'0'.repeat(26)}` },
  { path: /^\/api\/v1\/me\/sessions\/\{id\}$/, thing: ownSession, absent: `ses_${'0'.repeat(26)}` },
  { path: /^\/api\/v1\/search\/alerts\/\{id\}$/, thing: ownAlert, absent: `alr_${'0'.repeat(26)}` },
]

const nameOf = ({ method, path }: OpenApiOperation) => `${method} ${path}`
const withId = () => api.operations.filter(({ path }) => /^\/api\/v1\/.*\{/.test(path))

function bodyOf(operation: OpenApiOperation): Record<string, unknown> | undefined {
  if (!operation.requestBody) return undefined
  return operation.path.includes('comments') ? { text: '남의 글' } : { title: '남의 물건' }
}

describe('the ownership matrix', () => {
  it('covers every operation with an id', () => {
    const uncovered = withId().filter(
      (operation) => !PUBLIC.has(nameOf(operation)) && !OWNED.some(({ path }) => path.test(operation.path)),
    )
    expect(uncovered.map(nameOf)).toEqual([])
    expect(withId().length).toBeGreaterThan(8)
  })

  it('lets no stranger touch what is another’s, and tells them no more than that it is not there', async () => {
    for (const operation of withId().filter((each) => !PUBLIC.has(nameOf(each)))) {
      const owned = OWNED.find(({ path }) => path.test(operation.path))
      if (!owned) throw new Error(`no owner for ${nameOf(operation)}`)
      const id = await owned.thing()
      const json = bodyOf(operation)
      const ask = (target: string) =>
        platform.call(operation.method, operation.path.replace('{id}', target), {
          token: stranger.accessToken,
          ...(json ? { json } : {}),
        })
      const [notYours, absent] = [await ask(id), await ask(owned.absent)]
      expect([nameOf(operation), notYours.status, problemCode(notYours.json)]).toEqual([
        nameOf(operation),
        404,
        'NOT_FOUND',
      ])
      expect([nameOf(operation), absent.status, problemCode(absent.json)]).toEqual([
        nameOf(operation),
        404,
        'NOT_FOUND',
      ])
    }
  })

  it('asks a guest to sign in before anything that is somebody’s', async () => {
    for (const operation of withId().filter((each) => !PUBLIC.has(nameOf(each)))) {
      const owned = OWNED.find(({ path }) => path.test(operation.path))
      const id = (await owned?.thing()) ?? ''
      const json = bodyOf(operation)
      const reply = await platform.call(
        operation.method,
        operation.path.replace('{id}', id),
        json ? { json } : {},
      )
      expect([nameOf(operation), reply.status]).toEqual([nameOf(operation), 401])
    }
  })

  it('leaves the owner’s thing as it was', async () => {
    const id = await newListing()
    await platform.call('PATCH', `listings/${id}`, {
      token: stranger.accessToken,
      json: { title: '빼앗은 물건', price: 0 },
    })
    await platform.call('DELETE', `listings/${id}`, { token: stranger.accessToken })
    const reply = await platform.call('GET', `listings/${id}`, { headers: { 'cache-control': 'no-cache' } })
    expect(reply.json).toMatchObject({ title: BODY.title, price: BODY.price, status: 'on_sale' })
  })

  it('accepts no identity that a client claims for itself', async () => {
    const id = await newListing()
    const headers = {
      'x-madang-member': owner.memberId,
      'x-user-id': owner.memberId,
      'x-forwarded-user': owner.memberId,
    }
    const reply = await platform.call('DELETE', `listings/${id}`, { headers })
    expect(reply.status).toBe(401)
  })
})

const problemCode = (json: unknown): unknown => z.object({ code: z.string() }).safeParse(json).data?.code
