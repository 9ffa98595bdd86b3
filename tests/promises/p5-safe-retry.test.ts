import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Problem } from '#contracts/errors'
import { newId } from '#kit/id'
import { newMember } from '../platform/listings/alone.ts'
import { startKillableListings } from './killable-listings.ts'
import { faultsOf, type KeyHistory } from './safe-retry.ts'

/**
 * P5: a request repeated with its key has its effect once and gives its first answer, byte for byte, whether its duplicates run
 * at the same time or the process is killed in the middle of them.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const KEYS = NIGHTLY ? 1_000 : 45
const KILLS = NIGHTLY ? 5 : 1
const DUPLICATES = 10
const KEYS_AT_ONCE = 6
/** A member may write sixty comments an hour. */
const KEYS_A_MEMBER = 30
/** Longer than a dead request holds its key (15 s) and a start takes. */
const GIVE_UP_AFTER_MS = 90_000

const Count = z.object({ count: z.int() })

describe('listings, posted to again and again', () => {
  let town: Awaited<ReturnType<typeof startKillableListings>>
  let listingId = ''
  const tokens: string[] = []

  beforeAll(async () => {
    town = await startKillableListings()
    for (let index = 0; index * KEYS_A_MEMBER < KEYS; index++) tokens.push(await town.tokenOf(newMember()))
    const seller = await town.tokenOf(newMember())
    const posted = await send({ ...requestOf(0, 'ground'), token: seller }, 'ground')
    listingId = z.object({ id: z.string() }).parse(JSON.parse(posted.text)).id
  }, 120_000)
  afterAll(() => town.close())

  type Request = { path: string; token: string; json: Record<string, unknown> }

  /** Every third a thing, a thing with photos, and a comment; the mark is in its words. */
  function requestOf(index: number, mark: string): Request {
    const token = tokens[Math.floor(index / KEYS_A_MEMBER)] ?? ''
    if (index % 3 === 2) return { path: `listings/${listingId}/comments`, token, json: { text: mark } }
    const imageIds = index % 3 === 1 ? [newId('img', Date.now()), newId('img', Date.now())] : []
    const json = { title: mark, description: '다시 보내도 하나', category: 'other', price: 0, imageIds }
    return { path: 'listings', token, json }
  }

  /** A client that means it: whatever is lost or still in flight is sent again under the same key. */
  async function send(
    { path, token, json }: Request,
    key: string | null,
  ): Promise<KeyHistory['answers'][number]> {
    const untilMs = Date.now() + GIVE_UP_AFTER_MS
    for (;;) {
      const response = await town.post(path, token, json, key).catch(() => null)
      const text = response && (await response.text().catch(() => null))
      if (response && typeof text === 'string' && response.status < 500 && response.status !== 409)
        return { status: response.status, text, replayed: response.headers.has('idempotency-replayed') }
      if (response?.status === 409) expect(response.headers.get('retry-after')).not.toBeNull()
      if (Date.now() > untilMs) throw new Error(`never let in: ${response?.status} ${text}`)
      await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 300))
    }
  }

  async function duplicates(index: number, key: string | null, mark: string): Promise<KeyHistory> {
    const request = requestOf(index, mark)
    const answers = await Promise.all(Array.from({ length: DUPLICATES }, () => send(request, key)))
    return { key: mark, answers, effects: 0 }
  }

  const withEffects = (histories: KeyHistory[]): KeyHistory[] =>
    town.inDatabase((db) => {
      const count = db.prepare(
        `SELECT (SELECT count(*) FROM listings WHERE title = ?1) + (SELECT count(*) FROM comments WHERE text = ?1) AS count`,
      )
      return histories.map((history) => ({ ...history, effects: Count.parse(count.get(history.key)).count }))
    })

  it(`has each of ${KEYS} keys' effects once over ${KILLS} kills, and answers all duplicates alike`, async () => {
    const histories: KeyHistory[] = []
    const killsAt = Array.from({ length: KILLS }, (_, index) => Math.floor(((index + 0.5) * KEYS) / KILLS))
    let next = 0
    let restarting: Promise<void> = Promise.resolve()
    const worker = async () => {
      for (let index = next++; index < KEYS; index = next++) {
        if (killsAt.includes(index)) restarting = killAndStart()
        histories.push(await duplicates(index, `key-${index}`, `mark ${index}`))
      }
    }
    await Promise.all(Array.from({ length: KEYS_AT_ONCE }, worker))
    await restarting
    expect(histories).toHaveLength(KEYS)
    expect(faultsOf(withEffects(histories))).toEqual([])
    const facts = town.inDatabase((db) =>
      Count.parse(db.prepare("SELECT count(*) AS count FROM outbox WHERE type <> 'listing.counted'").get()),
    )
    expect(facts.count).toBe(KEYS + 1)
  }, 900_000)

  /** In the middle of the requests under way. */
  async function killAndStart(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
    town.kill()
    await town.start()
  }

  it('would be caught without keys', async () => {
    const unsafe = [await duplicates(0, null, 'no key 0'), await duplicates(2, null, 'no key 2')]
    expect(faultsOf(withEffects(unsafe))).toContain(`no key 0 had ${DUPLICATES} effects`)
  })

  it('refuses a key that comes back with another body', async () => {
    const request = requestOf(0, 'one body')
    await send(request, 'key-body')
    const other = await send({ ...request, json: { ...request.json, price: 5 } }, 'key-body')
    expect([other.status, Problem.parse(JSON.parse(other.text)).code]).toEqual([
      422,
      'IDEMPOTENCY_KEY_REUSED',
    ])
  })

  it('keeps keys apart by member and by route', async () => {
    const request = requestOf(0, 'shared key')
    const mine = await send(request, 'key-shared')
    const theirs = await send({ ...request, token: await town.tokenOf(newMember()) }, 'key-shared')
    const comment = await send(requestOf(2, 'shared key, other route'), 'key-shared')
    expect([mine, theirs, comment].map(({ status, replayed }) => [status, replayed])).toEqual([
      [201, false],
      [201, false],
      [201, false],
    ])
    expect(theirs.text).not.toBe(mine.text)
  })

  it('frees the key of a refused request for the corrected one', async () => {
    const request = requestOf(0, 'corrected')
    const refused = await send(
      { ...request, json: { ...request.json, category: 'plants', title: '씨앗' } },
      'key-fix',
    )
    expect(refused.status).toBe(422)
    expect((await send(request, 'key-fix')).status).toBe(201)
  })
})
