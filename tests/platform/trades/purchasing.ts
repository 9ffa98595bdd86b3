import type { CouponId, MemberId } from '#contracts/ids'
import { Trade } from '#contracts/trades'
import { newId } from '#kit/id'
import { startTrades, type Talk, type TradesAlone } from './alone.ts'

/** What the things here cost, and what their buyers have. */
export const PRICE = 30_000
export const PURSE = 100_000

/** Ticks of days to come would forget the facts these tests look at. */
const KEEP_FACTS = 'CREATE TRIGGER keep_facts BEFORE DELETE ON outbox BEGIN SELECT RAISE(IGNORE); END'

let keys = 0
export const newKey = () => `key-${Date.now()}-${keys++}`

/** The trades worker alone with its workflow, between stand-ins that keep real books. */
export async function startPurchasing() {
  const town = await startTrades()
  await town.db.prepare(KEEP_FACTS).run()
  return { town, ...stepsOf(town) }
}

type Over = { couponId?: CouponId; expectedPrice?: number; key?: string; as?: MemberId }

/** What buyers and sellers do, and what can be seen of it. */
function stepsOf(town: TradesAlone) {
  /** A thing on sale, and a neighbour with money who wrote about it. */
  async function talk(purse = PURSE): Promise<Talk> {
    const between = await town.talk()
    await town.tell({ kind: 'purse', memberId: between.buyerId, amount: purse })
    return between
  }
  async function coupon(memberId: MemberId, off = 3_000): Promise<CouponId> {
    const id = newId('cpn', Date.now())
    await town.tell({ kind: 'coupon', id, memberId, off })
    return id
  }

  const buy = (between: Talk, { key = newKey(), as = between.buyerId, ...over }: Over = {}) =>
    town.call('POST', 'trades', {
      ...{ as, key },
      json: { listingId: between.listingId, expectedPrice: PRICE, ...over },
    })
  async function paid(between: Talk, over: Over = {}): Promise<Trade> {
    const answer = await buy(between, over)
    if (answer.status !== 201) throw new Error(`not paid: ${answer.status} ${answer.text}`)
    return Trade.parse(answer.json)
  }
  const act = (as: MemberId, { id }: Pick<Trade, 'id'>, what: string, json?: object, key = newKey()) =>
    town.call('POST', `trades/${id}/${what}`, { as, key, ...(json ? { json } : {}) })
  const object = (as: MemberId, trade: Trade) =>
    act(as, trade, 'dispute', { reason: 'broken', text: '다리가 부러져 있어요' })

  const look = async (as: MemberId, id: string) =>
    Trade.parse((await town.call('GET', `trades/${id}`, { as })).json)
  const wallets = async (between: Talk) => {
    const { wallets } = await town.booksOf([between.sellerId, between.buyerId])
    return { seller: wallets[0]?.total, buyer: wallets[1]?.total, held: wallets[1]?.held }
  }
  const typesOf = async (id: string) => (await town.factsOf(id)).map(({ type }) => type)

  return { talk, coupon, buy, paid, act, object, look, wallets, typesOf }
}

export type Purchasing = Awaited<ReturnType<typeof startPurchasing>>
