import { z } from 'zod'
import type { CallContext } from '#contracts/call'
import { Campaign, Claim, Coupon } from '#contracts/coupons'
import type { CouponsApi } from '#contracts/coupons.api'
import {
  type CampaignId,
  type CouponId,
  type MemberId,
  MemberId as MemberIdSchema,
  type TradeId,
} from '#contracts/ids'
import type { CouponCounter } from '#do/coupon-counter/index'
import { HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { type Answer, newMember, startAlone } from '../../support/worker-alone.ts'

export { type Answer, newMember } from '../../support/worker-alone.ts'

export const OPERATOR: MemberId = newMember()
const Incidents = z.array(z.object({ key: z.string(), invariant: z.string(), explanation: z.string() }))
const Mine = z.object({ items: z.array(Coupon), nextCursor: z.string().nullable() })
const Row = z.object({ memberId: MemberIdSchema, couponId: z.string(), sequence: z.int() })

type Bindings = { DB: D1Database; COUPON_COUNTER: DurableObjectNamespace<CouponCounter> }

/** The coupons worker alone in workerd; identity and payments are stand-ins (neighbours.worker.ts). */
export async function startCoupons() {
  const alone = await startAlone<Bindings, { COUPONS: Service<CouponsApi> }>({
    domain: 'coupons',
    neighbours: ['IDENTITY', 'PAYMENTS'],
    entrypoint: 'CouponsRpc',
  })
  const { db, worker, neighbours, call, close } = alone
  const { COUPONS } = await neighbours.getEnv()

  /** Opens a campaign that is open right now for an hour, unless said otherwise. */
  async function open(over: object = {}): Promise<Campaign> {
    const answer = await call('POST', 'coupons/campaigns', {
      as: OPERATOR,
      role: 'operator',
      json: { ...requestOf(), ...over },
    })
    if (answer.status !== 201) throw new Error(`not opened: ${answer.status} ${answer.text}`)
    return Campaign.parse(answer.json)
  }
  const claim = (as: MemberId, id: CampaignId, key?: string): Promise<Answer> =>
    call('POST', `coupons/campaigns/${id}/claims`, { as, ...(key === undefined ? {} : { key }) })
  async function won(as: MemberId, id: CampaignId): Promise<Claim> {
    const answer = await claim(as, id)
    if (answer.status !== 201) throw new Error(`not won: ${answer.status} ${answer.text}`)
    return Claim.parse(answer.json)
  }
  const edit = (id: CampaignId, json: object): Promise<Answer> =>
    call('PATCH', `coupons/campaigns/${id}`, { as: OPERATOR, role: 'operator', json })
  const mine = async (as: MemberId, query = ''): Promise<Coupon[]> =>
    Mine.parse((await call('GET', `me/coupons${query}`, { as })).json).items

  const ctx: CallContext = {
    actor: { kind: 'worker', worker: 'trades' },
    requestId: 'test',
    idempotencyKey: 'test',
  }
  /** What trades asks; a chair for 20,000 won unless said otherwise. */
  const rpc = {
    hold: (
      couponId: CouponId,
      memberId: MemberId,
      tradeId: TradeId,
      over: Partial<Parameters<CouponsApi['hold']>[1]> = {},
    ) =>
      COUPONS.hold(ctx, {
        couponId,
        memberId,
        tradeId,
        thing: { price: 20_000, category: 'furniture' },
        untilMs: Date.now() + HOUR_MS,
        ...over,
      }),
    redeem: (couponId: CouponId, tradeId: TradeId) => COUPONS.redeem(ctx, { couponId, tradeId }),
    release: (couponId: CouponId, tradeId: TradeId) => COUPONS.release(ctx, { couponId, tradeId }),
  }
  /** The minute tick, as if it were so much later. */
  const tick = (laterMs = 0) => COUPONS.tick({ atMs: Date.now() + laterMs })
  const incidents = async () => Incidents.parse(await (await neighbours.fetch('http://neighbours/')).json())
  /** The database's coupons of a campaign. */
  const projected = async (id: CampaignId) => {
    const query =
      'SELECT member_id AS memberId, id AS couponId, sequence FROM coupons WHERE campaign_id = ? ORDER BY sequence'
    return z.array(Row).parse((await db.prepare(query).bind(id).all()).results)
  }
  /** Throws a day's object out of memory; whether it was in there. */
  const evict = ({ id, day }: { id: CampaignId; day: string }): Promise<boolean> =>
    worker.evictDurableObject('COUPON_COUNTER', { name: `${id}:${day}` }).then(
      () => true,
      (error: unknown) => {
        if (/not currently running/.test(String(error))) return false
        throw error
      },
    )

  return { ...alone, call, open, claim, won, edit, mine, rpc, tick, incidents, projected, evict, close }
}
export type CouponsAlone = Awaited<ReturnType<typeof startCoupons>>

/** What an operator sends to open a campaign. */
export const requestOf = () => ({
  title: '첫눈 쿠폰',
  discount: { kind: 'amount', amount: 3_000 },
  minSpend: 5_000,
  categories: [],
  total: 100,
  rhythm: {
    kind: 'once',
    opensAt: new Date(Date.now() - 60_000).toISOString(),
    closesAt: new Date(Date.now() + HOUR_MS).toISOString(),
  },
})

export const newTrade = (): TradeId => newId('trd', Date.now())
