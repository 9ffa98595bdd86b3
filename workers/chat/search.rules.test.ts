import { describe, expect, it } from 'vitest'
import { MemberId, RoomId } from '#contracts/ids'
import { matchOf } from './search.rules.ts'

const me = MemberId.parse(`mem_${'0'.repeat(26)}`)
const room = RoomId.parse(`room_${'0'.repeat(26)}`)

describe('what is asked of the index', () => {
  it('is each word as a phrase of its pairs, in rooms of mine', () => {
    expect(matchOf('자전거 락', me, null, [])).toBe(`(text : ("자전 전거" AND "락")) AND (tags : ("${me}"))`)
    expect(matchOf('한강', me, room, [])).toBe(`(text : ("한강")) AND (tags : (("${me}") AND "${room}"))`)
  })

  it('is in my rooms of groups as well, which know me by their own name only', () => {
    expect(matchOf('한강', me, null, [room])).toBe(`(text : ("한강")) AND (tags : ("${me}" OR "${room}"))`)
  })

  it('has no operator in it, whatever is typed', () => {
    for (const typed of ['"한강" OR tags:x', 'NEAR(한강 5)', '한강* -물', "'); DROP TABLE rooms"])
      expect(matchOf(typed, me, null, [])?.replace(/ AND /g, ' ')).toMatch(
        /^\(text : \((?:"[\p{L}\p{N} ]+" ?)+\)\) \(tags : \("mem_0+"\)\)$/u,
      )
    expect(matchOf('!! --', me, null, [])).toBeNull()
  })
})
