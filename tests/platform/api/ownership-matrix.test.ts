import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DAY_MS } from '#kit/clock'
import { type OpenApi, type OpenApiOperation, readOpenApi } from '../../support/openapi.ts'
import {
  eventually,
  newOperator,
  openPlatform,
  type Platform,
  type SignedUp,
  unique,
} from '../../support/platform.ts'
import { PushingBrowser } from '../notifications/browser-keys.ts'

/**
 * Every operation of the document with an id in its path is tried with ids of somebody else's things, by a stranger and by
 * a guest. A new operation with an id fails here until it is said what its id is of.
 */
let platform: Platform
let api: OpenApi
let owner: SignedUp
let stranger: SignedUp
/** Who wrote about the owner's things: the other side of rooms and deals. */
let neighbour: SignedUp

beforeAll(async () => {
  platform = await openPlatform()
  api = await readOpenApi(platform)
  owner = await platform.signUp()
  stranger = await platform.signUp()
  neighbour = await platform.signUp()
})

const WithId = z.object({ id: z.string() })
const Notifications = z.object({ items: z.array(WithId.extend({ url: z.string() })) })
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

async function ownNotification(): Promise<string> {
  const listing = await newListing()
  await platform.call('POST', `listings/${listing}/comments`, {
    token: stranger.accessToken,
    json: { text: '아직 있나요' },
  })
  return await eventually(async () => {
    const reply = await platform.call('GET', 'notifications', { token: owner.accessToken })
    const found = Notifications.parse(reply.json).items.find(({ url }) => url.includes(listing))
    return WithId.parse(found).id
  })
}

async function post(member: SignedUp, path: string, json: object): Promise<string> {
  return WithId.parse((await platform.call('POST', path, { token: member.accessToken, json })).json).id
}

/** A room in which the neighbour has written about a thing of the owner's. */
async function newTalk(): Promise<{ listingId: string; roomId: string }> {
  const listingId = await newListing()
  const roomId = await post(neighbour, 'chat/rooms', { listingId })
  const message = { clientId: unique('client-'), kind: 'text', text: '아직 있나요' }
  await platform.call('POST', `chat/rooms/${roomId}/messages`, {
    token: neighbour.accessToken,
    json: message,
  })
  return { listingId, roomId }
}

const newRoom = async () => (await newTalk()).roomId

const newTrade = async () =>
  post(owner, `listings/${(await newTalk()).listingId}/buyer`, { memberId: neighbour.memberId })

async function newAppointment(): Promise<string> {
  const { roomId } = await newTalk()
  const at = new Date(Date.now() + DAY_MS).toISOString()
  return await post(owner, 'appointments', { roomId, place: '역 앞', at })
}

const GROUP_BUY = {
  ...{ title: '제주 귤', description: '산지에서 와요', category: 'food', unitPrice: 9_000, unit: '상자' },
  ...{ totalUnits: 4, minUnits: 2, pickup: '역 앞' },
}
let groupBuy: Promise<string> | undefined
/** A group buy of the owner's that is recruiting: the same one each time, for a host may have ten open and nobody here may change it. */
const oneGroupBuy = () => {
  const deadline = new Date(Date.now() + DAY_MS).toISOString()
  groupBuy ??= post(owner, 'group-buys', { ...GROUP_BUY, deadline })
  return groupBuy
}

const newCharge = () => post(owner, 'wallet/charges', { amount: 1_000 })

/** Money of the owner's on its way to a bank. */
async function newPayout(): Promise<string> {
  const chargeId = await newCharge()
  await platform.call('POST', `/dev/pay/checkout/${chargeId}/approve`)
  await post(owner, `wallet/charges/${chargeId}/confirm`, {})
  const bankAccount = { bank: 'kb', number: '123456789012', holder: '김민지' }
  return await post(owner, 'wallet/payouts', { amount: 1_000, bankAccount })
}

const newDevice = () => post(owner, 'notifications/devices', new PushingBrowser().subscription)

/** What an operator decided about the owner. */
async function newDecision(): Promise<string> {
  const target = { kind: 'listing', listingId: await newListing() }
  const caseId = await post(neighbour, 'reports', { target, rule: 'spam' })
  const decided = await platform.call('POST', `operator/cases/${caseId}/decision`, {
    token: (await newOperator(platform)).accessToken,
    json: { act: 'warn', rule: 'spam', reason: '같은 글이 여러 번 있어요' },
  })
  return z.object({ decision: WithId }).parse(decided.json).decision.id
}

/** Anyone may read these, and any member may act on them: their id names a thing in public. */
const PUBLIC = new Set([
  'GET /api/v1/listings/{id}',
  'GET /api/v1/listings/{id}/comments',
  'GET /api/v1/listings/{id}/similar',
  'GET /api/v1/group-buys/{id}',
  'PUT /api/v1/group-buys/{id}/claim',
  'DELETE /api/v1/group-buys/{id}/claim',
  'GET /api/v1/members/{id}',
  'GET /api/v1/coupons/campaigns/{id}',
  'GET /api/v1/coupons/campaigns/{id}/pulse',
  'GET /api/v1/coupons/campaigns/{id}/days/{day}/chain',
  'POST /api/v1/coupons/campaigns/{id}/claims',
  'GET /api/v1/members/{id}/reviews',
  'GET /api/v1/members/{id}/reputation',
  'POST /api/v1/listings/{id}/comments',
  'PUT /api/v1/listings/{id}/wish',
  'DELETE /api/v1/listings/{id}/wish',
  'PUT /api/v1/listings/{id}/view',
  'PUT /api/v1/me/blocks/{memberId}',
  'DELETE /api/v1/me/blocks/{memberId}',
])

/**
 * Opened by the ticket or key in the address, not by who asks; tests/platform/chat tries it with others' tickets and
 * tests/platform/moderation with others' keys.
 */
const TICKETED = new Set([
  'GET /api/v1/chat/rooms/{id}/socket',
  'GET /api/v1/decisions/{id}',
  'POST /api/v1/decisions/{id}/appeal',
])

/** Only the owner may; `thing` makes one of theirs, `absent` is a well-formed id of nothing. */
const OWNED: { path: RegExp; thing: () => Promise<string>; absent: string }[] = [
  { path: /^\/api\/v1\/(me\/)?listings\/\{id\}/, thing: newListing, absent: `lst_${'0'.repeat(26)}` },
  { path: /^\/api\/v1\/group-buys\/\{id\}/, thing: oneGroupBuy, absent: `gb_${'0'.repeat(26)}` },
  { path: /^\/api\/v1\/comments\/\{id\}$/, thing: newComment, absent: `cmt_${'0'.repeat(26)}` },
  { path: /^\/api\/v1\/me\/sessions\/\{id\}$/, thing: ownSession, absent: `ses_${'0'.repeat(26)}` },
  { path: /^\/api\/v1\/search\/alerts\/\{id\}$/, thing: ownAlert, absent: `alr_${'0'.repeat(26)}` },
  { path: /^\/api\/v1\/chat\/rooms\/\{id\}/, thing: newRoom, absent: `room_${'0'.repeat(26)}` },
  { path: /^\/api\/v1\/wallet\/charges\/\{id\}/, thing: newCharge, absent: `chg_${'0'.repeat(26)}` },
  { path: /^\/api\/v1\/wallet\/payouts\/\{id\}/, thing: newPayout, absent: `pay_${'0'.repeat(26)}` },
  { path: /^\/api\/v1\/trades\/\{id\}/, thing: newTrade, absent: `trd_${'0'.repeat(26)}` },
  { path: /^\/api\/v1\/appointments\/\{id\}/, thing: newAppointment, absent: `apt_${'0'.repeat(26)}` },
  { path: /^\/api\/v1\/me\/decisions\/\{id\}/, thing: newDecision, absent: `dec_${'0'.repeat(26)}` },
  {
    path: /^\/api\/v1\/notifications\/devices\/\{id\}$/,
    thing: newDevice,
    absent: `dev_${'0'.repeat(26)}`,
  },
  {
    path: /^\/api\/v1\/notifications\/\{id\}$/,
    thing: ownNotification,
    absent: `ntf_${'0'.repeat(26)}`,
  },
]

const nameOf = ({ method, path }: OpenApiOperation) => `${method} ${path}`
/** Nobody's own: an operator's for every id, a member's for none. */
const OPERATORS = /^\/api\/v1\/operator\//
const isOperators = (operation: OpenApiOperation): boolean =>
  OPERATORS.test(operation.path) || nameOf(operation) === 'PATCH /api/v1/coupons/campaigns/{id}'
const withId = () =>
  api.operations
    .filter((operation) => /^\/api\/v1\/.*\{/.test(operation.path) && !isOperators(operation))
    .filter((operation) => !TICKETED.has(nameOf(operation)))

/** The address of an operation about `id`; a room's message is its first. */
const pathOf = ({ path }: OpenApiOperation, id: string) => path.replace('{id}', id).replace('{seq}', '1')

/** A body each route takes, by a part of its path, so that it is the id and not the body that is refused. */
const BODIES: Record<string, Record<string, unknown>> = {
  comments: { text: '남의 글' },
  '/receipt': { goods: 1_000, shipping: 0 },
  '/vote': { agree: true },
  '/check-ins': { code: '0000' },
  '/buyer': { memberId: `mem_${'0'.repeat(26)}` },
  '/reviews': { score: 5 },
  '/handover': { code: '0000' },
  '/dispute': { reason: 'other', text: '남의 거래예요' },
  '/refunds': { amount: 1 },
  '/outcome': { outcome: 'missed' },
  '/appeal': { text: '남의 판단이에요' },
  '/appointments': { place: '남의 약속' },
  '/messages/{seq}': { text: '남의 말' },
  '/messages': { clientId: 'c-of-a-stranger', kind: 'text', text: '남의 방' },
  '/read': { seq: 1 },
  '/mute': { untilAt: null },
}

function bodyOf(operation: OpenApiOperation): Record<string, unknown> | undefined {
  if (!operation.requestBody) return undefined
  if (operation.path.includes('notifications')) return { read: true }
  const named = Object.entries(BODIES).find(([part]) => operation.path.includes(part))
  return named?.[1] ?? { title: '남의 물건' }
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
        platform.call(operation.method, pathOf(operation, target), {
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
      const reply = await platform.call(operation.method, pathOf(operation, id), json ? { json } : {})
      expect([nameOf(operation), reply.status]).toEqual([nameOf(operation), 401])
    }
  })

  it('lets no member through an operator’s door, whatever the id', async () => {
    const doors = api.operations.filter(isOperators)
    for (const operation of doors) {
      const path = operation.path.replace('{id}', `rpt_${'0'.repeat(26)}`)
      const member = await platform.call(operation.method, path, { token: stranger.accessToken })
      const guest = await platform.call(operation.method, path)
      expect([nameOf(operation), member.status, problemCode(member.json), guest.status]).toEqual([
        nameOf(operation),
        403,
        'FORBIDDEN',
        401,
      ])
    }
    expect(doors.length).toBeGreaterThan(5)
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
