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

it('Of those who came together the last fact says who is in it, and only that one', () => {
  const events = factsOf(part(happened(1, 'joined', MINJI), happened(2, 'joined', JUNHO)), 4)
  expect(told(events)).toEqual([
    ['group_buy.joined', null],
    ['group_buy.joined', [MINJI, JUNHO]],
  ])
  expect(events.map(({ version }) => version)).toEqual([5, 6])
})

it('Who waited in vain is not the one who says it, and an end always does', () => {
  const passed = [happened(1, 'left', SORA), happened(2, 'passed_over', SORA)]
  expect(told(factsOf(part(...passed), 1))).toEqual([
    ['group_buy.left', [MINJI, JUNHO]],
    ['group_buy.passed_over', null],
  ])
  expect(told(factsOf(part(happened(1, 'joined', MINJI), happened(2, 'filled', null)), 1))).toEqual([
    ['group_buy.joined', null],
    ['group_buy.filled', [MINJI, JUNHO]],
  ])
})

it('The same part, or one with more behind it, tells under the same ids', () => {
  const [first, more] = [happened(1, 'joined', MINJI), happened(2, 'joined', JUNHO)]
  const [once] = factsOf(part(first), 1)
  expect(factsOf(part(first, more), 1)[0]?.id).toBe(once?.id)
})
