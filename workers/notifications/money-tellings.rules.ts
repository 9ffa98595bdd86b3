import type { EventOf } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import type { ESCROW_NEWS } from './params.rules.ts'
import { type NameOf, ofTrade, type Telling } from './tellings.rules.ts'

type EscrowEvent = EventOf<
  | 'trade.paid'
  | 'trade.cancelled'
  | 'trade.disputed'
  | 'trade.decided'
  | 'trade.refunded'
  | 'trade.release_due'
>
type Side = 'seller' | 'buyer'
type News = (typeof ESCROW_NEWS)[number]

/** What the news is about for each side: what moves for them, or does not yet. */
function amountFor(side: Side, { type, data }: EscrowEvent): number {
  switch (type) {
    case 'trade.paid':
      return side === 'seller' ? data.price : data.paid
    case 'trade.cancelled':
      return data.paid
    case 'trade.disputed':
      return data.price
    case 'trade.decided':
      return side === 'seller' ? data.price - data.refunded : data.refund
    case 'trade.refunded':
      return data.refund
    case 'trade.release_due':
      return data.price - data.refunded
  }
}

const NEWS: Record<EscrowEvent['type'], News> = {
  'trade.paid': 'paid',
  'trade.cancelled': 'cancelled',
  'trade.disputed': 'disputed',
  'trade.decided': 'decided',
  'trade.refunded': 'refunded',
  'trade.release_due': 'release_due',
}
/** What a side must not miss: someone else decides, or has decided, about their money. */
const WORTH_A_LETTER: readonly News[] = ['disputed', 'decided']

/** Each side reads the other's name; who did it knows. What nobody of the two did concerns both. */
export function ofEscrow(event: EscrowEvent, nameOf: NameOf): Telling[] {
  return sidesToTell(event).map((side) =>
    tellingOf(event.data, NEWS[event.type], side, amountFor(side, event), nameOf),
  )
}

/** A deal is done: of one paid with the wallet the seller reads what came in, the buyer that it is over. */
export function ofCompletion(event: EventOf<'trade.completed'>, nameOf: NameOf): Telling[] {
  const { data } = event
  const { escrow } = data
  if (escrow === undefined) return ofTrade(event, nameOf)
  return sidesToTell(event).map((side) =>
    tellingOf(data, 'released', side, data.price - escrow.refunded, nameOf),
  )
}

type Dealt = { actorId: MemberId | null; data: { sellerId: MemberId; buyerId: MemberId } }
const sidesToTell = ({ actorId, data }: Dealt): Side[] =>
  (['seller', 'buyer'] as const).filter((side) => memberAt(data, side) !== actorId)

const memberAt = ({ sellerId, buyerId }: Dealt['data'], side: Side): MemberId =>
  side === 'seller' ? sellerId : buyerId

function tellingOf(
  data: EscrowEvent['data'] | EventOf<'trade.completed'>['data'],
  kind: News,
  side: Side,
  amount: number,
  nameOf: NameOf,
): Telling {
  const peer = memberAt(data, side === 'seller' ? 'buyer' : 'seller')
  return {
    to: [memberAt(data, side)],
    params: { type: 'trade', what: { kind, side, amount }, name: nameOf(peer), title: data.listingTitle },
    url: `/me/trades/${data.tradeId}`,
    ...(WORTH_A_LETTER.includes(kind) ? {} : { byMail: 'never' }),
  }
}

/** A member who saw their own top-up through needs no telling; one that the provider finished behind their back does. */
export const ofCharge = ({ data, actorId }: EventOf<'wallet.charged'>): Telling[] => [
  {
    to: data.memberId === actorId ? [] : [data.memberId],
    params: { type: 'wallet', what: { kind: 'charged', amount: data.amount } },
    url: '/wallet',
    byMail: 'never',
  },
]

export const ofTransfer = ({ data }: EventOf<'wallet.transferred'>, nameOf: NameOf): Telling[] => [
  {
    to: data.toId === data.fromId ? [] : [data.toId],
    params: {
      type: 'wallet',
      what: { kind: 'received', amount: data.amount, name: nameOf(data.fromId), memo: data.memo },
    },
    url: '/wallet',
    byMail: 'never',
  },
]

/** The bank's word, whoever asked for the pay-out: the member is told of both, and by letter where it failed. */
export function ofPayout({
  type,
  data,
}: EventOf<'wallet.paid_out'> | EventOf<'wallet.payout_failed'>): Telling[] {
  const told = { to: [data.memberId], url: '/wallet' }
  const { amount } = data
  if (type === 'wallet.payout_failed')
    return [{ ...told, params: { type: 'wallet', what: { kind: 'payout_failed', amount } } }]
  return [{ ...told, params: { type: 'wallet', what: { kind: 'paid_out', amount } }, byMail: 'never' }]
}

export const ofCoupon = ({ data }: EventOf<'coupon.expiring'>): Telling[] => [
  {
    to: [data.memberId],
    params: { type: 'coupon', title: data.title, expiresAtMs: data.expiresAtMs },
    url: '/me/coupons',
    source: `coupon:${data.couponId}`,
  },
]
