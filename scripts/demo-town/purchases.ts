/** What the town's members buy from each other with their wallets, so that money is to be seen in every state it can be in. */
import type { DISPUTE_REASONS } from '#contracts/trades'
import { type Chance, shuffled } from './chance.ts'
import type { TownListing } from './town.ts'

/** How far a purchase came. */
export type TownPurchaseEnd =
  | { kind: 'kept' }
  | { kind: 'handed_over' }
  | { kind: 'cancelled' }
  | {
      kind: 'disputed'
      reason: (typeof DISPUTE_REASONS)[number]
      text: string
      decision: TownDecision | null
    }
/** What the operator gave back: so many hundredths of the price, and why. */
type TownDecision = { refundPercent: number; reason: string }

export interface TownPurchase {
  /** Index into `listings`; on sale until it is bought. */
  listing: number
  /** Index into `members`. */
  buyer: number
  withCoupon: boolean
  end: TownPurchaseEnd
}

const [MINJI, JUNHO, SEOYEON] = [0, 1, 2]
const PRICE_MIN = 10_000
const PRICE_MAX = 100_000

type Wanted = { buyer: number; seller: number | null; withCoupon?: boolean; end: TownPurchaseEnd }
const WANTED: Wanted[] = [
  { buyer: MINJI, seller: null, end: { kind: 'kept' } },
  { buyer: JUNHO, seller: MINJI, end: { kind: 'kept' } },
  { buyer: MINJI, seller: null, withCoupon: true, end: { kind: 'handed_over' } },
  { buyer: SEOYEON, seller: MINJI, end: { kind: 'handed_over' } },
  { buyer: MINJI, seller: null, end: { kind: 'cancelled' } },
  {
    buyer: MINJI,
    seller: null,
    end: {
      kind: 'disputed',
      reason: 'not_as_described',
      text: '사진에는 없던 금이 바닥에 있어요. 쓸 수는 있지만 설명과 달라요.',
      decision: null,
    },
  },
  {
    buyer: SEOYEON,
    seller: JUNHO,
    end: {
      kind: 'disputed',
      reason: 'no_show',
      text: '약속한 곳에서 30분을 기다렸는데 오지 않으셨어요.',
      decision: null,
    },
  },
  {
    buyer: JUNHO,
    seller: SEOYEON,
    end: {
      kind: 'disputed',
      reason: 'broken',
      text: '집에 와서 보니 한쪽이 헐거워요.',
      decision: { refundPercent: 30, reason: '고치는 값만큼 돌려드려요. 두 분 이야기를 모두 살펴봤어요.' },
    },
  },
]

/** `taken` are the listings that something else has already been said of. */
export function purchasesOf(listings: TownListing[], taken: Set<number>, chance: Chance): TownPurchase[] {
  const open = shuffled(
    listings.flatMap(({ status, price }, index) =>
      status === 'on_sale' && price >= PRICE_MIN && price <= PRICE_MAX && !taken.has(index) ? [index] : [],
    ),
    chance,
  )
  const isDemo = (member: number) => member <= SEOYEON
  return WANTED.flatMap(({ buyer, seller, withCoupon = false, end }) => {
    const place = open.findIndex((index) => {
      const of = listings[index]?.seller ?? buyer
      return seller === null ? !isDemo(of) : of === seller
    })
    return open.splice(place, place < 0 ? 0 : 1).map((listing) => ({ listing, buyer, withCoupon, end }))
  })
}
