/** Whom the town's members talk with about their things, and which of these talks ended in a trade. */
import { type Chance, shuffled } from './chance.ts'
import type { TownListing, TownMember } from './town.ts'
import {
  type Line,
  MEETING_PLACES,
  REVIEWS_OF_BUYER,
  REVIEWS_OF_SELLER,
  TALKS,
  TALKS_EN,
} from './words/talks.ts'

type Review = (typeof REVIEWS_OF_SELLER)[number]

/** How far a talk came. A trade may have the reviews of both, of one, or of none. */
export type TownOutcome =
  | { kind: 'talking' }
  | { kind: 'appointment'; place: string; inHours: number }
  | { kind: 'sold'; bySeller: Review | null; byBuyer: Review | null }

export interface TownRoom {
  /** Index into `listings`; one that is on sale until this talk sells it. */
  listing: number
  /** Index into `members`. */
  buyer: number
  lines: readonly Line[]
  outcome: TownOutcome
}

/** The three demo accounts talk most, so that whoever looks around as one of them finds something. */
const DEMO_ACCOUNTS = 3
const ROOMS_OF_DEMO_SELLER = 6
const OTHER_ROOMS = 24
const SOLD_SHARE = 0.4
const APPOINTMENT_SHARE = 0.35

export function roomsOf(members: TownMember[], listings: TownListing[], chance: Chance): TownRoom[] {
  const open = shuffled(
    listings.flatMap(({ status, price }, index) => (status === 'on_sale' && price > 0 ? [index] : [])),
    chance,
  )
  const sellerOf = (index: number) => listings[index]?.seller ?? 0
  const demo = Array.from({ length: DEMO_ACCOUNTS }, (_, seller) =>
    open.filter((index) => sellerOf(index) === seller).slice(0, ROOMS_OF_DEMO_SELLER),
  ).flat()
  const others = open.filter((index) => sellerOf(index) >= DEMO_ACCOUNTS).slice(0, OTHER_ROOMS)
  return [...demo, ...others].map((listing, turn) => {
    const seller = sellerOf(listing)
    // Every second buyer is a demo account, where that is not the seller.
    const wanted = turn % 2 === 0 ? turn % DEMO_ACCOUNTS : chance.whole(DEMO_ACCOUNTS, members.length - 1)
    const buyer = wanted === seller ? (wanted + 1) % members.length : wanted
    const lines = chance.pick(members[seller]?.writes === 'en' ? TALKS_EN : TALKS)
    return { listing, buyer, lines, outcome: outcomeOf(chance) }
  })
}

function outcomeOf(chance: Chance): TownOutcome {
  if (chance.happens(SOLD_SHARE)) {
    return {
      kind: 'sold',
      bySeller: chance.happens(0.7) ? chance.pick(REVIEWS_OF_BUYER) : null,
      byBuyer: chance.happens(0.7) ? chance.pick(REVIEWS_OF_SELLER) : null,
    }
  }
  if (chance.happens(APPOINTMENT_SHARE)) {
    return { kind: 'appointment', place: chance.pick(MEETING_PLACES), inHours: chance.whole(20, 96) }
  }
  return { kind: 'talking' }
}
