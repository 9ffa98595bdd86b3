import { type Latency, ROOMS, SOCKETS_PER_ROOM, type Steady } from './chat-cases.ts'
import type { Verdict } from './table.ts'

/** Delivery and ack on a quiet machine. */
const P99_MS_MAX = 50
/** Beside a bare object that only echoes. */
const P99_OVER_FLOOR_MAX = 2
const HOT_OVER_FLOOR_MIN = 0.6

export type ChatFigures = {
  steady: Steady
  steadyFloor: Steady
  idle: { sockets: number; openMs: number; servedMs: number; lost: number }
  idleFloor: { sockets: number; openMs: number; servedMs: number; lost: number }
  hotPerSecond: number
  hotFloorPerSecond: number
}

/** Every target of the chat, held against the figures. */
export function chatVerdicts(figures: ChatFigures): Verdict[] {
  const { steady, steadyFloor, idle, hotPerSecond, hotFloorPerSecond } = figures
  const most = (what: string, value: number, max: number): Verdict => ({
    what,
    value,
    target: `≤ ${max}`,
    reached: value <= max,
  })
  const hot = hotPerSecond / Math.max(1, hotFloorPerSecond)
  return [
    most('chat: p99 of the ack in ms', steady.ack.p99Ms, P99_MS_MAX),
    most('chat: p99 of delivery in ms', steady.delivery.p99Ms, P99_MS_MAX),
    most(
      'chat: p99 of the ack over the floor’s',
      steady.ack.p99Ms / steadyFloor.ack.p99Ms,
      P99_OVER_FLOOR_MAX,
    ),
    most(
      'chat: p99 of delivery over the floor’s',
      steady.delivery.p99Ms / steadyFloor.delivery.p99Ms,
      P99_OVER_FLOOR_MAX,
    ),
    most('chat: messages and acks that never came', steady.lost, 0),
    most(`chat: of ${idle.sockets} idle sockets not served`, idle.lost, 0),
    {
      what: 'chat: messages a second of one hot room over the floor’s',
      value: hot,
      target: `≥ ${HOT_OVER_FLOOR_MIN}`,
      reached: hot >= HOT_OVER_FLOOR_MIN,
    },
  ]
}

export function chatTable(figures: ChatFigures): string {
  const line = (name: string, own: string, floor: string) =>
    [name.padEnd(44), own.padStart(18), floor.padStart(18)].join('  ')
  const ms = ({ p50Ms, p99Ms }: Latency) => `${p50Ms.toFixed(1)}/${p99Ms.toFixed(1)}`
  const { steady, steadyFloor, idle, idleFloor } = figures
  return [
    line('chat', 'platform', 'bare echo'),
    line(`${ROOMS} rooms × ${SOCKETS_PER_ROOM}, ack, p50/p99 ms`, ms(steady.ack), ms(steadyFloor.ack)),
    line(
      `${ROOMS} rooms × ${SOCKETS_PER_ROOM}, delivery, p50/p99 ms`,
      ms(steady.delivery),
      ms(steadyFloor.delivery),
    ),
    line(
      `${idle.sockets} idle sockets, all opened after ms`,
      idle.openMs.toFixed(0),
      idleFloor.openMs.toFixed(0),
    ),
    line(
      `${idle.sockets} idle sockets, all served after ms`,
      idle.servedMs.toFixed(0),
      idleFloor.servedMs.toFixed(0),
    ),
    line('one hot room, messages/s', figures.hotPerSecond.toFixed(0), figures.hotFloorPerSecond.toFixed(0)),
    '',
    ...chatVerdicts(figures).map(
      ({ what, value, target, reached }) => `${reached ? '✓' : '✘'} ${what}: ${value.toFixed(2)} (${target})`,
    ),
  ].join('\n')
}
