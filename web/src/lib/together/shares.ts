/** Won for each part of these sizes: all of it, to the won; what division leaves over goes to the largest remainders, of equal ones the first. */
export function splitWon(total: number, sizes: readonly number[]): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0)
  if (all === 0) return sizes.map(() => 0)
  // Exact, where total × size is beyond what a number holds.
  const parts = sizes.map((size, at) => {
    const product = BigInt(total) * BigInt(size)
    return { at, whole: Number(product / BigInt(all)), rest: product % BigInt(all) }
  })
  const left = total - parts.reduce((sum, { whole }) => sum + whole, 0)
  const luckier = parts.toSorted((a, b) => (a.rest === b.rest ? a.at - b.at : a.rest > b.rest ? -1 : 1))
  const one = new Set(luckier.slice(0, left).map(({ at }) => at))
  return parts.map(({ at, whole }) => whole + (one.has(at) ? 1 : 0))
}

export type Portion = {
  /** How many people get such a portion. */
  people: number
  /** Units each of them gets; null when there are more people than units and they share what there is. */
  units: number | null
  cost: number
  atShop: number | null
}
type Bought = { units: number; people: number; unitPrice: number; shopUnitPrice: number | null }

/** How these units go among so many people: whole units as evenly as they go, the larger portions first. */
export function portionsOf({ units, people, unitPrice, shopUnitPrice }: Bought): Portion[] {
  if (units < 1 || people < 1) return []
  if (people > units) return sharedPortions({ units, people, unitPrice, shopUnitPrice })
  const fewer = Math.floor(units / people)
  const withOneMore = units % people
  const sizes = [
    { people: withOneMore, units: fewer + 1 },
    { people: people - withOneMore, units: fewer },
  ]
  return sizes
    .filter((size) => size.people > 0)
    .map((size) => ({
      ...size,
      cost: size.units * unitPrice,
      atShop: shopUnitPrice === null ? null : size.units * shopUnitPrice,
    }))
}

/** Fewer units than people: only the money is split, and some pay one won more. */
function sharedPortions({ units, people, unitPrice, shopUnitPrice }: Bought): Portion[] {
  const evenly = (total: number) =>
    splitWon(
      total,
      Array.from({ length: people }, () => 1),
    )
  const costs = evenly(units * unitPrice)
  const atShop = shopUnitPrice === null ? null : Math.floor((units * shopUnitPrice) / people)
  return [...new Set(costs)].map((cost) => ({
    people: costs.filter((other) => other === cost).length,
    units: null,
    cost,
    atShop,
  }))
}

/** What the shop would take more for so many units; 0 when it is no cheaper here, or nobody knows. */
export const savedWon = (units: number, unitPrice: number, shopUnitPrice: number | null): number =>
  shopUnitPrice === null ? 0 : Math.max(0, units * (shopUnitPrice - unitPrice))

/** Whole percents below the shop's price, rounded down; 0 when it is not below. */
export const percentBelow = (unitPrice: number, shopUnitPrice: number): number =>
  shopUnitPrice <= 0 ? 0 : Math.max(0, Math.floor(((shopUnitPrice - unitPrice) * 100) / shopUnitPrice))

export type SheetLine = { units: number; share: number; refund: number }
type Sheet = { unitPrice: number; memberUnits: readonly number[]; hostUnits: number; mayRise: boolean }

/**
 * The settlement as it would be sent: the members' lines in their order and the host's share, together exactly the total. Without a vote
 * nobody pays more than was put aside; the host bears the rest.
 */
export function sheetOf(
  total: number,
  { unitPrice, memberUnits, hostUnits, mayRise }: Sheet,
): { members: SheetLine[]; host: number } {
  const shares = splitWon(total, [...memberUnits, hostUnits])
  const members = memberUnits.map((units, at) => {
    const held = units * unitPrice
    const exact = shares[at] ?? 0
    const share = mayRise ? exact : Math.min(exact, held)
    return { units, share, refund: Math.max(0, held - share) }
  })
  return { members, host: total - members.reduce((sum, { share }) => sum + share, 0) }
}

/** Whether a real cost is so far above what was agreed that its members must say yes. */
export const needsVote = (total: number, agreed: number, risePercent: number): boolean =>
  total * 100 > agreed * (100 + risePercent)
