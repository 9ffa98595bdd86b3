import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { replayDeadLetters } from '#kit/consume'
import { openD1 } from '../../bench/sqlite-d1.ts'
import { d1File } from '../../scripts/d1-files.ts'
import { seedMembers } from '../../scripts/seed-town.ts'
import { tickOnce } from '../../scripts/tick.ts'
import { tokenSigner } from '../../scripts/tokens.ts'
import { handlersOf } from '../../workers/search/consumer.ts'
import { readDelivery, wrongs } from './delivery.ts'
import { BUSY_MS } from './disk.ts'
import { killablePlatform } from './killable-platform.ts'

const SCALE =
  process.env.MADANG_SCALE === 'nightly' ? { commits: 2_000, kills: 20 } : { commits: 100, kills: 1 }
const LANES = 8
const SETTLE_WITHIN_MS = 30_000
/** A word no other listing has, so that what the index counts of it is what these postings did. */
const WORD = '쿠릉쿠릉'
const LISTINGS_PER_MEMBER = 150

const stateDir = mkdtempSync(join(tmpdir(), 'madang-p8-'))
const platform = await killablePlatform(stateDir)
const confirmed = new Set<string>()
const Posted = z.object({ id: z.string() })
let origin = ''
let tokens: string[] = []

beforeAll(async () => {
  origin = await platform.start()
  const count = Math.ceil((SCALE.commits * 1.5) / LISTINGS_PER_MEMBER) + 1
  const members = Array.from({ length: count }, (_, index) => ({
    loginId: `crash${index}`,
    nickname: `이웃${index}호`,
    email: `crash${index}@madang.example`,
    password: 'long-enough-word-7',
  }))
  const sign = await tokenSigner()
  tokens = await Promise.all((await seedMembers(origin, members)).map((id) => sign(id, 24 * 3600)))
})

afterAll(async () => {
  await platform.end()
  rmSync(stateDir, { recursive: true, force: true })
})

/** Posts one listing; true when the API confirmed it. A request the kill cut off may or may not have been committed. */
async function post(number: number): Promise<boolean> {
  const reply = await fetch(`${origin}/api/v1/listings`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${tokens[number % tokens.length]}`,
      'idempotency-key': `p8-${number}`,
    },
    body: JSON.stringify({
      title: `${WORD} 의자 ${number}`,
      description: '튼튼해요',
      category: 'living',
      price: 1000 + number,
    }),
  }).catch(() => null)
  if (reply === null) return false
  const text = await reply.text().catch(() => '')
  // The kill may cut a reply off after its head: nothing was confirmed then.
  if (reply.status !== 201 || text === '') return false
  confirmed.add(Posted.parse(JSON.parse(text)).id)
  return true
}

/** Posts from several lanes until `until` postings are confirmed or the platform stops answering. */
async function traffic(from: number, until: number): Promise<void> {
  let number = from
  const lane = async () => {
    while (confirmed.size < until) if (!(await post(number++))) return
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

/** Ticks until nothing is wrong any more, or 30 s have passed; answers what is wrong then. */
async function settled(): Promise<string[]> {
  const deadline = Date.now() + SETTLE_WITHIN_MS
  for (;;) {
    const found = wrongs(readDelivery(stateDir, WORD), confirmed)
    if (found.length === 0 || Date.now() > deadline) return found
    await tickOnce(origin)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}

describe('P8: no committed event is lost', () => {
  test(
    `after ${SCALE.kills} kills amid ${SCALE.commits} postings, every event is handled, its effect once, within 30 s of the restart`,
    async () => {
      const share = Math.ceil(SCALE.commits / (SCALE.kills + 1))
      for (let kill = 0; kill < SCALE.kills; kill++) {
        const running = traffic(kill * 1_000_000, confirmed.size + share * 2)
        const killAt = confirmed.size + share
        while (confirmed.size < killAt) await new Promise((resolve) => setTimeout(resolve, 2))
        await platform.kill()
        await running
        origin = await platform.start()
      }
      await traffic(SCALE.kills * 1_000_000, Math.max(SCALE.commits, confirmed.size + 1))
      expect(confirmed.size).toBeGreaterThanOrEqual(SCALE.commits)
      expect(await settled()).toEqual([])
    },
    SCALE.kills * 60_000 + 120_000,
  )

  test('a relay that marks events as sent before it sends them would be caught', () => {
    const sound = readDelivery(stateDir, WORD)
    const [lost] = sound.told
    if (!lost) throw new Error('nothing was told')
    // What such a relay leaves when it is killed in between: marked, never heard, without effect.
    const broken = {
      ...sound,
      heard: sound.heard.filter((id) => id !== lost.eventId),
      found: sound.found.filter(({ listingId }) => listingId !== lost.listingId),
      wordWeight: sound.wordWeight - 1,
    }
    expect(wrongs(broken, confirmed)).toEqual([
      `${lost.eventId} was never handled`,
      `${lost.listingId} cannot be found`,
      `the index counted the word ${sound.told.length - 1} times for ${sound.told.length} listings`,
    ])
  })

  test('a consumer that handles an event twice, and a change committed without its event, would be caught', () => {
    const sound = readDelivery(stateDir, WORD)
    expect(wrongs({ ...sound, wordWeight: sound.wordWeight + 1 }, confirmed)).toHaveLength(1)
    const untold = { ...sound, told: sound.told.slice(1), wordWeight: sound.wordWeight - 1 }
    const all = new Set(sound.told.map(({ listingId }) => listingId))
    expect(wrongs(untold, all)).toEqual([
      `${sound.told[0]?.listingId} was confirmed but its event was never written`,
    ])
  })

  test('a poison event ends among the dead letters with an error in the log, and a replay after the repair brings them to none', async () => {
    await platform.end()
    const searchFile = d1File(stateDir, 'madang-search')
    const sabotage = new DatabaseSync(searchFile, { timeout: BUSY_MS })
    sabotage.exec(
      "CREATE TRIGGER sabotage BEFORE INSERT ON docs WHEN new.price = 666 BEGIN SELECT RAISE(ABORT, 'sabotaged'); END",
    )
    sabotage.close()
    origin = await platform.start()
    const reply = await fetch(`${origin}/api/v1/listings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[0]}` },
      body: JSON.stringify({ title: `${WORD} 의자`, description: '독', category: 'living', price: 666 }),
    })
    expect(reply.status).toBe(201)
    const deadline = Date.now() + SETTLE_WITHIN_MS
    while (readDelivery(stateDir, WORD).deadLetters === 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
    expect(readDelivery(stateDir, WORD).deadLetters).toBe(1)
    // Its line takes another moment from the worker to the file.
    await expect.poll(() => platform.log(), { timeout: SETTLE_WITHIN_MS }).toContain('dead letter kept')
    await platform.end()

    const repaired = openD1(searchFile, 'SEARCH')
    repaired.exec('DROP TRIGGER sabotage')
    expect(await replayDeadLetters(repaired.db, handlersOf({ DB: repaired.db }), 10)).toEqual({
      replayed: 1,
      failed: 0,
    })
    repaired.close()
    expect(wrongs(readDelivery(stateDir, WORD), confirmed)).toEqual([])
  }, 120_000)
})
