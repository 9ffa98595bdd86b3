/** What the town's members say under each other's things, and which ones they keep an eye on. */
import type { Chance } from './chance.ts'
import type { TownComment, TownListing, TownMember, TownWish } from './town.ts'
import * as words from './words/phrases.ts'

interface Market {
  members: TownMember[]
  listings: TownListing[]
}

/** Some things are talked about much more than others. */
const POPULARITY_BIAS = 1.7
const REPLY_SHARE = 0.75

/** `count` comments; an answer comes right after its question, from the seller. */
export function commentsOf({ members, listings }: Market, count: number, chance: Chance): TownComment[] {
  const comments: TownComment[] = []
  while (comments.length < count) {
    const listing = popular(listings.length, chance)
    const thing = listings[listing]
    if (thing === undefined) continue
    const english = members[thing.seller]?.writes === 'en'
    const author = someoneBut(thing.seller, members.length, chance)
    const asked = Math.round(thing.createdMsAgo * chance.between(0.3, 0.95))
    const [text, ...answers] = chance.pick(english ? words.THREADS_EN : words.THREADS)
    const parent = comments.push({ listing, author, parent: null, text, createdMsAgo: asked }) - 1
    const answer = answers[chance.whole(0, answers.length - 1)]
    if (comments.length >= count || answer === undefined || !chance.happens(REPLY_SHARE)) continue
    const answered = Math.round(asked * chance.between(0.3, 0.95))
    comments.push({ listing, author: thing.seller, parent, text: answer, createdMsAgo: answered })
  }
  return comments
}

/** `count` different wishes, never for one's own thing. */
export function wishesOf({ members, listings }: Market, count: number, chance: Chance): TownWish[] {
  const wishes = new Map<string, TownWish>()
  while (wishes.size < count) {
    const listing = popular(listings.length, chance)
    const thing = listings[listing]
    if (thing === undefined) continue
    const member = someoneBut(thing.seller, members.length, chance)
    const createdMsAgo = Math.round(thing.createdMsAgo * chance.next())
    wishes.set(`${listing}/${member}`, { listing, member, createdMsAgo })
  }
  return [...wishes.values()]
}

/** A listing's index; the stride spreads the popular ones over all ages. */
function popular(length: number, chance: Chance): number {
  const rank = Math.floor(chance.next() ** POPULARITY_BIAS * length)
  return (rank * 149) % length
}

function someoneBut(member: number, count: number, chance: Chance): number {
  return (member + chance.whole(1, count - 1)) % count
}
