import { z } from 'zod'
import { newId } from '#kit/id'
import { type Asked, type Burst, burst } from './burst.ts'
import { drive, type Result } from './drive.ts'
import { type Member, makeMembers, post, type Sign, topUp } from './townsfolk.ts'

const CLAIM_ROUNDS = 3
const CLAIM_SECONDS = 2
/** More than a round can claim: the object decides each of them. */
const CLAIMS_A_ROUND_MAX = 10_000
const CROWD = 5_000
const CROWD_SOCKETS = 256
const CROWD_COUPONS = 100
const TRAFFIC_SECONDS = 3
const PURCHASES = 60
const HOUR_MS = 3_600_000

const Made = z.object({ id: z.string() })

export type Place = { origin: string; floorOrigin: string; sign: Sign; dir: string }

/** Tokens of members who were on the page before: the platform has seen each of them. */
async function crowd({ origin, sign }: Place, count: number): Promise<string[]> {
  const tokens = await Promise.all(Array.from({ length: count }, () => sign(newId('mem', Date.now()), 3_600)))
  const lanes = Array.from({ length: 32 }, async (_, lane) => {
    for (let index = lane; index < tokens.length; index += 32) {
      const reply = await fetch(`${origin}/api/v1/coupons/clock`, {
        headers: { authorization: `Bearer ${tokens[index]}` },
      })
      await reply.body?.cancel()
    }
  })
  await Promise.all(lanes)
  return tokens
}

/** A campaign that is open now. */
async function campaign({ origin, sign }: Place, total: number): Promise<string> {
  const operator = await sign(newId('mem', Date.now()), 3_600, 'operator')
  const now = Date.now()
  const made = await post(
    origin,
    '/api/v1/coupons/campaigns',
    {
      title: '선착순 쿠폰',
      discount: { kind: 'amount', amount: 3_000 },
      minSpend: 0,
      categories: [],
      total,
      rhythm: {
        kind: 'once',
        opensAt: new Date(now - 60_000).toISOString(),
        closesAt: new Date(now + HOUR_MS).toISOString(),
      },
    },
    operator,
  )
  return Made.parse(made).id
}

/** Claims a second of one counter that never runs out, beside the bare object; a fresh campaign and fresh members each round. */
export async function claims(place: Place): Promise<{ own: Result; floor: Result }> {
  const own: Result[] = []
  const floor: Result[] = []
  for (let round = 0; round < CLAIM_ROUNDS; round++) {
    const [id, tokens] = [await campaign(place, CLAIMS_A_ROUND_MAX), await crowd(place, CLAIMS_A_ROUND_MAX)]
    const paths = tokens.map((_, index) => `/claim/${id}?member=${index}`)
    floor.push(
      await drive(place.floorOrigin, { paths, post: { body: '{}', tokens } }, CLAIM_SECONDS, place.dir),
    )
    const load = { paths: [`/api/v1/coupons/campaigns/${id}/claims`], post: { body: '{}', tokens } }
    own.push(await drive(place.origin, load, CLAIM_SECONDS, place.dir))
  }
  return { own: middle(own), floor: middle(floor) }
}

const middle = (results: Result[]): Result => {
  const [found] = results
    .toSorted((a, b) => a.requests / a.seconds - b.requests / b.seconds)
    .slice(Math.floor(results.length / 2))
  if (!found) throw new Error('nothing was measured')
  return found
}

/** 5,000 members at once for 100 coupons, and the bare object asked as often. */
export async function crowdAtOnce(place: Place): Promise<{ own: Burst; floor: Burst }> {
  const [id, tokens] = [await campaign(place, CROWD_COUPONS), await crowd(place, CROWD)]
  const bare = tokens.map((_, index): Asked => ({ path: `/claim/${id}?member=${index}` }))
  const floor = await burst(place.floorOrigin, bare, CROWD_SOCKETS)
  const asked = tokens.map((token): Asked => ({ path: `/api/v1/coupons/campaigns/${id}/claims`, token }))
  return { own: await burst(place.origin, asked, CROWD_SOCKETS), floor }
}

/** Members with money in their wallets. */
export async function payers(place: Place, count: number): Promise<Member[]> {
  const members = await makeMembers(place.origin, place.sign, 'payer', count)
  for (const { token } of members) await topUp(place.origin, token, 2_000_000)
  return members
}

/** Transfers of one won, many at once. The floor was told the statements of one before. */
export async function transfers(
  place: Place,
  [to, ...from]: Member[],
): Promise<{ own: Result; floor: Result }> {
  if (!to) throw new Error('nobody to send to')
  const body = JSON.stringify({ toMemberId: to.id, amount: 1 })
  const load = { post: { body, tokens: from.map(({ token }) => token) } }
  const bare = { paths: ['/api/v1/wallet/sql/transfer?i=0'], noCache: true, ...load }
  const rounds: { own: Result[]; floor: Result[] } = { own: [], floor: [] }
  for (let round = 0; round < CLAIM_ROUNDS; round++) {
    rounds.floor.push(await drive(place.floorOrigin, bare, TRAFFIC_SECONDS, place.dir))
    rounds.own.push(
      await drive(place.origin, { paths: ['/api/v1/wallet/transfers'], ...load }, TRAFFIC_SECONDS, place.dir),
    )
  }
  return { own: middle(rounds.own), floor: middle(rounds.floor) }
}

type Latency = { p50Ms: number; p99Ms: number }

/** Purchases one after the other, each until it is paid, beside one bare batch of a transfer's statements. */
export async function purchases(
  place: Place,
  [seller, buyer]: Member[],
): Promise<{ own: Latency; floor: Latency }> {
  if (!seller || !buyer) throw new Error('nobody to buy from')
  const own: number[] = []
  const floor: number[] = []
  for (let index = 0; index < PURCHASES; index++) {
    const listing = {
      title: `의자 ${index}`,
      description: '한 번 앉았어요.',
      category: 'furniture',
      price: 1_000,
    }
    const { id } = Made.parse(await post(place.origin, '/api/v1/listings', listing, seller.token))
    floor.push(await took(() => post(place.floorOrigin, '/api/v1/wallet/sql/transfer?i=0', {}, buyer.token)))
    own.push(
      await took(() =>
        post(place.origin, '/api/v1/trades', { listingId: id, expectedPrice: 1_000 }, buyer.token),
      ),
    )
  }
  return { own: latencyOf(own), floor: latencyOf(floor) }
}

async function took(act: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await act()
  return performance.now() - startedAt
}

function latencyOf(values: number[]): Latency {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? 0
  return { p50Ms: at(0.5), p99Ms: at(0.99) }
}
