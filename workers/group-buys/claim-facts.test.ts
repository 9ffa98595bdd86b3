import { expect, it } from 'vitest'
import type { GroupBuyId, MemberId } from '#contracts/ids'
import type { ClaimsHappening, ClaimsPart } from '#do/slot-claims/claims.api'
import { newId } from '#kit/id'
import { factsOf } from './claim-facts.ts'

const ID: GroupBuyId = newId('gb', 1)
const HOST: MemberId = newId('mem', 1)
const [MINJI, JUNHO, SORA] = [newId('mem', 2), newId('mem', 3), newId('mem', 4)]
const NOW = 1_795_000_000_000

const happened = (
  number: number,
  type: ClaimsHappening['type'],
  memberId: MemberId | null,
): ClaimsHappening => ({ number, type, memberId, units: 1, remainingUnits: 9 - number, atMs: NOW })

const part = (...happenings: ClaimsHappening[]): ClaimsPart => ({
  plan: {
    ...{ groupBuyId: ID, hostId: HOST, title: '제주 귤', totalUnits: 10, minUnits: 2, hostUnits: 0 },
    ...{ unitPrice: 9_000, deadlineMs: NOW + 1, version: 1 },
  },
  ...{ version: happenings.length, filledUnits: 2, members: 2, waiting: 0, state: 'recruiting' },
  ...{ terminalAtMs: null, changed: [], waiters: [], memberIds: [MINJI, JUNHO], happened: happenings },
})

const told = (events: ReturnType<typeof factsOf>) =>
  events.map(({ type, data }) => [type, 'memberIds' in data ? data.memberIds : undefined])

const known = (version: number, claimsVersion = 0) => ({ version, claimsVersion })

it('Of those who come and go the last fact says who is in it, and only that one', () => {
  const events = factsOf(part(happened(1, 'joined', MINJI), happened(2, 'left', SORA)), known(4))
  expect(told(events)).toEqual([
    ['group_buy.joined', null],
    ['group_buy.left', [MINJI, JUNHO]],
  ])
  expect(events.map(({ version }) => version)).toEqual([5, 6])
})

it('Those who come one right after the other are told of by one fact, the latest by name', () => {
  const [first, second, third] = [
    happened(1, 'joined', MINJI),
    happened(2, 'joined', SORA),
    happened(4, 'joined', JUNHO),
  ]
  expect(factsOf(part(first, second, happened(3, 'left', SORA), third), known(1))).toMatchObject([
    { data: { memberId: SORA, others: 1, remainingUnits: second.remainingUnits }, version: 2 },
    { data: { memberId: SORA, others: 0 }, version: 3 },
    { data: { memberId: JUNHO, others: 0 }, version: 4 },
  ])
})

it('Who waited and got a place, or lost it, is told of alone', () => {
  const promoted = part(happened(1, 'promoted', MINJI), happened(2, 'promoted', JUNHO))
  expect(factsOf(promoted, known(1))).toHaveLength(2)
})

it('Who waited in vain is not the one who says it, and an end always does', () => {
  const passed = [happened(1, 'left', SORA), happened(2, 'passed_over', SORA)]
  expect(told(factsOf(part(...passed), known(1)))).toEqual([
    ['group_buy.left', [MINJI, JUNHO]],
    ['group_buy.passed_over', null],
  ])
  expect(told(factsOf(part(happened(1, 'joined', MINJI), happened(2, 'filled', null)), known(1)))).toEqual([
    ['group_buy.joined', null],
    ['group_buy.filled', [MINJI, JUNHO]],
  ])
})

it('The same part tells nothing again, and one with more behind it only of that', () => {
  const [first, more] = [happened(1, 'joined', MINJI), happened(2, 'joined', JUNHO)]
  expect(factsOf(part(first), known(2, 1))).toEqual([])
  expect(factsOf(part(first, more), known(2, 1))).toMatchObject([{ data: { memberId: JUNHO, others: 0 } }])
})
