import { describe, expect, test } from 'vitest'
import { slipOf } from './slip.rules.ts'

describe('keyboard slips', () => {
  test.each([
    ['wkwjsrj', '자전거'],
    ['wkwjsrj rjcleo', '자전거 거치대'],
    ['RkRnd', '까꿍'],
    ['WKWJSRJ', '자전거'],
    ['ㅑㅔㅙㅜㄷ', 'iphone'],
    ['ㅡㅁ츄ㅐㅐㅏ 15', 'macbook 15'],
    ['macbook', null],
    ['아이폰 pro', null],
    ['15', null],
  ])('%s may have been meant as %s', (query, meant) => {
    expect(slipOf(query)).toBe(meant)
  })
})
