/** Who looked at what today, and which of it is not yet in the database. All of it is one small JSON value. */
export type TallyState = {
  day: string
  /** Marks of today's visitors, by what they looked at. */
  seen: Record<string, string[]>
  /** Looks to be added, by what was looked at. */
  pending: Record<string, string[]>
  /** A batch on its way to the database, under its number; kept until the database has it for certain. */
  sending: Batch | null
  /** Numbers given to batches so far. */
  sequence: number
}
export type Batch = { sequence: number; day: string; looks: Record<string, string[]> }
export type Look = readonly [subject: string, mark: string]

/** Marks kept a day (12 characters each, so ~120 KB at most). Past it the oldest subject's visitors may count again. */
export const MARKS_MAX = 8_000
/** Looks waiting at most; what comes while the database is away beyond this is not counted. */
export const PENDING_MAX = 4_000

export const emptyTally = (): TallyState => ({ day: '', seen: {}, pending: {}, sending: null, sequence: 0 })

/** The state after these looks: each (subject, mark) counts once a day. Answers the same state when nothing was new. */
export function countLooks(state: TallyState, day: string, looks: readonly Look[]): TallyState {
  const seen = state.day === day ? { ...state.seen } : {}
  const pending = { ...state.pending }
  let room = PENDING_MAX - countOf(pending)
  let isNew = state.day !== day
  for (const [subject, mark] of looks) {
    if (room <= 0 || seen[subject]?.includes(mark)) continue
    seen[subject] = [...(seen[subject] ?? []), mark]
    pending[subject] = [...(pending[subject] ?? []), mark]
    room -= 1
    isNew = true
  }
  return isNew ? { ...state, day, seen: bounded(seen), pending } : state
}

/** Takes what is pending as the next batch; one already on its way is sent again first, under its own number. */
export function startBatch(state: TallyState): TallyState {
  if (state.sending || countOf(state.pending) === 0) return state
  const sequence = state.sequence + 1
  return { ...state, pending: {}, sequence, sending: { sequence, day: state.day, looks: state.pending } }
}

/** The batch with this number is in the database. */
export const endBatch = (state: TallyState, sequence: number): TallyState =>
  state.sending?.sequence === sequence ? { ...state, sending: null } : state

export const isQuiet = (state: TallyState): boolean => state.sending === null && countOf(state.pending) === 0

const countOf = (looks: Record<string, string[]>) =>
  Object.values(looks).reduce((sum, marks) => sum + marks.length, 0)

function bounded(seen: Record<string, string[]>): Record<string, string[]> {
  let over = countOf(seen) - MARKS_MAX
  if (over <= 0) return seen
  const kept = { ...seen }
  for (const [subject, marks] of Object.entries(seen)) {
    if (over <= 0) break
    delete kept[subject]
    over -= marks.length
  }
  return kept
}

/** Tallies there are. Many, so that a busy town's looks do not queue up behind each other. */
export const TALLY_COUNT = 64

/** The tally a subject always meets: by FNV-1a, only to spread subjects evenly. */
export function tallyOf(subject: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < subject.length; index++)
    hash = Math.imul(hash ^ subject.charCodeAt(index), 0x01000193)
  return `tally-${(hash >>> 0) % TALLY_COUNT}`
}
