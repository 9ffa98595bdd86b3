import type { UnitsClaim } from '#contracts/group-buys'
import type { MemberId } from '#contracts/ids'
import type { Terms } from './group-buy-town.ts'

/** One try of one act; `from` and `to` are places in one common order. */
export type Try = {
  memberId: MemberId
  /** Tries of one act share its number; a member's acts come one after the other. */
  act: number
  /** How many they want in all; none: they leave. */
  units: number
  from: number
  to: number
  sentMs: number
  /** `ok`, a refusal's code, or `lost`. */
  code: string
  claim: UnitsClaim | null
}
/** How it stood at a moment, by whoever was asked. */
export type Sight = { from: number; to: number; filledUnits: number; state: string }
export type HeldMoney = {
  id: string
  payer: string
  amount: number
  posted: number
  state: string
  /** Transfers that took from it, and how much they moved. */
  transfers: number
  moved: number
}
export type Purse = {
  memberId: string
  opening: number
  balance: number
  held: number
  open: number
  paid: number
}

/** What the disk holds when everything is over. */
export type Rest = {
  row: { state: string; filledUnits: number; members: number; waiting: number; terminalAtMs: number | null }
  /** Who has units, by the database and by the object that decides. */
  claims: { memberId: string; units: number; holdIds: string[] }[]
  object: { state: string; claims: { memberId: string; units: number }[] }
  /** The ends that were told. */
  told: string[]
  /** What each member was to pay of the real cost; none before there is a receipt. */
  shares: { memberId: string; share: number; taken: number | null }[]
  holds: HeldMoney[]
  purses: Purse[]
  sumOfEntries: number
}

/** What was said and seen while many did things with one group buy and the power was cut, and what is left of it. */
export type Night = {
  terms: Terms
  tries: Try[]
  sights: Sight[]
  /** The place where its host was told that it is called off. */
  calledOffAt: number | null
  rest: Rest
}

const ENDS: Record<string, string> = {
  ...{ filled: 'filled', purchasing: 'filled', arrived: 'filled', handing_over: 'filled', settled: 'filled' },
  ...{ failed: 'failed', cancelled: 'cancelled' },
}

/** Everything that breaks P2; empty when nothing does. */
export const faultsOf = (night: Night): string[] => [
  ...faultsOfUnits(night),
  ...faultsOfEnd(night),
  ...faultsAfterEnd(night),
  ...faultsOfAcks(night),
  ...faultsOfMoney(night),
]

function faultsOfUnits({ terms: { totalUnits, hostUnits }, sights, tries, rest }: Night): string[] {
  const sum = (claims: { units: number }[]) => claims.reduce((all, { units }) => all + units, hostUnits)
  const takenSeen = [
    ...sights.map(({ filledUnits }) => filledUnits),
    ...tries.flatMap(({ claim }) => (claim ? [totalUnits - claim.remainingUnits] : [])),
    ...[sum(rest.claims), sum(rest.object.claims), rest.row.filledUnits],
  ]
  const inObject = new Map(rest.object.claims.map(({ memberId, units }) => [memberId, units]))
  const isSame =
    rest.row.filledUnits === sum(rest.claims) &&
    rest.row.members === rest.claims.length &&
    inObject.size === rest.claims.length &&
    rest.claims.every(({ memberId, units }) => inObject.get(memberId) === units)
  return [
    ...takenSeen.filter((taken) => taken > totalUnits).map((taken) => `${taken} of ${totalUnits} are taken`),
    ...(isSame ? [] : ['row, claims and object have other units']),
    ...(rest.row.waiting === 0 ? [] : ['somebody waits after the end']),
  ]
}

/** One end, told once, and the right one. A full one may be called off; nothing else follows an end. */
function faultsOfEnd({ terms, sights, rest }: Night): string[] {
  const { row, object, told } = rest
  const seen = [...sights.map(({ state }) => state), row.state].flatMap((state) => ENDS[state] ?? [])
  const ends = seen.filter((end, index) => end !== seen[index - 1])
  const last = ENDS[row.state]
  const isOnWay = ends.length === 1 || ends.join() === 'filled,cancelled'
  const isTold = told.at(-1) === last && (told.length === 1 || told.join() === 'filled,cancelled')
  const isFull = row.filledUnits === terms.totalUnits
  const isEnough = row.filledUnits >= terms.minUnits
  const isAtDeadline = row.terminalAtMs === terms.deadlineMs
  return [
    ...(isOnWay ? [] : [`it ended as ${ends.join(', ')}`]),
    ...(isTold ? [] : [`it is ${row.state}, told as ${told.join(', ')}`]),
    ...(object.state === last || (object.state === 'filled' && last === 'cancelled')
      ? []
      : [`its object says ${object.state}, its row ${row.state}`]),
    ...(last === 'filled' && !isEnough ? [`filled with ${row.filledUnits}`] : []),
    ...(last === 'filled' && !isFull && !isAtDeadline ? ['filled at another moment than its deadline'] : []),
    ...(last === 'failed' && (isEnough || !isAtDeadline) ? [`failed with ${row.filledUnits}`] : []),
  ]
}

function faultsAfterEnd({ terms, tries, sights, calledOffAt }: Night): string[] {
  const firstSeen = sights.find(({ state }) => state in ENDS)?.to ?? Number.POSITIVE_INFINITY
  const ended = Math.min(firstSeen, calledOffAt ?? Number.POSITIVE_INFINITY)
  return tries
    .filter(({ code, from, sentMs }) => code === 'ok' && (from > ended || sentMs >= terms.deadlineMs))
    .map(({ memberId, units }) => `${units} units of ${memberId} were acknowledged after the end`)
}

/** What a member was told is so; where an answer was lost or a place on the waiting list came true, one of two things. */
function faultsOfAcks({ tries, rest }: Night): string[] {
  const may = new Map<string, Set<number>>()
  for (const [memberId, theirs] of Map.groupBy(tries, ({ memberId: who }) => who))
    may.set(memberId, mayHave(theirs))
  const has = new Map(rest.claims.map(({ memberId, units }) => [memberId, units]))
  return [...may].flatMap(([memberId, possible]) =>
    possible.has(has.get(memberId) ?? 0)
      ? []
      : [`${memberId} has ${has.get(memberId) ?? 0}, was told ${[...possible].join(' or ')}`],
  )
}

function mayHave(tries: Try[]): Set<number> {
  let possible = new Set([0])
  for (const act of Map.groupBy(tries, ({ act: number }) => number).values()) {
    const last = act.at(-1)
    if (last?.claim) {
      const { units, waiting } = last.claim
      possible = new Set(waiting ? [units, waiting.units] : [units])
    } else if (last?.code === 'GROUP_BUY_CLOSED' && act.some(({ code }) => code === 'lost'))
      possible.add(last.units)
  }
  return possible
}

/** Each hold is taken or given back, once, or still stands for units; wallets and books agree with them. */
function faultsOfMoney({ terms, rest }: Night): string[] {
  const { holds, claims, shares, row } = rest
  const standing = ['filled', 'purchasing', 'arrived', 'handing_over'].includes(row.state)
  const open = holds.filter(({ state }) => state === 'open')
  const due = new Map(
    standing ? claims.map(({ memberId, units }) => [memberId, units * terms.unitPrice] as const) : [],
  )
  const heldOf = Map.groupBy(open, ({ payer }) => payer)
  const paidOf = Map.groupBy(holds, ({ payer }) => payer)
  const payers = new Set([...due.keys(), ...heldOf.keys(), ...shares.map(({ memberId }) => memberId)])
  const share = new Map(shares.map((each) => [each.memberId, each]))
  return [
    ...holds
      .filter(
        ({ state, transfers, moved, posted }) =>
          transfers !== (state === 'posted' ? 1 : 0) || moved !== posted,
      )
      .map(({ id, state, transfers }) => `${id} is ${state}, taken ${transfers} times`),
    ...[...payers].flatMap((payer) => {
      const held = sumOf(heldOf.get(payer) ?? [], ({ amount }) => amount)
      const paid = sumOf(paidOf.get(payer) ?? [], ({ moved }) => moved)
      const owed = row.state === 'settled' ? (share.get(payer)?.share ?? 0) : 0
      return [
        ...(held === (due.get(payer) ?? 0)
          ? []
          : [`${held} won are held of ${payer}, not ${due.get(payer) ?? 0}`]),
        ...(paid === owed ? [] : [`${payer} paid ${paid}, not ${owed}`]),
      ]
    }),
    ...rest.purses
      .filter((each) => each.balance !== each.opening - each.paid || each.held !== each.open)
      .map(({ memberId, balance, held }) => `the wallet of ${memberId} says ${balance}, ${held} held`),
    ...(rest.sumOfEntries === 0 ? [] : [`the books are off by ${rest.sumOfEntries}`]),
  ]
}

const sumOf = <Item>(items: Item[], of: (item: Item) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0)
