import type { MemberId, RoomId } from '#contracts/ids'
import { fold, pairs } from '#kit/grams'

const WORDS_MAX = 8
const WORD_CHARS_MAX = 60

/**
 * The FTS5 expression for a query in one's messages: each word a phrase of its pairs, all of them there, in rooms of two of this member
 * or in these rooms of groups.
 * Folded words are letters and digits only, so nothing typed is an operator. Null when nothing in it can be searched.
 */
export function matchOf(
  query: string,
  memberId: MemberId,
  roomId: RoomId | null,
  groupRoomIds: readonly RoomId[],
): string | null {
  const words = query
    .split(/\s+/u)
    .map((part) => Array.from(fold(part)).slice(0, WORD_CHARS_MAX))
    .filter((chars) => chars.length > 0)
    .slice(0, WORDS_MAX)
  if (words.length === 0) return null
  const phrases = words.map((chars) => `"${(chars.length === 1 ? chars : pairs(chars)).join(' ')}"`)
  const mine = [memberId, ...groupRoomIds].map((tag) => `"${tag}"`).join(' OR ')
  const tags = roomId === null ? mine : `(${mine}) AND "${roomId}"`
  return `(text : (${phrases.join(' AND ')})) AND (tags : (${tags}))`
}
