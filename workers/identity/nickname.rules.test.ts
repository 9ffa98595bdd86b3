import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isReservedLoginId, isReservedNickname, nicknameKeyOf } from './nickname.rules.ts'

describe('the key of a nickname', () => {
  it.each([
    ['minji', 'MinJi'],
    ['minji', 'ｍｉｎｊｉ'],
    ['minji', 'mín-jì'],
    ['minji', 'min\u200dji'],
    ['minji', 'm1nj1'],
    ['apple', 'аррle'],
    ['한글이름', '한글이름'.normalize('NFD')],
    ['마당 이웃', '마당이웃'],
    ['modern', 'modem'],
    ['ㅁㅁ', '口口'],
  ])('is the same for %s and %s', (one, other) => {
    expect(nicknameKeyOf(one)).toBe(nicknameKeyOf(other))
  })

  it.each([
    ['민지', '민정'],
    ['が', 'か'],
    ['소연', '서연'],
    ['~~', '!!'],
    ['🌿', '🌵'],
  ])('differs for %s and %s', (one, other) => {
    expect(nicknameKeyOf(one)).not.toBe(nicknameKeyOf(other))
  })

  it('is never empty, and its own key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 16 }), (nickname) => {
        const trimmed = nickname.trim()
        return trimmed === '' || nicknameKeyOf(trimmed) !== ''
      }),
    )
  })

  it('says the same however the letters are cased', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0189가나다'), minLength: 2 }),
        (nickname) => {
          return nicknameKeyOf(nickname.toUpperCase()) === nicknameKeyOf(nickname)
        },
      ),
    )
  })
})

describe('reserved names', () => {
  it.each([
    'Admin',
    'аdmin',
    '4dm1n'.replace('4', 'a'),
    '운영자',
    '마당 운영팀',
    'madang_kr',
    '마당',
    '떠난 이웃',
    'ＯＰＥＲＡＴＯＲ',
  ])('include %s', (nickname) => expect(isReservedNickname(nickname)).toBe(true))
  it.each(['민지', '마당발', '식물집사', 'support-your-local', '운영이'])('leave %s to members', (nickname) =>
    expect(isReservedNickname(nickname)).toBe(false),
  )
  it('keep login ids of those who run the place', () => {
    expect(['admin', 'operator', 'madang_1', 'root'].every(isReservedLoginId)).toBe(true)
    expect(['minji', 'administer', 'madang_town'].some(isReservedLoginId)).toBe(false)
  })
})
