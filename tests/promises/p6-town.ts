import { z } from 'zod'
import type { Refusal, Result } from '#contracts/errors'
import { type CouponId, type ListingId, type MemberId, TradeId } from '#contracts/ids'
import type { ListingCard } from '#contracts/listings'
import { noCompletion } from '#kit/idempotency'
import { ok, refuse } from '#kit/result'
import { openD1 } from '../../bench/sqlite-d1.ts'
import type { Asker } from '../../workers/trades/asker.ts'
import { carryOut } from '../../workers/trades/carry.service.ts'
import type { TradesEnv } from '../../workers/trades/env.ts'
import { Books, CouponBook, Shelves, type Thing } from '../platform/trades/books.ts'
import { databaseOf } from '../support/sqlite-d1.ts'

/** What goes wrong at one of the places where a purchase can be cut off. */
export type Fault = {
  /** The how-manieth call of a neighbour or write of ours. */
  at: number
  /** Nothing happened yet; or it did, and nobody hears of it. */
  when: 'before' | 'after'
  /** The whole process dies there, or only that one answer is lost. */
  what: 'power cut' | 'lost answer'
}

const FLOW_TRIES = 4

/** What is broken: payments settles twice; nobody puts a thing on sale again, gives money back, or sells the thing. */
type Variant = {
  forgetfulLedger?: boolean
  undoneByNobody?: boolean
  releasedByNobody?: boolean
  soldByNobody?: boolean
}

/**
 * The trades worker's own services on SQLite in this process, between neighbours that keep real books. Every call of a neighbour and
 * every write is counted, and each can be where the power goes.
 */
export function startSagaTown(variant: Variant = {}) {
  const sqlite = openSchema()
  const books = new Books(variant.forgetfulLedger)
  const coupons = new CouponBook()
  const shelves = new Shelves()
  /** What the audit told the operators, by its keys. */
  const incidents = new Set<string>()
  let faults: Fault[] = []
  let places = 0
  let hasPower = true

  /** A place where it can be cut off. */
  async function place<Value>(work: () => Value | Promise<Value>): Promise<Value> {
    alive()
    places += 1
    const fault = faults.find(({ at }) => at === places)
    if (fault?.when === 'before') fail(fault)
    const value = await work()
    if (fault?.when === 'after') fail(fault)
    return value
  }
  function fail({ what }: Fault): never {
    if (what === 'power cut') hasPower = false
    throw new Error(what)
  }
  function alive(): void {
    if (!hasPower) throw new Error('no power')
  }

  const listings = {
    card: async (_ctx: unknown, id: ListingId) => {
      alive()
      const thing = shelves.things.get(id)
      return thing ? ok(cardOf(thing)) : refuse('NOT_FOUND')
    },
    reserve: (_ctx: unknown, request: Parameters<Shelves['reserve']>[0]) =>
      place(() => carded(shelves.reserve(request))),
    unreserve: (_ctx: unknown, { id, tradeId }: { id: ListingId; tradeId: TradeId }) =>
      place(() => (variant.undoneByNobody ? ok(null) : shelves.unreserve(id, tradeId))),
    markSold: (_ctx: unknown, { id, tradeId }: { id: ListingId; tradeId: TradeId }) =>
      place(() => (variant.soldByNobody ? carded(shelves.as(id)) : carded(shelves.markSold(id, tradeId)))),
    salesOf: (_ctx: unknown, ids: ListingId[]) => place(() => shelves.salesOf(ids)),
  }
  const payments = {
    hold: (_ctx: unknown, request: Parameters<Books['hold']>[0]) => place(() => books.hold(request)),
    settle: (_ctx: unknown, request: Parameters<Books['settle']>[0]) => place(() => books.settle(request)),
    release: (_ctx: unknown, { holdIds }: { holdIds: Parameters<Books['release']>[0] }) =>
      place(() => (variant.releasedByNobody ? ok([]) : books.release(holdIds))),
    prolong: (_ctx: unknown, request: { holdIds: Parameters<Books['prolong']>[0]; expiresAtMs: number }) =>
      place(() => books.prolong(request.holdIds, request.expiresAtMs)),
    refund: (_ctx: unknown, request: Parameters<Books['refund']>[0]) => place(() => books.refund(request)),
    holdsOfMany: (_ctx: unknown, ids: TradeId[]) => place(() => books.holdsOfMany(ids)),
    reportIncident: (_ctx: unknown, incident: { key: string }) =>
      place(() => void incidents.add(incident.key)),
  }
  const couponsRpc = {
    hold: (_ctx: unknown, request: Parameters<CouponBook['hold']>[0]) => place(() => coupons.hold(request)),
    redeem: (_ctx: unknown, { couponId, tradeId }: { couponId: CouponId; tradeId: TradeId }) =>
      place(() => coupons.redeem(couponId, tradeId)),
    release: (_ctx: unknown, { couponId, tradeId }: { couponId: CouponId; tradeId: TradeId }) =>
      place(() => coupons.release(couponId, tradeId)),
  }
  const identity = {
    members: async (_ctx: unknown, ids: MemberId[]) =>
      ok(ids.map((id) => ({ id, nickname: '이웃', photo: null }))),
  }
  const flow = {
    create: ({ id }: { id: string }) => place(() => void flowOf(TradeId.parse(id))),
    get: async (id: string) => ({
      status: async () => ({ status: 'running' }),
      sendEvent: () => place(() => void flowOf(TradeId.parse(id))),
    }),
  }
  /** A workflow: carries out what the row says, each step tried a few times; it dies with the power. */
  function flowOf(id: TradeId): void {
    void carryOut(env, id, async (_name, work) => {
      for (let tries = 1; ; tries++) {
        try {
          return await work()
        } catch (error) {
          if (tries === FLOW_TRIES || !hasPower) throw error
        }
      }
    }).catch(() => {})
  }

  const queue = { sendBatch: () => place(() => {}) }
  const env = AsEnv.parse({
    DB: guarded(sqlite.db, { place, alive }),
    ...{ IDENTITY: identity, LISTINGS: listings, PAYMENTS: payments, COUPONS: couponsRpc },
    ...{ TRADE_FLOW: flow, CHAT: { roomOf: async () => refuse('NOT_FOUND') } },
    ...{ CHAT_INBOX: queue, NOTIFICATIONS_INBOX: queue, CURSOR_SECRET: 'x'.repeat(32) },
  })

  return {
    ...{ env, books, coupons, shelves, incidents, db: sqlite.db, exec: sqlite.exec },
    /** From now on these go wrong; places are counted anew. */
    plan(next: Fault[]): void {
      faults = next
      places = 0
      hasPower = true
    },
    /** The power is back; what was under way is not. */
    revive(): void {
      faults = []
      hasPower = true
    },
    placesPassed: () => places,
    hasPower: () => hasPower,
    close: () => sqlite.close(),
  }
}
export type SagaTown = ReturnType<typeof startSagaTown>

/** The database of trades, empty, in memory. (The name is for who listens; here nobody does.) */
function openSchema() {
  const opened = openD1(':memory:', 'LISTINGS')
  const schema = databaseOf('trades')
  const statements = schema
    .prepare("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
    .all()
  schema.close()
  for (const { sql } of statements) opened.exec(String(sql))
  return opened
}

type Power = {
  place: <Value>(work: () => Value | Promise<Value>) => Promise<Value>
  alive: () => void
}

/** The database as a process with that power sees it: every write is a place where it can be cut off, nothing is read without power. */
function guarded(db: D1Database, { place, alive }: Power): D1Database {
  const wrap = (statement: D1PreparedStatement): object => ({
    ...statement,
    bind: (...values: unknown[]) => wrap(statement.bind(...values)),
    run: () => place(() => statement.run()),
    all: async () => {
      alive()
      return await statement.all()
    },
    first: async () => {
      alive()
      return await statement.first()
    },
  })
  return AsD1.parse({
    prepare: (sql: string) => wrap(db.prepare(sql)),
    batch: (statements: D1PreparedStatement[]) => place(() => db.batch(statements)),
  })
}

const AsEnv = z.custom<TradesEnv>((value) => typeof value === 'object')
const AsD1 = z.custom<D1Database>((value) => typeof value === 'object')

const carded = (answer: Result<Thing>): Result<ListingCard> => (answer.ok ? ok(cardOf(answer.value)) : answer)

const cardOf = ({ id, sellerId, price, status }: Thing): ListingCard => ({
  ...{ id, title: '원목 책상', category: 'furniture', price, currency: 'KRW', status },
  ...{ images: [], imageCount: 0, seller: { id: sellerId, nickname: '판매자', photo: null }, region: null },
  counts: { views: 0, wishes: 0, comments: 0, chats: 0 },
  createdAt: '2026-11-01T00:00:00.000Z',
  bumpedAt: '2026-11-01T00:00:00.000Z',
})

export const asks = (memberId: MemberId, atMs = Date.now()): Asker => ({
  ...{ memberId, requestId: 'p6', completion: noCompletion, atMs },
})

/** Asks like a client that means it: what is not answered is asked again under the same key; a refusal is an answer. */
export async function insistently<Value>(
  act: () => Promise<Result<Value>>,
  whenCut: () => Promise<void>,
): Promise<Value | Refusal> {
  for (;;) {
    try {
      const answer = await act()
      if (answer.ok) return answer.value
      if (!['UNAVAILABLE', 'REQUEST_IN_FLIGHT'].includes(answer.refusal.code)) return answer.refusal
    } catch {
      // Nobody answered.
    }
    await whenCut()
  }
}
