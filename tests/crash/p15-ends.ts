/** What was seen of one deadline, and what it brought about. Times are this machine's. */
export type End = {
  id: string
  deadlineMs: number
  /** By who had joined: with the minimum it is filled, else it has failed. */
  expected: 'filled' | 'failed'
  state: string
  /** When it was first seen to be over; null when it never was. */
  seenAtMs: number | null
  /** How often its end was written down to be told, and each member's and the host's notices of it. */
  told: number
  notices: number[]
  people: number
  /** What its members have put aside for it, and what they should have. */
  held: number
  owed: number
}
/** A time in which the platform was there to answer. */
export type Up = { fromMs: number; untilMs: number }

/** So long after its time, or after the power is back, an end may be on its way. */
export const WITHIN_MS = 5_000

/** How long it could have happened and had not. */
export const lateMsOf = ({ deadlineMs, seenAtMs }: End, ups: readonly Up[]): number =>
  ups.reduce(
    (sum, { fromMs, untilMs }) =>
      sum + Math.max(0, Math.min(untilMs, seenAtMs ?? untilMs) - Math.max(fromMs, deadlineMs)),
    0,
  )

/** Everything that breaks "each deadline comes, once, not before its time, and soon"; empty when nothing does. */
export const faultsOf = (ends: readonly End[], ups: readonly Up[]): string[] =>
  ends.flatMap((end) => [
    ...(end.seenAtMs === null ? [`${end.id} never ended`] : []),
    ...(end.seenAtMs !== null && end.seenAtMs < end.deadlineMs ? [`${end.id} ended before its time`] : []),
    ...(lateMsOf(end, ups) > WITHIN_MS ? [`${end.id} ended ${lateMsOf(end, ups)} ms late`] : []),
    ...(end.state === end.expected ? [] : [`${end.id} is ${end.state}, not ${end.expected}`]),
    ...(end.told === 1 ? [] : [`the end of ${end.id} was told ${end.told} times`]),
    ...(end.notices.length === end.people && end.notices.every((times) => times === 1)
      ? []
      : [`of ${end.id} ${end.people} people have ${end.notices.join(' and ') || 'no'} notices`]),
    ...(end.held === end.owed ? [] : [`${end.held} won are held for ${end.id}, not ${end.owed}`]),
  ])
