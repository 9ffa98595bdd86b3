import { expect, test } from 'vitest'
import { type Answers, checkAnswers, EMPTY, keywordsOf, localOf } from './form.ts'

const NOW_MS = Date.parse('2026-11-21T03:00:00Z')
const HOUR_MS = 3_600_000
const GOOD: Answers = {
  ...EMPTY,
  title: '햇감자 나눠 사요',
  category: 'food',
  unitPrice: '1500',
  unit: 'kg',
  totalUnits: '20',
  minUnits: '10',
  deadline: localOf(NOW_MS + 5 * HOUR_MS),
  place: '주민센터 앞',
  description: '강원도에서 와요.',
}
const complaintsOf = (change: Partial<Answers>) => {
  const checked = checkAnswers({ ...GOOD, ...change }, NOW_MS)
  return checked.ok ? [] : Object.keys(checked.complaints)
}

test('what is whole is sent as the contract has it; what is left out is left out', () => {
  const checked = checkAnswers(GOOD, NOW_MS)
  expect(checked).toEqual({
    ok: true,
    value: {
      title: '햇감자 나눠 사요',
      description: '강원도에서 와요.',
      category: 'food',
      unitPrice: 1500,
      unit: 'kg',
      totalUnits: 20,
      minUnits: 10,
      hostUnits: 0,
      deadline: new Date(NOW_MS + 5 * HOUR_MS).toISOString(),
      pickup: { place: '주민센터 앞', slots: [] },
      keywords: [],
    },
  })
})

test('each field that is not right is named', () => {
  expect(checkAnswers(EMPTY, NOW_MS).ok).toBe(false)
  expect(complaintsOf({ title: '감' })).toEqual(['title'])
  expect(complaintsOf({ unitPrice: '' })).toEqual(['unitPrice'])
  expect(complaintsOf({ totalUnits: '10001' })).toEqual(['totalUnits'])
  expect(complaintsOf({ minUnits: '21' })).toEqual(['minUnits'])
  expect(complaintsOf({ hostUnits: '20' })).toEqual(['hostUnits'])
  expect(complaintsOf({ productUrl: 'javascript:alert(1)' })).toEqual(['productUrl'])
  expect(complaintsOf({ keywords: 'a,b,c,d,e,f,g,h,i,j,k' })).toEqual(['keywords'])
})

test('a deadline lies ten minutes to sixty days ahead', () => {
  expect(complaintsOf({ deadline: localOf(NOW_MS + 9 * 60_000) })).toEqual(['deadline'])
  expect(complaintsOf({ deadline: localOf(NOW_MS + 61 * 24 * HOUR_MS) })).toEqual(['deadline'])
  expect(complaintsOf({ deadline: localOf(NOW_MS + 10 * 60_000) })).toEqual([])
  expect(complaintsOf({ deadline: '' })).toEqual(['deadline'])
})

test('a pick-up time ends after it begins', () => {
  const from = localOf(NOW_MS + 48 * HOUR_MS)
  const until = localOf(NOW_MS + 50 * HOUR_MS)
  expect(complaintsOf({ slots: [{ from, until }] })).toEqual([])
  expect(complaintsOf({ slots: [{ from: until, until: from }] })).toEqual(['slots'])
  expect(complaintsOf({ slots: [{ from: '', until: '' }] })).toEqual(['slots'])
})

test('words come apart at commas, each once', () => {
  expect(keywordsOf(' 감자, 강원도 ,감자,,')).toEqual(['감자', '강원도'])
})
