import type { MemberId } from '#contracts/ids'
import { HOUR_MS, MINUTE_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { atOnce } from './claim-log.ts'
import { randomOf } from './deliveries.ts'
import { type ClaimsAlone, type ClaimsKind, codeOf } from './p2-claims-alone.ts'
import type { ClaimsHistory } from './p2-claims-log.ts'

const START = Date.parse('2026-12-01T09:00:00.000Z')
const LANES = 8
const EVICTIONS = 3
/** The crowd leaves what is nearly full and joins what is not, so that it goes on for long near the brim. */
const NEARLY_FULL = 14
const LEAVING = { whenNearlyFull: 0.8, before: 0.25 }
const WAITING = 0.9
const STRAGGLERS_MS = 6 * MINUTE_MS

/** How the recruiting is made to end: a share of the way through, by the host or by the deadline; or only after everything. */
export type Ending = 'cancel' | 'deadline' | 'afterwards'
export type Crowd = {
  kind?: ClaimsKind
  members: number
  ops: number
  ending: Ending
  seed: number
  /** It does not leave what is nearly full. */
  isGreedy?: boolean
}

/** So many members do so many things at once with one group buy of 30 units, at least 20, while its object dies three times. */
export async function crowd(
  claims: ClaimsAlone,
  { kind = 'sound', members: count, ops, ending, seed, isGreedy = false }: Crowd,
): Promise<ClaimsHistory> {
  await claims.setClock(START)
  const terms = { totalUnits: 30, minUnits: 20, hostUnits: 2, unitPrice: 1_000 }
  const groupBuy = claims.groupBuy(kind, { ...terms, deadlineMs: START + HOUR_MS })
  const random = randomOf(seed)
  const members: MemberId[] = Array.from({ length: count }, (_, index) => newId('mem', START + index))
  await atOnce(members, LANES, (memberId) => groupBuy.give(memberId, random() < 0.1 ? 1_500 : 20_000))
  await groupBuy.replan({})
  const history: Pick<ClaimsHistory, 'acked' | 'reads' | 'closedAt'> = {
    acked: [],
    reads: [],
    closedAt: Infinity,
  }
  const joined: MemberId[] = []
  let place = 0
  const acts = Array.from({ length: ops }, (_, index) => ({
    index,
    dice: [random(), random(), random()] as const,
  }))

  async function act(anybody: MemberId, [which, many]: readonly [number, number, number]): Promise<void> {
    const from = place++
    const isNearlyFull = !isGreedy && (history.reads.at(-1)?.takenUnits ?? 0) >= NEARLY_FULL
    const isLeaving = which < (isNearlyFull ? LEAVING.whenNearlyFull : LEAVING.before)
    // Who leaves is mostly somebody who is in it.
    const memberId = isLeaving ? (joined.shift() ?? anybody) : anybody
    const units = isLeaving ? Math.floor(many * 2) : 1 + Math.floor(many * 2.2)
    const what = isLeaving ? `no more than ${units}` : `${units} units`
    const answer = isLeaving
      ? await groupBuy.lessen(memberId, units)
      : await groupBuy.join(memberId, units, { wait: which > WAITING })
    const to = place++
    if (!answer.ok) return
    if (answer.value.claim.units > 0) joined.push(memberId)
    history.acked.push({ what, from, to })
    history.reads.push({ ...answer.value.standing, from, to })
  }

  async function interfere(index: number): Promise<void> {
    if (index % Math.ceil(ops / (EVICTIONS + 1)) === 1) await groupBuy.evict()
    if (index !== Math.floor(ops * 0.7)) return
    if (ending === 'cancel') await groupBuy.cancel()
    if (ending === 'deadline') await claims.setClock(START + HOUR_MS)
    if (ending !== 'afterwards') history.closedAt = place++
  }

  await atOnce(acts, LANES, async ({ index, dice }) => {
    await interfere(index)
    const memberId = members[Math.floor(dice[2] * members.length)]
    // Whoever's call dies with the object does not know what became of it.
    if (memberId) await act(memberId, dice).catch(() => undefined)
    const from = place++
    const standing = await groupBuy.standing().catch(() => null)
    if (standing) history.reads.push({ ...standing, from, to: place++ })
  })
  await claims.setClock(START + HOUR_MS)
  await groupBuy.settled([])
  for (const times of [1, 2, 3]) {
    await claims.setClock(START + HOUR_MS + times * STRAGGLERS_MS)
    await groupBuy.settled([])
  }
  if (codeOf(await groupBuy.join(newId('mem', START), 1)) === 'ok')
    history.acked.push({ what: 'a unit', from: place++, to: place++ })
  const { standing, claims: seen } = await groupBuy.settled(members)
  const held = members.map((memberId, index) => ({
    memberId,
    claim: seen[index] ?? { units: 0, holdIds: [], waiting: null },
  }))
  return { ...terms, ...history, standing, claims: held, books: await groupBuy.books() }
}
