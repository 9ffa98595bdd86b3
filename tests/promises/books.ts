import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HoldId, MemberId, TradeId } from '#contracts/ids'
import type { Invariant } from '#contracts/payments'
import type { TradeState } from '#contracts/trades'
import { newId } from '#kit/id'
import { openD1 } from '../../bench/sqlite-d1.ts'
import { audit } from '../../workers/payments/audit.service.ts'
import {
  accountOf,
  holdStatements,
  platformAccount,
  takeHoldStatements,
  transferStatements,
  voidHoldStatements,
} from '../../workers/payments/ledger.store.ts'
import { randomOf } from './deliveries.ts'

const MIGRATIONS = join(import.meta.dirname, '..', '..', 'migrations', 'payments')
const WALLETS = 20
const OPENING = 1_000_000
/** When these books begin; the audit looks an hour after. */
const BEGIN_MS = Date.UTC(2026, 10, 21)
const HOUR_MS = 3_600_000

/** Whole numbers below one that is given, which a seed decides. */
export function dice(seed: number): (below: number) => number {
  const random = randomOf(seed)
  return (below) => Math.floor(random() * below)
}

/** The ledger's database in memory, with what an audit asks of trades. */
export function openBooks() {
  const asked = new Set<string>()
  const sqlite = openD1(':memory:', 'PAYMENTS', ({ statements }) => {
    for (const { sql } of statements) asked.add(sql)
  })
  for (const file of readdirSync(MIGRATIONS).toSorted())
    sqlite.exec(readFileSync(join(MIGRATIONS, file), 'utf8'))
  const members = Array.from({ length: WALLETS }, () => newId('mem', BEGIN_MS))
  const states = new Map<TradeId, TradeState>()
  const env = {
    DB: sqlite.db,
    TRADES: {
      states: async (_ctx: unknown, ids: TradeId[]) => ({
        ok: true as const,
        value: ids.flatMap((id) => ({ id, state: states.get(id) ?? 'failed' }) as const),
      }),
    },
    GROUP_BUYS: { states: async () => ({ ok: true as const, value: [] }) },
  }
  const memberAt = (index: number): MemberId => {
    const member = members[index % WALLETS]
    if (!member) throw new Error('there are always members')
    return member
  }

  function fund(): void {
    for (const member of members) {
      const id = newId('xfr', BEGIN_MS)
      sqlite.write(
        transferStatements(sqlite.db, {
          ...{ id, from: platformAccount('provider'), to: accountOf(member), amount: OPENING },
          ...{ cause: { kind: 'charge', id }, memo: null, url: null, atMs: BEGIN_MS },
        }),
      )
    }
  }

  /** Transfers, and now and then a hold that is taken, given back or left open for a trade that is paid. */
  function write(transfers: number, seed: number): void {
    const roll = dice(seed)
    sqlite.exec('BEGIN')
    fund()
    for (let index = 0; index < transfers; index++) {
      const atMs = BEGIN_MS + index
      const [payer, payee] = [memberAt(index), memberAt(index + 1 + roll(WALLETS - 1))]
      const amount = 1 + roll(50)
      const id = newId('xfr', atMs)
      const moved = { id, to: accountOf(payee), amount, memo: null, url: null, atMs }
      const transfer = { ...moved, from: accountOf(payer), cause: { kind: 'transfer' as const, id } }
      if (roll(10) > 0) sqlite.write(transferStatements(sqlite.db, transfer))
      else holdFor(newId('trd', atMs), transfer, roll(3))
    }
    sqlite.exec('COMMIT')
  }

  type Transfer = Parameters<typeof transferStatements>[1]
  function holdFor(tradeId: TradeId, transfer: Transfer, fate: number): void {
    const { amount, atMs, from } = transfer
    const cause = { kind: 'trade' as const, id: tradeId }
    const holdId: HoldId = newId('hld', atMs)
    const hold = {
      id: holdId,
      account: from,
      payeeId: null,
      amount: amount + 10,
      cause,
      title: '의자',
      url: null,
    }
    sqlite.write(
      holdStatements(sqlite.db, [{ ...hold, nextAtMs: null, expiresAtMs: atMs + 60 * 24 * HOUR_MS, atMs }]),
    )
    states.set(tradeId, fate === 0 ? 'paid' : fate === 1 ? 'completed' : 'cancelled')
    if (fate === 1) sqlite.write(takeHoldStatements(sqlite.db, { holdId, transfer: { ...transfer, cause } }))
    if (fate === 2) sqlite.write(voidHoldStatements(sqlite.db, { holdId, atMs }))
  }

  /** Does what no program of ours could: the rules of the tables are set aside first. */
  function corrupt(sql: string): void {
    const rules = ['transfers_refused', 'transfers_booked', 'transfers_stay_as_written', 'transfers_stay']
    const others = [
      'entries_stay_as_written',
      'entries_stay',
      'holds_stay',
      'holds_resolve_once',
      'holds_freed',
    ]
    for (const rule of [...rules, ...others]) sqlite.exec(`DROP TRIGGER ${rule}`)
    sqlite.exec('PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON')
    sqlite.exec(sql)
  }

  /** One run over all of the books, an hour later: the invariants it found broken. */
  async function audited(): Promise<Invariant[]> {
    const findings = await audit(env, BEGIN_MS + HOUR_MS, Number.MAX_SAFE_INTEGER)
    return [...new Set(findings.map(({ invariant }) => invariant))]
  }

  /** The same in as many runs as it takes when each looks at `rows` rows of a part. */
  async function auditedInSteps(rows: number): Promise<Invariant[]> {
    const found = new Set<Invariant>()
    const [count] = await all<{ n: number }>('SELECT count(*) AS n FROM entries')
    for (let seen = 0; seen <= (count?.n ?? 0); seen += rows)
      for (const { invariant } of await audit(env, BEGIN_MS + HOUR_MS, rows)) found.add(invariant)
    return [...found]
  }

  /** How SQLite would find the rows of everything that was asked so far. */
  async function plans(): Promise<string[]> {
    const steps: string[] = []
    for (const sql of [...asked]) {
      const plan = await all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql.replaceAll(/\?\d*/g, "'1'")}`)
      steps.push(...plan.map(({ detail }) => detail))
    }
    return steps
  }

  const all = async <Row>(sql: string): Promise<Row[]> => (await sqlite.db.prepare(sql).all<Row>()).results
  return {
    db: sqlite.db,
    env,
    states,
    memberAt,
    write,
    corrupt,
    audited,
    auditedInSteps,
    plans,
    all,
    exec: sqlite.exec,
    close: sqlite.close,
  }
}
