import { afterEach, expect, test } from 'vitest'
import { overwriteGetLocale } from '$lib/paraglide/runtime.js'
import { unitsWords } from './words.ts'

afterEach(() => overwriteGetLocale(() => 'ko'))

test('a Korean counter stands at its number, another unit is a word of its own', () => {
  overwriteGetLocale(() => 'ko')
  expect([unitsWords(3, '상자'), unitsWords(1_200, '개'), unitsWords(10, 'kg')]).toEqual([
    '3상자',
    '1,200개',
    '10 kg',
  ])
})

test('in English every unit is a word of its own', () => {
  overwriteGetLocale(() => 'en')
  expect([unitsWords(3, '상자'), unitsWords(6, 'cones')]).toEqual(['3 상자', '6 cones'])
})
