import { expect, test } from 'vitest'
import { GroupBuy } from '#contracts/group-buys'
import { answersOf, changesOf, complaintsOfRefusal, termsRule } from './editing.ts'
import { type Answers, bodyOf, checkAnswers } from './form.ts'

const MINUTE_MS = 60_000
const DEADLINE_MS = Date.parse('2026-11-30T09:30:45.000Z')
const GROUP_BUY = GroupBuy.parse({
  id: `gb_${'0'.repeat(26)}`,
  title: '햇감자 나눠 사요',
  category: 'food',
  unitPrice: 1_500,
  currency: 'KRW',
  unit: 'kg',
  totalUnits: 20,
  minUnits: 10,
  hostUnits: 2,
  filledUnits: 2,
  remainingUnits: 18,
  members: 0,
  waiting: 0,
  state: 'recruiting',
  deadline: new Date(DEADLINE_MS).toISOString(),
  images: [],
  host: { id: `mem_${'0'.repeat(26)}`, nickname: '민지', photo: null },
  region: null,
  shopUnitPrice: 2_000,
  createdAt: new Date(DEADLINE_MS).toISOString(),
  description: '강원도에서 와요.',
  productUrl: 'https://shop.example/1',
  pickup: { place: '주민센터 앞', slots: [] },
  keywords: ['감자', '강원도'],
  hostRecord: { settled: 0, failed: 0, cancelled: 0 },
})
const BEFORE = answersOf(GROUP_BUY)
const sent = (change: Partial<Answers>, imageIds = ['a', 'b']) => ({
  ...bodyOf({ ...BEFORE, ...change }, 'food'),
  imageIds,
})
const changes = (change: Partial<Answers>, imageIds?: string[]) => changesOf(sent({}), sent(change, imageIds))

test('what was not touched is not sent, not even a deadline whose seconds no picker shows', () => {
  expect(changes({})).toEqual({})
  expect(changes({ title: '햇고구마' })).toEqual({ title: '햇고구마' })
  expect(changes({ unitPrice: '1400' })).toEqual({ unitPrice: 1_400 })
})

test('what was taken away is sent as nothing, and photos in their new order', () => {
  expect(changes({ productUrl: '', shopUnitPrice: '' })).toEqual({ productUrl: null, shopUnitPrice: null })
  expect(changes({ keywords: '' })).toEqual({ keywords: [] })
  expect(changes({}, ['b', 'a'])).toEqual({ imageIds: ['b', 'a'] })
})

test('what is counted never changes', () => {
  expect(changes({ unit: '개' })).toEqual({})
})

test('a deadline that is left as it is may be near or over; another one may not', () => {
  const nowMs = DEADLINE_MS - MINUTE_MS
  expect(checkAnswers(BEFORE, nowMs, BEFORE).ok).toBe(true)
  expect(checkAnswers(BEFORE, nowMs).ok).toBe(false)
  expect(checkAnswers({ ...BEFORE, deadline: '2026-11-01T10:00' }, nowMs, BEFORE).ok).toBe(false)
})

test('the terms change only while nobody is in it or waits, and only while it gathers', () => {
  expect(termsRule(GROUP_BUY).areFixed).toBe(false)
  expect(termsRule({ ...GROUP_BUY, members: 1 }).areFixed).toBe(true)
  expect(termsRule({ ...GROUP_BUY, waiting: 1 }).areFixed).toBe(true)
  expect(termsRule({ ...GROUP_BUY, state: 'filled' }).areFixed).toBe(true)
})

test('a refusal that is about a field stands beside it', () => {
  const refusal = (code: 'DEADLINE_INVALID' | 'VALIDATION_FAILED' | 'CONFLICT', paths: string[] = []) =>
    complaintsOfRefusal({
      kind: 'refusal',
      problem: {
        ...{ type: 'about:blank', title: '입력', status: 400, code, detail: '고쳐 주세요.', requestId: 'r' },
        errors: paths.map((path) => ({ path, message: 'no' })),
      },
    })
  expect(Object.keys(refusal('DEADLINE_INVALID'))).toEqual(['deadline'])
  expect(Object.keys(refusal('VALIDATION_FAILED', ['minUnits', 'pickup.place']))).toEqual([
    'minUnits',
    'place',
  ])
  expect(refusal('CONFLICT')).toEqual({})
})
