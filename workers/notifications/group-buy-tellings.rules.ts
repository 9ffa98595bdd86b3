import type { EventOf } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import type { ParamsOf } from './params.rules.ts'
import type { NameOf, Telling } from './tellings.rules.ts'

type MemberEvent = EventOf<
  'group_buy.joined' | 'group_buy.left' | 'group_buy.promoted' | 'group_buy.passed_over'
>
type StageEvent = EventOf<
  | 'group_buy.closing'
  | 'group_buy.filled'
  | 'group_buy.failed'
  | 'group_buy.cancelled'
  | 'group_buy.purchasing'
  | 'group_buy.vote_opened'
  | 'group_buy.arrived'
  | 'group_buy.settled'
>
type HostEvent = EventOf<'group_buy.host_due'>
export type GroupBuyEvent = MemberEvent | StageEvent | HostEvent
type What = ParamsOf<'group_buy'>['what']

const urlOf = ({ groupBuyId }: GroupBuyEvent['data']): string => `/together/${groupBuyId}`

/** Who came or went concerns the host; those who came gather in one line. What became of waiting concerns who waited. */
export function ofGroupBuyMember(event: MemberEvent, nameOf: NameOf): Telling[] {
  const { hostId, memberId, units, title, groupBuyId, others } = event.data
  const name = nameOf(memberId)
  const toHost = (kind: 'joined' | 'left'): Telling => ({
    to: [hostId],
    params: { type: 'group_buy', what: { kind, units }, name, title },
    url: urlOf(event.data),
    byMail: 'never',
    collapse: { key: `group_buy:${groupBuyId}:${kind}`, order: null, count: 1 + others },
  })
  if (event.type === 'group_buy.joined') return [toHost('joined')]
  if (event.type === 'group_buy.left') return [toHost('left')]
  const kind = event.type === 'group_buy.promoted' ? 'promoted' : 'passed_over'
  const toMember: Telling = {
    to: [memberId],
    params: { type: 'group_buy', what: { kind, units }, name: null, title },
    url: urlOf(event.data),
  }
  return kind === 'promoted' ? [toMember, toHost('joined')] : [toMember]
}

/** A stage concerns everybody in it and the host, but for whoever brought it about. */
export function ofGroupBuyStage(event: StageEvent): Telling[] {
  const { memberIds, hostId, title } = event.data
  const everybody: MemberId[] = [...new Set([hostId, ...memberIds])]
  return [
    {
      to: everybody.filter((id) => id !== event.actorId),
      params: { type: 'group_buy', what: stageOf(event), name: null, title },
      url: urlOf(event.data),
      ...(WORTH_A_LETTER.includes(event.type) ? {} : { byMail: 'never' }),
    },
  ]
}

/** A host whose time runs out: they alone can do something, and much money waits for it. */
export const ofGroupBuyHost = (event: HostEvent): Telling[] => [
  {
    to: [event.data.hostId],
    params: {
      type: 'group_buy',
      what: { kind: 'host_due', step: event.data.step },
      ...{ name: null, title: event.data.title },
    },
    url: urlOf(event.data),
  },
]

/** What a member must not miss: their money goes back, their word is asked for, or their things are there. */
const WORTH_A_LETTER: readonly GroupBuyEvent['type'][] = [
  'group_buy.failed',
  'group_buy.cancelled',
  'group_buy.vote_opened',
  'group_buy.arrived',
]

function stageOf(event: StageEvent): What {
  switch (event.type) {
    case 'group_buy.closing':
      return { kind: 'closing', hours: event.data.hours, remainingUnits: event.data.remainingUnits }
    case 'group_buy.vote_opened':
      return { kind: 'vote_opened', total: event.data.total }
    case 'group_buy.arrived':
      return { kind: 'arrived', place: event.data.place }
    case 'group_buy.filled':
      return { kind: 'filled' }
    case 'group_buy.failed':
      return { kind: 'failed' }
    case 'group_buy.cancelled':
      return { kind: 'cancelled' }
    case 'group_buy.purchasing':
      return { kind: 'purchasing' }
    case 'group_buy.settled':
      return { kind: 'settled' }
  }
}
