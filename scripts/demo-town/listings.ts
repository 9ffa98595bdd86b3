/** What the town's members offer. */
import type { Chance } from './chance.ts'
import { shuffled } from './chance.ts'
import type { TownListing, TownMember } from './town.ts'
import { ENGLISH_GOODS } from './words/goods.en.ts'
import { GOODS, type Good } from './words/goods.ts'
import * as words from './words/phrases.ts'

export const DAY_MS = 24 * 60 * 60 * 1000
/** Listings lie between a few minutes and thirty days back, more of them recent. */
const OLDEST_MS = 30 * DAY_MS
const NEWEST_MS = 4 * 60 * 1000
const RECENT_BIAS = 1.5
/** About 1.3 km, so that distances differ within a neighbourhood. */
const SCATTER_DEGREES = 0.012
const ENGLISH_SHARE = 0.1
/** Giveaways are small things; this makes them about 8 % of all. */
const FREE_SHARE_OF_SMALL = 0.14
const SMALL_THING_FROM = 15_000
const PHOTO_COUNTS = [1, 1, 1, 1, 1, 1, 2, 2, 3, 4] as const
const TITLE_ENDINGS_KO = [
  ' 팝니다',
  ' 싸게 보내요',
  ' 상태 좋아요',
  ' 급하게 정리해요',
  ' 오늘 가져가실 분',
] as const
const TITLE_ENDINGS_EN = [', good condition', ', moving sale', ', must go this week'] as const

interface Deck {
  next(): { good: Good; title: string }
}

/** Deals goods in a shuffled order and gives every title once before any is reworded. */
function deckOf(goods: readonly Good[], endings: readonly [string, ...string[]], chance: Chance): Deck {
  const used = new Set<string>()
  let pile: Good[] = []
  return {
    next() {
      if (pile.length === 0) pile = shuffled(goods, chance)
      const good = pile.pop() ?? chance.pick([goods[0] ?? GOODS[0] ?? never(), ...goods])
      const fresh = shuffled(good.titles, chance).find((title) => !used.has(title))
      const title = fresh ?? reworded(good, endings, used, chance)
      used.add(title)
      return { good, title }
    },
  }
}

const never = (): never => {
  throw new Error('the catalogue is empty')
}

function reworded(
  { titles }: Good,
  endings: readonly [string, ...string[]],
  used: Set<string>,
  chance: Chance,
): string {
  const closed = (title: string) => /[요다]$/.test(title)
  const options = titles
    .filter((title) => !closed(title))
    .flatMap((title) => endings.map((ending) => title + ending))
  return shuffled(options, chance).find((title) => !used.has(title)) ?? chance.pick(titles)
}

/** `count` listings by `members`, in the order they were posted, oldest first. */
export function listingsOf(members: TownMember[], count: number, chance: Chance): TownListing[] {
  const korean = deckOf(GOODS, TITLE_ENDINGS_KO, chance)
  const english = deckOf(ENGLISH_GOODS, TITLE_ENDINGS_EN, chance)
  const sellers = { ko: indexes(members, 'ko'), en: indexes(members, 'en') }
  const listings = Array.from({ length: count }, (_, index) => {
    const language = index % Math.round(1 / ENGLISH_SHARE) === 0 ? 'en' : 'ko'
    const among = sellers[language]
    const seller = among[chance.whole(0, among.length - 1)] ?? 0
    const member = members[seller] ?? never()
    return oneListing({ seller, member, index, ...(language === 'en' ? english : korean).next() }, chance)
  })
  return listings.sort((a, b) => b.createdMsAgo - a.createdMsAgo)
}

const indexes = (members: TownMember[], language: TownMember['writes']): number[] =>
  members.flatMap(({ writes }, index) => (writes === language ? [index] : []))

interface Draft {
  seller: number
  member: TownMember
  index: number
  good: Good
  title: string
}

function oneListing({ seller, member, index, good, title }: Draft, chance: Chance): TownListing {
  const { place } = member
  const free =
    good.price[0] <= SMALL_THING_FROM && good.category !== 'tickets' && chance.happens(FREE_SHARE_OF_SMALL)
  const near = (degrees: number) =>
    Number((degrees + chance.between(-SCATTER_DEGREES, SCATTER_DEGREES)).toFixed(4))
  const photos = chance.pick(PHOTO_COUNTS)
  return {
    seller,
    title: free ? givenAway(title, member.writes) : title,
    description: storyOf({ good, member, free }, chance),
    category: good.category,
    price: free ? 0 : priceOf(good, chance),
    status: chance.pick([
      'on_sale',
      'on_sale',
      'on_sale',
      'on_sale',
      'on_sale',
      'on_sale',
      'on_sale',
      'on_sale',
      'reserved',
      'sold',
    ]),
    photos: Array.from({ length: photos }, (_, shot) => ({ kind: good.scene, seed: 1000 + index, shot })),
    region: member.writes === 'en' ? place.nameEn : place.name,
    lat: near(place.lat),
    lng: near(place.lng),
    createdMsAgo: Math.round(NEWEST_MS + chance.next() ** RECENT_BIAS * (OLDEST_MS - NEWEST_MS)),
  }
}

/** A reworded title talks of a price, so a giveaway goes back to the plain one. */
function givenAway(reworded: string, language: TownMember['writes']): string {
  const ending = [...TITLE_ENDINGS_KO, ...TITLE_ENDINGS_EN].find((words) => reworded.endsWith(words)) ?? ''
  const title = reworded.slice(0, reworded.length - ending.length)
  if (language === 'en') return `Free: ${title}`
  return /[요다]$/.test(title) ? `나눔 · ${title}` : `${title} 나눔해요`
}

/** Cheap things end in a thousand, dear ones in ten thousand, as people price them. */
function priceOf({ price: [low, high] }: Good, chance: Chance): number {
  const value = low + chance.next() ** 1.4 * (high - low)
  const step = value < 20_000 ? 1000 : value < 100_000 ? 5000 : 10_000
  return Math.max(1000, Math.round(value / step) * step)
}

/** Two to five sentences: what it is, why it goes, how it is, how to get it. */
function storyOf(
  { good, member, free }: { good: Good; member: TownMember; free: boolean },
  chance: Chance,
): string {
  const english = member.writes === 'en'
  const says = shuffled(good.says, chance).slice(0, chance.whole(1, 2))
  const why = chance.pick(english ? words.WHY_EN : words.WHY)
  const state = english ? words.STATE_EN : words.WITHOUT_STATE.has(good.category) ? words.FRESH : words.STATE
  const handover = chance.pick(english ? words.HANDOVER_EN : words.HANDOVER)
  const plain = !words.WITHOUT_STATE.has(good.category)
  const sentences = [
    ...(plain && chance.happens(0.6) ? [why] : []),
    ...says,
    ...(chance.happens(0.6) ? [chance.pick(state)] : []),
    ...(free ? [chance.pick(english ? words.GIVEAWAY_EN : words.GIVEAWAY)] : []),
    handover.replace('{place}', english ? member.place.nameEn : member.place.name),
  ].slice(0, 5)
  const breakAt = chance.happens(0.5) ? Math.ceil(sentences.length / 2) : sentences.length
  return [sentences.slice(0, breakAt).join(' '), sentences.slice(breakAt).join(' ')]
    .filter((part) => part !== '')
    .join('\n\n')
}
