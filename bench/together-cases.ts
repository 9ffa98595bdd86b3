import { z } from 'zod'
import { newId } from '#kit/id'
import { type Asked, type Burst, burst } from './burst.ts'
import { drive, type Result } from './drive.ts'
import { askedFrom } from './group-buy-data.ts'
import { makeMembers, post, type Sign, topUp } from './townsfolk.ts'

const JOIN_ROUNDS = 5
/** As many as one group buy takes in (MEMBERS_MAX). */
const JOINERS = 500
const JOIN_SOCKETS = 32
/** What a round leaves to be told to others is told in it, and does not meet the next one's floor. */
const REST_MS = 3_000
const UNIT_PRICE = 100
const PURSE_WON = 10_000
const LANES = 16
const NEAR_ROUNDS = 3
const NEAR_SECONDS = 2
const WARM_SECONDS = 1
const HOUR_MS = 3_600_000

const Made = z.object({ id: z.string() })

export type Hot = { origin: string; floorOrigin: string; sign: Sign }
/** A list near a place under one order, among few and among many open group buys. */
export type NearRow = { sort: string; few: Result; many: Result }
export const NEAR_SORTS = ['newest', 'ending', 'remaining', 'distance'] as const

/**
 * Joins of one group buy with units for all: as many members as it takes in, each once, on 32 sockets; a fresh group buy each round,
 * beside the bare object asked as often. The first round warms up; the middle one of the others counts.
 */
export async function joins({ origin, floorOrigin, sign }: Hot): Promise<{ own: Burst; floor: Burst }> {
  const tokens = await funded(origin, sign, JOINERS)
  const [host] = await makeMembers(origin, sign, 'host', 1)
  if (!host) throw new Error('nobody to open a group buy')
  const rounds: { own: Burst; floor: Burst }[] = []
  for (let round = 0; round <= JOIN_ROUNDS; round++) {
    const id = await openGroupBuy(origin, host.token, round)
    const bare = tokens.map((_, index): Asked => ({ path: `/join/${id}?member=${index}` }))
    const asked = tokens.map(
      (token): Asked => ({
        ...{ path: `/api/v1/group-buys/${id}/claim`, method: 'PUT', token },
        body: JSON.stringify({ units: 1 }),
      }),
    )
    const floor = await burst(floorOrigin, bare, JOIN_SOCKETS)
    rounds.push({ floor, own: await burst(origin, asked, JOIN_SOCKETS) })
    await new Promise((resolve) => setTimeout(resolve, REST_MS))
  }
  const [, ...counted] = rounds
  return { own: middle(counted.map(({ own }) => own)), floor: middle(counted.map(({ floor }) => floor)) }
}

function middle(bursts: Burst[]): Burst {
  const [found] = bursts.toSorted((a, b) => a.tookMs - b.tookMs).slice(Math.floor(bursts.length / 2))
  if (!found) throw new Error('nothing was measured')
  return found
}

/** Tokens of members with money in their wallets. */
async function funded(origin: string, sign: Sign, count: number): Promise<string[]> {
  const tokens = await Promise.all(Array.from({ length: count }, () => sign(newId('mem', Date.now()), 3_600)))
  const waiting = [...tokens]
  const lane = async () => {
    for (let token = waiting.pop(); token; token = waiting.pop()) await topUp(origin, token, PURSE_WON)
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return tokens
}

async function openGroupBuy(origin: string, token: string, round: number): Promise<string> {
  const asked = {
    ...{ title: `다 같이 귤 ${round}`, description: '산지에서 바로 와요.', category: 'food', unit: '상자' },
    ...{ unitPrice: UNIT_PRICE, totalUnits: JOINERS * 2, minUnits: 1, pickup: '망원역 2번 출구 앞' },
    deadline: new Date(Date.now() + 24 * HOUR_MS).toISOString(),
  }
  return Made.parse(await post(origin, '/api/v1/group-buys', asked, token)).id
}

/** Lists near the town's members in turn past every cache, each order at both sizes in turn (A B A B …). */
export async function nearLists(origins: { few: string; many: string }, dir: string): Promise<NearRow[]> {
  const rows: NearRow[] = []
  for (const sort of NEAR_SORTS) {
    const paths = askedFrom().map((near) => `/api/v1/group-buys?near=${near}&sort=${sort}`)
    const ask = (origin: string, seconds: number) => drive(origin, { paths, noCache: true }, seconds, dir)
    await ask(origins.few, WARM_SECONDS)
    await ask(origins.many, WARM_SECONDS)
    const few: Result[] = []
    const many: Result[] = []
    for (let round = 0; round < NEAR_ROUNDS; round++) {
      few.push(await ask(origins.few, NEAR_SECONDS))
      many.push(await ask(origins.many, NEAR_SECONDS))
    }
    rows.push({ sort, few: middleOf(few), many: middleOf(many) })
  }
  return rows
}

function middleOf(results: Result[]): Result {
  const [found] = results
    .toSorted((a, b) => a.requests / a.seconds - b.requests / b.seconds)
    .slice(Math.floor(results.length / 2))
  if (!found) throw new Error('nothing was measured')
  return found
}
