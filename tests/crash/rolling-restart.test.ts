import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { MessagePage } from '#contracts/chat'
import { MemberId } from '#contracts/ids'
import { seedMembers } from '../../scripts/seed-town.ts'
import { tokenSigner } from '../../scripts/tokens.ts'
import { rowsOf } from './disk.ts'
import { killablePlatform } from './killable-platform.ts'
import { faultsOf, type Intent, type Sent, tried } from './rolling-log.ts'

/**
 * The platform restarted again and again under people who go on: one `wrangler dev` runs all workers, so each restart is the
 * restart of them all, told to end and started anew while clients keep sending.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const SCALE = NIGHTLY ? { restarts: 20, people: 12, each: 40 } : { restarts: 1, people: 6, each: 8 }
const KINDS = ['listing', 'message', 'transfer'] as const
const OPENING = 10_000
const PAUSE_MS = 120
const DEADLINE_MS = 15_000
/** Longer than all restarts take on a busy machine. */
const GIVE_UP_AFTER_MS = 150_000

const stateDir = mkdtempSync(join(tmpdir(), 'madang-rolling-'))
const platform = await killablePlatform(stateDir)
const Made = z.object({ id: z.string() })
type Person = { id: MemberId; token: string; roomId: string }
let origin = ''
let people: Person[] = []

beforeAll(async () => {
  origin = await platform.start()
  const accounts = Array.from({ length: SCALE.people }, (_, index) => ({
    loginId: `roller${index}`,
    nickname: `바쁜 이웃${index}`,
    email: `roller${index}@madang.example`,
    password: 'long-enough-word-7',
  }))
  const sign = await tokenSigner()
  const ids = (await seedMembers(origin, accounts)).map((id) => MemberId.parse(id))
  people = await Promise.all(ids.map(async (id) => ({ id, token: await sign(id, 24 * 3600), roomId: '' })))
  for (const [index, person] of people.entries()) person.roomId = await roomWith(person, nextTo(index))
  await Promise.all(people.map(topUp))
}, 240_000)
afterAll(async () => {
  await platform.end()
  rmSync(stateDir, { recursive: true, force: true })
})

function nextTo(index: number): Person {
  const person = people[(index + 1) % people.length]
  if (!person) throw new Error('nobody else is there')
  return person
}

const send = ({ token }: Person, path: string, json: object, key?: string): Promise<Response> =>
  fetch(`${origin}/api/v1/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${token}`,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify(json),
    signal: AbortSignal.timeout(DEADLINE_MS),
  })

/** The room in which a person has written about a thing of another one's. */
async function roomWith(person: Person, owner: Person): Promise<string> {
  const listing = await send(owner, 'listings', thing('마당에 내놓은 것'))
  const listingId = Made.parse(await listing.json()).id
  return Made.parse(await (await send(person, 'chat/rooms', { listingId })).json()).id
}

/** Money in the wallet, as members come by it. */
async function topUp(person: Person): Promise<void> {
  const { id } = Made.parse(await (await send(person, 'wallet/charges', { amount: OPENING })).json())
  await fetch(`${origin}/dev/pay/checkout/${id}/approve`, { method: 'POST', redirect: 'manual' })
  const confirmed = await send(person, `wallet/charges/${id}/confirm`, {})
  expect(confirmed.status, await confirmed.text()).toBe(200)
}

const thing = (title: string) => ({ title, description: '튼튼해요', category: 'living', price: 1_000 })

function request(index: number, { mark, kind }: Intent): Promise<Response> {
  const person = people[index]
  if (!person) throw new Error(`nobody is number ${index}`)
  if (kind === 'listing') return send(person, 'listings', thing(mark), mark)
  if (kind === 'transfer')
    return send(person, 'wallet/transfers', { toMemberId: nextTo(index).id, amount: 1, memo: mark }, mark)
  const message = { clientId: `client-${mark}`, kind: 'text', text: mark }
  return send(person, `chat/rooms/${person.roomId}/messages`, message, mark)
}

/** A client that means it: what was not acknowledged is sent again under its key. */
async function untilAcked(index: number, intent: Intent): Promise<Sent> {
  const sent: Sent = { ...intent, acked: false, troubles: [] }
  const untilMs = Date.now() + GIVE_UP_AFTER_MS
  while (!sent.acked && Date.now() < untilMs) {
    const outcome = await tried(() => request(index, intent))
    if (outcome === 'acked') sent.acked = true
    else {
      sent.troubles.push(outcome)
      await pause()
    }
  }
  return sent
}

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS * (0.5 + Math.random())))

/** Everyone does one of each kind after another, at least so often and until the restarts are over. */
async function everyone(areRestartsOver: () => boolean): Promise<Sent[]> {
  const busy = people.map(async (_, index) => {
    const sent: Sent[] = []
    for (let turn = 0; turn < SCALE.each || !areRestartsOver(); turn++) {
      const kind = KINDS[turn % KINDS.length] ?? 'listing'
      sent.push(await untilAcked(index, { mark: `m${index}-${turn}`, kind }))
      await pause()
    }
    return sent
  })
  return (await Promise.all(busy)).flat()
}

/** Every mark that has become something, as often as it did. */
async function marksThere(): Promise<string[]> {
  const Marked = z.object({ mark: z.string() })
  const listings = rowsOf(
    stateDir,
    'madang-listings',
    Marked,
    "SELECT title AS mark FROM listings WHERE title GLOB 'm[0-9]*-*'",
  )
  const transfers = rowsOf(
    ...([stateDir, 'madang-payments', Marked] as const),
    "SELECT memo AS mark FROM transfers WHERE cause_kind = 'transfer'",
  )
  const messages = await Promise.all(people.map(wordsOf))
  return [...listings.map(({ mark }) => mark), ...transfers.map(({ mark }) => mark), ...messages.flat()]
}

async function wordsOf({ token, roomId }: Person): Promise<string[]> {
  const words: string[] = []
  for (let afterSeq = 0; ; ) {
    const path = `${origin}/api/v1/chat/rooms/${roomId}/messages?afterSeq=${afterSeq}&limit=50`
    const reply = await fetch(path, { headers: { authorization: `Bearer ${token}` } })
    const { items } = MessagePage.parse(await reply.json())
    if (items.length === 0) return words
    words.push(...items.flatMap(({ text }) => text ?? []))
    afterSeq = Math.max(...items.map(({ seq }) => seq))
  }
}

describe('P21: restarted under load', () => {
  let sent: Sent[] = []
  let there: string[] = []
  test(
    `over ${SCALE.restarts} restarts amid ${SCALE.people} busy people, all that was acknowledged is there once, and nobody was told anything but to try again`,
    async () => {
      let isOver = false
      const everything = everyone(() => isOver)
      for (let restart = 0; restart < SCALE.restarts; restart++) {
        await new Promise((resolve) => setTimeout(resolve, 1_000 + Math.random() * 500))
        await platform.end()
        origin = await platform.start()
      }
      isOver = true
      sent = await everything
      there = await marksThere()
      expect(faultsOf(sent, there)).toEqual([])
      // People did meet the restarts, and did get things done between them.
      expect(sent.flatMap(({ troubles }) => troubles).length).toBeGreaterThan(SCALE.restarts)
      expect(sent.length).toBeGreaterThanOrEqual(SCALE.people * SCALE.each)
    },
    SCALE.restarts * 60_000 + 240_000,
  )

  test('what was acknowledged and lost, done twice, or answered with a server error would be caught', () => {
    const [first, second, third] = sent
    if (!first || !second || !third) throw new Error('nothing was sent')
    const broken: Sent = { ...third, troubles: [{ status: 500, code: 'INTERNAL', retryAfter: null }] }
    const marks = [...there.filter((mark) => mark !== first.mark), second.mark]
    expect(faultsOf([first, second, broken, ...sent.slice(3)], marks)).toEqual([
      `${first.kind} ${first.mark} is there 0 times`,
      `${second.kind} ${second.mark} is there 2 times`,
      `${third.kind} ${third.mark} met {"status":500,"code":"INTERNAL","retryAfter":null}`,
    ])
  })
})
