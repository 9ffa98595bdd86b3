/**
 * The demo town: who lives in it, what they sell and what they say to each other. Pure: the same seed gives the same
 * town everywhere and always; times are distances back from a "now" that the caller chooses.
 */
import type { Category } from '#contracts/listings'
import { AVATAR_KINDS, type Avatar } from './avatar.ts'
import { type Chance, chanceOf, shuffled } from './chance.ts'
import type { ScenePhoto } from './draw.ts'
import { listingsOf } from './listings.ts'
import { TOWN_PLACES, type TownPlace } from './places.ts'
import { purchasesOf, type TownPurchase } from './purchases.ts'
import { roomsOf, type TownRoom } from './rooms.ts'
import { commentsOf, wishesOf } from './talk.ts'
import { LOGIN_IDS, NICKNAMES } from './words/phrases.ts'

export interface TownMember {
  loginId: string
  nickname: string
  email: string
  avatar: Avatar
  place: TownPlace
  radiusKm: number
  writes: 'ko' | 'en'
}

export interface TownListing {
  /** Index into `members`. */
  seller: number
  title: string
  description: string
  category: Category
  /** Won; 0 is a giveaway. */
  price: number
  status: 'on_sale' | 'reserved' | 'sold'
  photos: ScenePhoto[]
  region: string
  lat: number
  lng: number
  createdMsAgo: number
}

export interface TownComment {
  /** Index into `listings`. */
  listing: number
  /** Index into `members`. */
  author: number
  /** Index into `comments` of the one it answers, which always stands before it. */
  parent: number | null
  text: string
  createdMsAgo: number
}

export interface TownWish {
  listing: number
  member: number
  createdMsAgo: number
}

export interface Town {
  members: TownMember[]
  listings: TownListing[]
  comments: TownComment[]
  wishes: TownWish[]
  rooms: TownRoom[]
  purchases: TownPurchase[]
}

export const MEMBERS = 30
export const LISTINGS = 400
export const COMMENTS = 500
export const WISHES = 900
/** The last few members write English; about a tenth of the listings is theirs. */
const ENGLISH_WRITERS = 4
const RADII_KM = [3, 5, 5, 10, 20] as const

/** The town that belongs to a seed. */
export function townOf(seed: number): Town {
  const chance = chanceOf(seed)
  const members = membersOf(chance)
  const listings = listingsOf(members, LISTINGS, chance)
  const rooms = roomsOf(members, listings, chanceOf(seed + 1))
  const talkedOf = new Set(rooms.map(({ listing }) => listing))
  return {
    members,
    listings,
    comments: commentsOf({ members, listings }, COMMENTS, chance),
    wishes: wishesOf({ members, listings }, WISHES, chance),
    // Drawn from chances of their own: what stood before stays as it was.
    rooms,
    purchases: purchasesOf(listings, talkedOf, chanceOf(seed + 2)),
  }
}

/** The first three are the demo accounts: their names, sign-in names and neighbourhoods never change with the seed. */
function membersOf(chance: Chance): TownMember[] {
  const others = shuffled(
    Array.from({ length: MEMBERS }, (_, index) => TOWN_PLACES[index % TOWN_PLACES.length] ?? TOWN_PLACES[0]),
    chance,
  )
  return Array.from({ length: MEMBERS }, (_, index) => {
    const loginId = LOGIN_IDS[index] ?? `neighbour${index}`
    return {
      loginId,
      nickname: NICKNAMES[index] ?? loginId,
      email: `${loginId}@madang.example`,
      avatar: {
        kind: index < 3 ? ('face' as const) : chance.pick(AVATAR_KINDS),
        seed: chance.whole(1, 99_999),
      },
      place: (index < 3 ? TOWN_PLACES[index] : others[index]) ?? TOWN_PLACES[0],
      radiusKm: chance.pick(RADII_KM),
      writes: index >= MEMBERS - ENGLISH_WRITERS ? ('en' as const) : ('ko' as const),
    }
  })
}
