import { firstFaultOf, memberText, sha256Hex } from '#contracts/coupon-chain'
import type { ReceiptLink } from '#contracts/coupons'

/** A coupon as one side tells it. */
export type Told = { memberId: string; couponId: string; sequence: number }

/** What was said and what is kept after a rush for `total` coupons. */
export type ClaimHistory = {
  total: number
  /** Every win that a member was told of, as often as they were told. */
  won: Told[]
  /** The answer a member got first, and the one their retry with the same key got. */
  retried: { memberId: string; first: string; again: string }[]
  /** The object's own chain. */
  chain: { head: string; links: ReceiptLink[] }
  /** The database's coupons. */
  projected: Told[]
  /** What members find in their own lists. */
  mine: Told[]
}

/** Everything that breaks "exactly so many, each to one, in order, and for good"; empty when nothing does. */
export async function faultsOf(history: ClaimHistory): Promise<string[]> {
  const { total, chain, projected, mine, won } = history
  const inChain = new Map(chain.links.map((link) => [link.sequence, link]))
  const fault = await firstFaultOf(chain.links, chain.head)
  return [
    ...(chain.links.length === total ? [] : [`${chain.links.length} of ${total} were given out`]),
    ...(fault === null ? [] : [`the chain has ${fault.fault} at ${fault.sequence}`]),
    ...faultsOfWins(won, total),
    ...(await Promise.all(won.map((one) => faultsOfTold('told', one, inChain)))).flat(),
    ...(await Promise.all(projected.map((one) => faultsOfTold('in the database', one, inChain)))).flat(),
    ...(await Promise.all(mine.map((one) => faultsOfTold('in their list', one, inChain)))).flat(),
    ...countFaults('the database', projected, total),
    ...countFaults('the lists', mine, total),
    ...won.filter((one) => !has(mine, one)).map((one) => `${one.memberId} does not find ${one.couponId}`),
    ...history.retried
      .filter(({ first, again }) => first !== again)
      .map(({ memberId }) => `${memberId}'s retry was answered otherwise than the first time`),
  ]
}

function faultsOfWins(won: Told[], total: number): string[] {
  const coupons = new Map<string, Set<string>>()
  for (const { memberId, couponId } of won)
    coupons.set(memberId, (coupons.get(memberId) ?? new Set()).add(couponId))
  const twice = [...coupons].filter(([, ids]) => ids.size > 1).map(([memberId]) => `${memberId} won twice`)
  const places = new Set(won.map(({ sequence }) => sequence))
  const winners = coupons.size === total ? [] : [`${coupons.size} members won ${total}`]
  return [...twice, ...winners, ...(places.size === total ? [] : [`${places.size} places were told`])]
}

async function faultsOfTold(where: string, told: Told, chain: Map<number, ReceiptLink>): Promise<string[]> {
  const link = chain.get(told.sequence)
  const isTheirs =
    link?.couponId === told.couponId &&
    link.member === (await sha256Hex(memberText(told.memberId, told.couponId)))
  return isTheirs ? [] : [`${told.couponId}, ${where}, is not number ${told.sequence} of the chain`]
}

const countFaults = (what: string, told: Told[], total: number): string[] =>
  new Set(told.map(({ couponId }) => couponId)).size === total && told.length === total
    ? []
    : [`${what} hold ${told.length} of ${total}`]

const has = (among: Told[], { memberId, couponId, sequence }: Told): boolean =>
  among.some((one) => one.memberId === memberId && one.couponId === couponId && one.sequence === sequence)

/** Does so many things at once until all are done. */
export async function atOnce<Item, Made>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Made>,
): Promise<Made[]> {
  const made: Made[] = []
  let next = 0
  const lane = async () => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index]
      if (item !== undefined) made[index] = await work(item)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return made
}
