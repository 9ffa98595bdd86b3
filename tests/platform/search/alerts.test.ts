import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { AlertMatched } from '#contracts/events'
import { ALERTS_PER_MEMBER_MAX, Alert } from '#contracts/search'
import { eventually, openPlatform, type Platform, type SignedUp, unique } from '../../support/platform.ts'

let platform: Platform
let watcher: SignedUp
let seller: SignedUp
beforeAll(async () => {
  platform = await openPlatform()
  watcher = await platform.signUp()
  seller = await platform.signUp()
})

const Alerts = z.object({ items: z.array(Alert), nextCursor: z.null() })
const Problem = z.object({ code: z.string() })

const save = (member: SignedUp, json: object, idempotencyKey = unique('k')) =>
  platform.call('POST', 'search/alerts', { token: member.accessToken, json, idempotencyKey })
const mine = async (member: SignedUp) => {
  const reply = await platform.call('GET', 'search/alerts', { token: member.accessToken })
  expect(reply.headers.get('cache-control')).toBe('private, no-store')
  return Alerts.parse(reply.json).items
}
const drop = (member: SignedUp, id: string) =>
  platform.call('DELETE', `search/alerts/${id}`, { token: member.accessToken })

describe('saving an alert', () => {
  it('makes one, which its member alone sees, without the place', async () => {
    const near = { lat: 37.5563, lng: 126.9019 }
    const reply = await save(watcher, { q: '원목 책상', maxPrice: 50_000, near, radiusKm: 3 })
    expect(reply.status).toBe(201)
    const alert = Alert.parse(reply.json)
    expect(alert).toMatchObject({
      q: '원목 책상',
      category: null,
      minPrice: null,
      maxPrice: 50_000,
      radiusKm: 3,
    })
    expect(reply.text).not.toContain('37.5')
    expect(await mine(watcher)).toEqual([alert])
    expect(await mine(seller)).toEqual([])
  })

  it('of the same content again gives the one that is there', async () => {
    const first = await save(watcher, { q: '자전거 brompton' })
    const again = await save(watcher, { q: 'BROMPTON 자전거' })
    expect([first.status, again.status]).toEqual([201, 200])
    expect(Alert.parse(again.json)).toEqual(Alert.parse(first.json))
  })

  it('repeated by a retry is answered as the first time', async () => {
    const key = unique('k')
    const first = await save(watcher, { q: '캠핑의자' }, key)
    const retry = await save(watcher, { q: '캠핑의자' }, key)
    expect(retry.text).toBe(first.text)
    expect([retry.status, retry.headers.get('idempotency-replayed')]).toEqual([201, 'true'])
  })

  it.each([
    ['words of which nothing can be searched', { q: '!! ??' }, 'VALIDATION_FAILED'],
    ['one letter', { q: '책' }, 'VALIDATION_FAILED'],
    ['a place without a radius', { q: '책상', near: { lat: 1, lng: 1 } }, 'VALIDATION_FAILED'],
    ['an upside-down range', { q: '책상', minPrice: 2, maxPrice: 1 }, 'VALIDATION_FAILED'],
    ['an unknown key', { q: '책상', memberId: 'mem_1' }, 'VALIDATION_FAILED'],
  ])('of %s is refused', async (_, json, code) => {
    const reply = await save(watcher, json)
    expect([reply.status, Problem.parse(reply.json).code]).toEqual([400, code])
  })

  it('stops at the limit, which many at once do not pass, and goes on when one is dropped', async () => {
    const keen = await platform.signUp()
    const replies = await Promise.all(
      Array.from({ length: ALERTS_PER_MEMBER_MAX + 4 }, (_, index) => save(keen, { q: `찾는 것 ${index}` })),
    )
    const statuses = replies.map(({ status }) => status).sort()
    expect(statuses).toEqual([...Array(ALERTS_PER_MEMBER_MAX).fill(201), ...Array(4).fill(409)])
    const refused = replies.find(({ status }) => status === 409)
    expect(Problem.parse(refused?.json).code).toBe('ALERT_LIMIT_REACHED')
    const [one, ...others] = await mine(keen)
    expect(others).toHaveLength(ALERTS_PER_MEMBER_MAX - 1)
    expect((await save(keen, { q: others[0]?.q ?? '' })).status).toBe(200)
    expect((await drop(keen, one?.id ?? '')).status).toBe(204)
    expect((await save(keen, { q: '하나 더' })).status).toBe(201)
  })

  it('is for members', async () => {
    const reply = await platform.call('POST', 'search/alerts', { json: { q: '책상' } })
    expect(reply.status).toBe(401)
  })
})

describe('dropping an alert', () => {
  it('is its member’s alone, and once', async () => {
    const { id } = Alert.parse((await save(watcher, { q: '피아노' })).json)
    expect((await drop(seller, id)).status).toBe(404)
    expect((await drop(watcher, id)).status).toBe(204)
    expect((await drop(watcher, id)).status).toBe(404)
  })
})

it('a thing that appears is told to those who wait for it, and to nobody else', async () => {
  const word = unique('물건')
  const { id } = Alert.parse((await save(watcher, { q: word, maxPrice: 10_000 })).json)
  await save(seller, { q: word })
  const json = { title: `새 ${word}`, description: '깨끗해요', category: 'other', price: 9_000 }
  const reply = await platform.call('POST', 'listings', {
    token: seller.accessToken,
    json,
    idempotencyKey: unique('k'),
  })
  expect(reply.status).toBe(201)
  const { DB } = await platform.server.getWorker<{ DB: D1Database }>('madang-search').getEnv()
  const told = await eventually(async () => {
    const rows = await DB.prepare(
      "SELECT event FROM outbox WHERE type = 'alert.matched' AND sent_at_ms IS NOT NULL",
    ).all<{ event: string }>()
    const events = rows.results.map(({ event }) => AlertMatched.parse(JSON.parse(event)))
    const about = events.filter(({ data }) => data.q === word)
    expect(about).not.toEqual([])
    return about
  })
  expect(told.map(({ data }) => [data.alertId, data.memberId, data.price])).toEqual([
    [id, watcher.memberId, 9_000],
  ])
})
