import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { MemberId } from '#contracts/ids'
import { seedMembers } from '../../scripts/seed-town.ts'
import { tickOnce } from '../../scripts/tick.ts'
import { tokenSigner } from '../../scripts/tokens.ts'
import { accountOf } from '../../workers/payments/ledger.store.ts'
import { eventually } from '../support/platform.ts'
import { fillPurses, rowsOf } from './disk.ts'
import { killablePlatform } from './killable-platform.ts'

/** P6 with the power cut: on the disk, what is sold is paid for and what is called off is as it was, wherever the cut was. */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const PURCHASES = NIGHTLY ? 200 : 12
const KILLS = NIGHTLY ? 20 : 1
const BUYERS = 6
const PRICE = 10_000
const OPENING = 1_000_000
/** Two starts and some sign-ups, however slow the machine is. */
const STARTS_WITHIN_MS = 5 * 60_000
/** From the last cut until nothing is left half done. */
const WHOLE_WITHIN_MS = 60_000
/** Longer than a dead request holds its key (15 s) and a start takes. */
const GIVE_UP_AFTER_MS = 180_000
const RETRY_AFTER_MS = 400

const stateDir = mkdtempSync(join(tmpdir(), 'madang-p6-'))
const platform = await killablePlatform(stateDir)
let origin = ''
let members: MemberId[] = []
let tokens: string[] = []

beforeAll(async () => {
  origin = await platform.start()
  const accounts = Array.from({ length: BUYERS + 1 }, (_, index) => ({
    loginId: `trader${index}`,
    nickname: `거래${index}호`,
    email: `trader${index}@madang.example`,
    password: 'long-enough-word-7',
  }))
  members = (await seedMembers(origin, accounts)).map((id) => MemberId.parse(id))
  const sign = await tokenSigner()
  tokens = await Promise.all(members.map((id) => sign(id, 24 * 3600)))
  await platform.end()
  fillPurses(stateDir, new Map(members.slice(1).map((member) => [member, OPENING])))
  origin = await platform.start()
}, STARTS_WITHIN_MS)
afterAll(async () => {
  await platform.end()
  rmSync(stateDir, { recursive: true, force: true })
})

const Coded = z.object({ code: z.string() })
const WithId = z.object({ id: z.string() })
const LATER = ['REQUEST_IN_FLIGHT', 'UNAVAILABLE', 'INTERNAL', 'CONFLICT']

/** A client that means it: what is lost or still in flight is sent again under the same key. */
async function insist(who: number, path: string, json: object | undefined, key: string): Promise<unknown> {
  const untilMs = Date.now() + GIVE_UP_AFTER_MS
  for (;;) {
    const reply = await fetch(`${origin}/api/v1/${path}`, {
      method: 'POST',
      headers: {
        ...{ authorization: `Bearer ${tokens[who]}`, 'idempotency-key': key },
        ...(json ? { 'content-type': 'application/json' } : {}),
      },
      ...(json ? { body: JSON.stringify(json) } : {}),
      signal: AbortSignal.timeout(15_000),
    }).catch(() => null)
    const body: unknown = reply && (await reply.json().catch(() => null))
    const code = Coded.safeParse(body).data?.code
    if (reply && body && reply.status < 500 && !LATER.includes(code ?? '')) return body
    if (Date.now() > untilMs) throw new Error(`never let in: ${path} ${reply?.status} ${code}`)
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS))
  }
}

/** One purchase from the posting to its end: every second one is called off, every third left as it is paid. */
async function live(index: number): Promise<void> {
  const buyer = 1 + (index % BUYERS)
  const thing = { title: `물건 ${index}`, description: '튼튼해요', category: 'furniture', price: PRICE }
  const listingId = WithId.parse(await insist(0, 'listings', thing, `post-${index}`)).id
  const bought = await insist(buyer, 'trades', { listingId, expectedPrice: PRICE }, `buy-${index}`)
  const { id } = WithId.parse(bought)
  if (index % 3 === 0) return
  // What was still being paid when it was answered cannot be ended yet.
  await eventually(async () => {
    const act = index % 2 === 0 ? 'cancel' : 'confirm'
    const ended = await insist(buyer, `trades/${id}/${act}`, undefined, `${act}-${index}-${Date.now()}`)
    WithId.parse(ended)
  }, GIVE_UP_AFTER_MS)
}

const Row = z.object({
  id: z.string(),
  listing: z.string(),
  buyer: z.string(),
  state: z.string(),
  intent: z.string().nullable(),
})
type Trade = z.infer<typeof Row>

const tradesOnDisk = (): Trade[] =>
  rowsOf(
    stateDir,
    'madang-trades',
    Row,
    'SELECT t.id, t.listing_id AS listing, t.buyer_id AS buyer, t.state, e.intent FROM trades t JOIN escrows e ON e.trade_id = t.id',
  )

type World = {
  trades: Trade[]
  things: Map<string, string>
  wallets: Map<string, { balance: number; held: number }>
}
const Thing = z.object({ id: z.string(), status: z.string() })
const Wallet = z.object({ id: z.string(), balance: z.int(), held: z.int() })
const worldOnDisk = (): World => ({
  trades: tradesOnDisk(),
  things: new Map(
    rowsOf(stateDir, 'madang-listings', Thing, 'SELECT id, status FROM listings').map(({ id, status }) => [
      id,
      status,
    ]),
  ),
  wallets: new Map(
    rowsOf(stateDir, 'madang-payments', Wallet, 'SELECT id, balance, held FROM accounts').map(
      ({ id, ...wallet }) => [id, wallet],
    ),
  ),
})

const THING_OF: Record<string, string> = {
  paid: 'reserved',
  completed: 'sold',
  cancelled: 'on_sale',
  failed: 'on_sale',
}

/** What does not agree between trades, things and wallets. */
function faultsIn({ trades, things, wallets }: World): string[] {
  const of = (state: string, buyer?: string) =>
    trades.filter((trade) => trade.state === state && (buyer === undefined || trade.buyer === buyer)).length
  const ended = trades.filter(({ state }) => state !== 'failed')
  return [
    ...ended.flatMap(({ id, listing, state, intent }) =>
      things.get(listing) === THING_OF[state] && intent === null
        ? []
        : [`${id} is ${state}, wants ${intent}, its thing is ${things.get(listing)}`],
    ),
    ...(ended.length === things.size ? [] : [`${ended.length} purchases of ${things.size} things`]),
    ...members.slice(1).flatMap((buyer) => {
      const { balance = 0, held = 0 } = wallets.get(accountOf(buyer)) ?? {}
      const wanted = [OPENING - of('completed', buyer) * PRICE, of('paid', buyer) * PRICE]
      return balance === wanted[0] && held === wanted[1] ? [] : [`${buyer} has ${balance}, ${held} held`]
    }),
    ...(members[0] && (wallets.get(accountOf(members[0]))?.balance ?? 0) === of('completed') * PRICE
      ? []
      : ['the seller has another sum than was sold']),
  ]
}

describe('purchases with the power cut', () => {
  test(
    `are whole on the disk after ${KILLS} kills amid ${PURCHASES} of them`,
    async () => {
      const lanes = Array.from({ length: 4 }, async (_, lane) => {
        for (let index = lane; index < PURCHASES; index += 4) await live(index)
      })
      const done = Promise.all(lanes)
      for (let kill = 0; kill < KILLS; kill++) {
        await new Promise((resolve) => setTimeout(resolve, 500 + Math.random() * 1_500))
        await platform.kill()
        origin = await platform.start()
      }
      const lastCutMs = Date.now()
      await done
      await eventually(
        async () => {
          await tickOnce(origin)
          const left = tradesOnDisk().filter(({ state, intent }) => state === 'pending' || intent !== null)
          expect(left).toEqual([])
        },
        Math.max(WHOLE_WITHIN_MS, lastCutMs + WHOLE_WITHIN_MS - Date.now()),
      )
      await platform.end()
      const world = worldOnDisk()
      expect(world.trades.length).toBeGreaterThanOrEqual(PURCHASES)
      expect(faultsIn(world)).toEqual([])
      expect(new Set(world.trades.map(({ state }) => state))).toContain('completed')
    },
    20 * 60_000,
  )

  test('half undone or paid twice would be caught', () => {
    const world = worldOnDisk()
    const [sold] = world.trades.filter(({ state }) => state === 'completed')
    if (!sold) throw new Error('nothing was sold')
    const halfUndone = { ...world, things: new Map([...world.things, [sold.listing, 'on_sale']]) }
    expect(faultsIn(halfUndone)).toHaveLength(1)
    const buyer = accountOf(MemberId.parse(sold.buyer))
    const { balance = 0 } = world.wallets.get(buyer) ?? {}
    const twice = new Map([...world.wallets, [buyer, { balance: balance - PRICE, held: 0 }]])
    expect(faultsIn({ ...world, wallets: twice })).not.toEqual([])
  })
})
