import type { Result } from '#contracts/errors'
import type { GroupBuysApi } from '#contracts/group-buys.api'
import { GroupBuyId, TradeId } from '#contracts/ids'
import type { TradeState } from '#contracts/trades'
import type { TradesApi } from '#contracts/trades.api'
import { callWithin } from '#kit/call'
import { MINUTE_MS, SECOND_MS } from '#kit/clock'
import { refuse } from '#kit/result'
import {
  accountFindings,
  balanceFinding,
  entryFindings,
  holdFinding,
  processFinding,
  sumFinding,
  transferFindings,
} from './audit.rules.ts'
import {
  accountsOff,
  differenceOf,
  entriesOff,
  holdsOff,
  nextStretch,
  PART_NAMES,
  type Part,
  type Process,
  payoutHoldsOff,
  processHolds,
  putCursor,
  type Stretch,
  stillOpen,
  sumOfEntries,
  transfersOff,
} from './audit.store.ts'
import { ownCall } from './face.service.ts'
import { raise } from './incident.service.ts'
import type { Finding } from './incident.store.ts'
import type { AccountId } from './ledger.store.ts'

/** Rows of each part a minute looks at: a hundred thousand transfers are gone through in a few minutes. */
const ROWS_A_TICK = 20_000
/** trades and group-buys answer for so many at once. */
const PROCESSES_A_TICK = 100
const STATES_DEADLINE_MS = 3 * SECOND_MS
/** A hold this young may belong to a purchase that is being written down. */
const HOLD_GRACE_MS = 2 * MINUTE_MS

/** What the audit needs of the worker: its books, and who says which trades and group buys are open. */
export type AuditEnv = {
  DB: D1Database
  TRADES: Pick<TradesApi, 'states'>
  GROUP_BUYS: Pick<GroupBuysApi, 'states'>
}

/**
 * A minute's share of going through the books. Every look is one statement and so sees one moment: money that moves meanwhile is no
 * false alarm. Run twice it looks twice; run late or not at all, what is off is found later.
 */
export async function audit(env: AuditEnv, atMs: number, rows = ROWS_A_TICK): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const part of PART_NAMES) findings.push(...(await auditPart(env.DB, part, { atMs, rows })))
  const ofPayouts = await payoutHoldsOff(env.DB)
  findings.push(...ofPayouts.map((held) => processFinding(held, held.state)))
  findings.push(...(await auditProcesses(env, atMs)))
  await raise(env.DB, findings, atMs)
  return findings
}

/** Goes on with one part where it stood. */
async function auditPart(
  db: D1Database,
  part: Part,
  { atMs, rows }: { atMs: number; rows: number },
): Promise<Finding[]> {
  const stretch = await nextStretch(db, part, rows)
  const findings = stretch === null ? [] : await looks[part](db, stretch)
  const isWhole = stretch === null || stretch.isLast
  if (isWhole && part === 'entries') findings.push(...(await auditSum(db)))
  await putCursor(db, part, isWhole ? null : stretch.until, atMs).run()
  return findings
}

const looks: Record<Part, (db: D1Database, stretch: Stretch) => Promise<Finding[]>> = {
  accounts: async (db, stretch) => {
    const off = await accountsOff(db, stretch)
    const suspects = off.filter(({ balance, booked }) => balance !== booked).map(({ id }) => id)
    return [...off.flatMap(accountFindings), ...(await balancesOf(db, suspects))]
  },
  entries: async (db, stretch) => {
    const off = await entriesOff(db, stretch)
    const suspects = off.map(({ accountId }) => accountId)
    return [...off.flatMap(entryFindings), ...(await balancesOf(db, suspects))]
  },
  transfers: async (db, stretch) => (await transfersOff(db, stretch)).flatMap(transferFindings),
  holds: async (db, stretch) => (await holdsOff(db, stretch)).map(holdFinding),
}

/** The closer look at accounts whose newest entry or chain of entries does not fit: only a difference of money is a finding. */
async function balancesOf(db: D1Database, suspects: AccountId[]): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const account of new Set(suspects)) {
    const difference = await differenceOf(db, account)
    if (difference !== 0) findings.push(balanceFinding(account, difference))
  }
  return findings
}

async function auditSum(db: D1Database): Promise<Finding[]> {
  const sum = await sumOfEntries(db)
  return sum === 0 ? [] : [sumFinding(sum)]
}

const OPEN_STATES: readonly TradeState[] = ['pending', 'paid', 'disputed']

/** How a process stands, and whether its money should have found its place. */
type Stage = { state: string; isOver: boolean }

/** Whether what is held for trades and group buys is held for open ones. */
async function auditProcesses(env: AuditEnv, atMs: number): Promise<Finding[]> {
  return [
    ...(await auditHeld(env.DB, { kind: 'trade', part: 'processes' }, atMs, (ids) =>
      tradesOf(env, ids, atMs),
    )),
    ...(await auditHeld(env.DB, { kind: 'group_buy', part: 'group_buys' }, atMs, (ids) =>
      groupBuysOf(env, ids, atMs),
    )),
  ]
}

/** A stretch of the processes of a kind. Without an answer of their domain it waits for the next minute. */
async function auditHeld(
  db: D1Database,
  process: Process,
  atMs: number,
  stagesOf: (ids: string[]) => Promise<Map<string, Stage> | null>,
): Promise<Finding[]> {
  const holds = await processHolds(db, process, atMs - HOLD_GRACE_MS, PROCESSES_A_TICK)
  const ids = [...new Set(holds.map(({ processId }) => processId))]
  const stages = ids.length === 0 ? new Map<string, Stage>() : await stagesOf(ids)
  if (stages === null) return []
  // A process ends after its holds are resolved: one that is open still, now that it has ended, was left behind.
  const left = await stillOpen(
    db,
    holds.filter(({ processId }) => stages.get(processId)?.isOver !== false),
  )
  const isLast = ids.length < PROCESSES_A_TICK
  await putCursor(db, process.part, isLast ? null : (ids.at(-1) ?? null), atMs).run()
  return left.map((held) => processFinding(held, stages.get(held.processId)?.state ?? null))
}

async function tradesOf(env: AuditEnv, ids: string[], atMs: number): Promise<Map<string, Stage> | null> {
  const tradeIds = ids.flatMap((id) => TradeId.safeParse(id).data ?? [])
  const asked = await callWithin<Result<{ id: TradeId; state: TradeState }[]>>(
    'trades.states',
    STATES_DEADLINE_MS,
    async () => await env.TRADES.states(ownCall(`audit:${atMs}`, `audit:${atMs}`), tradeIds),
    () => refuse('UNAVAILABLE'),
  )
  if (!asked.ok) return null
  return new Map(asked.value.map(({ id, state }) => [id, { state, isOver: !OPEN_STATES.includes(state) }]))
}

async function groupBuysOf(env: AuditEnv, ids: string[], atMs: number): Promise<Map<string, Stage> | null> {
  const groupBuyIds = ids.flatMap((id) => GroupBuyId.safeParse(id).data ?? [])
  const asked = await callWithin<Result<(Stage & { id: GroupBuyId })[]>>(
    'group-buys.states',
    STATES_DEADLINE_MS,
    async () => await env.GROUP_BUYS.states(ownCall(`audit:${atMs}`, `audit:${atMs}`), groupBuyIds),
    () => refuse('UNAVAILABLE'),
  )
  return asked.ok ? new Map(asked.value.map((stage) => [stage.id, stage])) : null
}
