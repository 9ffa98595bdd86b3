import { DurableObject } from 'cloudflare:workers'
import type { Result } from '#contracts/errors'
import type { HoldId, MemberId } from '#contracts/ids'
import type { Paid, Reserved } from '#do/slot-claims/claims.service'
import { type SlotClaims, slotClaimsClass } from '#do/slot-claims/index'
import type {
  Claimed,
  ClaimOrder,
  ClaimsPart,
  MemberClaim,
  MoneyLine,
  MoneyToHold,
  Standing,
} from '../../durable-objects/slot-claims/claims.api.ts'

type Env = {
  LEDGER: DurableObjectNamespace<Ledger>
  SOUND: DurableObjectNamespace<SlotClaims>
  PAUSING: DurableObjectNamespace<SlotClaims>
  TARDY: DurableObjectNamespace<SlotClaims>
  MISERLY: DurableObjectNamespace<SlotClaims>
  FORGETFUL: DurableObjectNamespace<SlotClaims>
  FRAGILE: DurableObjectNamespace<SlotClaims>
}
const TOO_LITTLE = { ok: false, refusal: { code: 'INSUFFICIENT_BALANCE' } } as const
const VOIDED = { ok: false, refusal: { code: 'HOLD_VOIDED' } } as const
const EXHAUSTED = { ok: false, refusal: { code: 'SLOTS_EXHAUSTED' } } as const
/** Takes back what a step of the ledger did before it. */
class Refused extends Error {
  readonly answer: Result<null>
  constructor(answer: Result<null>) {
    super('refused')
    this.answer = answer
  }
}

/** The wallets of one group buy's members and what its object told the database. Each may be away. */
export class Ledger extends DurableObject<Env> {
  readonly #sql: SqlStorage
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#sql = ctx.storage.sql
    this.#sql.exec('CREATE TABLE IF NOT EXISTS wallets (member_id TEXT PRIMARY KEY, purse INTEGER NOT NULL)')
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS holds (hold_id TEXT PRIMARY KEY, member_id TEXT NOT NULL, amount INTEGER NOT NULL,
      state TEXT NOT NULL, resolved INTEGER NOT NULL DEFAULT 0)`)
    this.#sql.exec('CREATE TABLE IF NOT EXISTS parts (n INTEGER PRIMARY KEY, part TEXT NOT NULL)')
    this.#sql.exec('CREATE TABLE IF NOT EXISTS away (what TEXT PRIMARY KEY, times INTEGER NOT NULL)')
  }

  give(memberId: MemberId, purse: number): void {
    this.#sql.exec('INSERT OR REPLACE INTO wallets (member_id, purse) VALUES (?, ?)', memberId, purse)
  }

  away(what: string, times: number): void {
    this.#sql.exec('INSERT OR REPLACE INTO away (what, times) VALUES (?, ?)', what, times)
  }

  /** All of it or none. */
  hold(lines: MoneyLine[], instead: HoldId | null): Result<null> {
    this.#beThere('hold')
    try {
      this.ctx.storage.transactionSync(() => {
        for (const line of lines) this.#holdOne(line, instead)
      })
    } catch (error) {
      if (error instanceof Refused) return error.answer
      throw error
    }
    return { ok: true, value: null }
  }

  #holdOne({ memberId, holdId, amount }: MoneyLine, instead: HoldId | null): void {
    const known = this.#holds(holdId)[0]
    if (known?.state === 'open') return
    if (known || (instead !== null && this.#holds(instead)[0]?.state !== 'open')) throw new Refused(VOIDED)
    if (instead !== null) this.#void(instead)
    const { purse = 0 } =
      this.#rows<{ purse: number }>('SELECT purse FROM wallets WHERE member_id = ?', memberId)[0] ?? {}
    const query = "SELECT coalesce(sum(amount), 0) AS held FROM holds WHERE member_id = ? AND state = 'open'"
    const { held = 0 } = this.#rows<{ held: number }>(query, memberId)[0] ?? {}
    if (purse - held < amount) throw new Refused(TOO_LITTLE)
    this.#sql.exec(
      "INSERT INTO holds (hold_id, member_id, amount, state) VALUES (?, ?, ?, 'open')",
      holdId,
      memberId,
      amount,
    )
  }

  release(holdIds: HoldId[]): void {
    this.#beThere('release')
    for (const holdId of holdIds) this.#void(holdId)
  }

  flush(part: ClaimsPart): void {
    this.#beThere('flush')
    this.#sql.exec('INSERT INTO parts (part) VALUES (?)', JSON.stringify(part))
    this.#beThere('flush answer')
  }

  books(): { holds: object[]; parts: unknown[] } {
    const parts = this.#rows<{ part: string }>('SELECT part FROM parts ORDER BY n').map(({ part }) =>
      JSON.parse(part),
    )
    return {
      holds: this.#rows(
        'SELECT hold_id AS holdId, member_id AS memberId, amount, state, resolved FROM holds',
      ),
      parts,
    }
  }

  #void(holdId: HoldId): void {
    this.#sql.exec(
      "UPDATE holds SET state = 'voided', resolved = resolved + 1 WHERE hold_id = ? AND state = 'open'",
      holdId,
    )
  }

  #holds(holdId: HoldId) {
    return this.#rows<{ state: string }>('SELECT state FROM holds WHERE hold_id = ?', holdId)
  }

  #beThere(what: string): void {
    if (
      this.#rows('UPDATE away SET times = times - 1 WHERE what = ? AND times > 0 RETURNING times', what)
        .length > 0
    )
      throw new Error(`${what}: away`)
  }

  #rows<Row extends Record<string, SqlStorageValue>>(query: string, ...bound: SqlStorageValue[]): Row[] {
    return this.#sql.exec<Row>(query, ...bound).toArray()
  }
}

/** The clock the objects go by; the machine's own unless a test has set it. */
let setAtMs: number | null = null
const clock = (): number => setAtMs ?? Date.now()
const readEnv = (raw: object) => raw as Env
const ledgerOf = (env: Env, groupBuyId: string) => env.LEDGER.getByName(groupBuyId)
const ports = {
  hold: async (env: Env, { plan, lines, instead }: MoneyToHold): Promise<Result<null>> =>
    await ledgerOf(env, plan.groupBuyId).hold(lines, instead),
  release: async (env: Env, groupBuyId: string, holdIds: HoldId[]): Promise<void> =>
    await ledgerOf(env, groupBuyId).release(holdIds),
  flush: async (env: Env, part: ClaimsPart): Promise<void> =>
    await ledgerOf(env, part.plan.groupBuyId).flush(part),
}

/**
 * One whose alarm can be rung from outside, that says how it stands when nothing is under way, and whose claims can be taken step by step, so
 * that something comes in between.
 */
const audible = (reached: typeof ports, time: () => number) =>
  class Audible extends slotClaimsClass(readEnv, reached, time) {
    async reserve(order: ClaimOrder): Promise<Result<Reserved>> {
      const reserved = this.claims.reserve(order, time())
      await this.alarm()
      return reserved
    }

    async confirm(paid: Paid): Promise<Result<Claimed>> {
      const confirmed = this.claims.confirm(paid, time())
      await this.alarm()
      return confirmed
    }

    async abandon(claimId: string): Promise<void> {
      this.claims.abandon(claimId, time())
      await this.alarm()
    }

    async ring(): Promise<void> {
      await this.alarm()
    }

    /** Whether something will ring it by itself. */
    async isArmed(): Promise<boolean> {
      return (await this.ctx.storage.getAlarm()) !== null
    }

    /** How it stands once nothing is under way any more, whatever was when it was asked. */
    async settled(memberIds: MemberId[]): Promise<{ standing: Standing | null; claims: MemberClaim[] }> {
      await this.alarm()
      for (let looks = 0; !this.isQuiet(); looks++) {
        if (looks > 1_000) throw new Error('it never comes to rest')
        await new Promise((resolve) => setTimeout(resolve, 2))
        await this.alarm()
      }
      const claims = await Promise.all(memberIds.map((memberId) => this.claimOf(memberId)))
      return { standing: await this.standing(), claims }
    }

    /** By its own clock: what it does not hold due yet it does not do. */
    isQuiet(): boolean {
      const [errands] = this.ctx.storage.sql
        .exec<{ n: number }>(
          "SELECT count(*) AS n FROM errands WHERE kind <> 'release' OR tries > 0 OR due_at_ms <= ?",
          time(),
        )
        .toArray()
      const [facts] = this.ctx.storage.sql
        .exec<{ behind: number }>('SELECT version - flushed_version AS behind FROM facts')
        .toArray()
      return (errands?.n ?? 0) === 0 && (facts?.behind ?? 0) === 0
    }
  }
export class Sound extends audible(ports, clock) {}

/** Broken: it looks whether there is enough, waits a moment, and then reserves whatever has become of it. */
export class Pausing extends Sound {
  override async claim(order: ClaimOrder): Promise<Result<Claimed>> {
    return (await this.#isTooMuch(order)) ? EXHAUSTED : await super.claim(this.#beyond(order))
  }

  override async reserve(order: ClaimOrder): Promise<Result<Reserved>> {
    return (await this.#isTooMuch(order)) ? EXHAUSTED : await super.reserve(this.#beyond(order))
  }

  async #isTooMuch({ units }: ClaimOrder): Promise<boolean> {
    const standing = await this.standing()
    await new Promise((resolve) => setTimeout(resolve, 2))
    return standing !== null && standing.remainingUnits < units
  }

  #beyond(order: ClaimOrder): ClaimOrder {
    this.ctx.storage.sql.exec(
      'UPDATE facts SET total_units = 10000, plan = json_set(plan, ?, 10000)',
      '$.totalUnits',
    )
    return { ...order, plan: { ...order.plan, totalUnits: 10_000 } }
  }
}

const LATE_MS = 60_000
/** Broken: its clock is a minute slow. */
export class Tardy extends audible(ports, () => clock() - LATE_MS) {}

/** Broken: what is given up stays held. */
export class Miserly extends audible({ ...ports, release: async () => {} }, clock) {}

/** Broken: what is being paid for is not there any more after it died. */
export class Forgetful extends Sound {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.storage.sql.exec('DELETE FROM reservations')
  }
}

/** Broken: what goes wrong in its alarm it leaves to the platform, which tries a few times and then never again. */
export class Fragile extends Sound {
  override async alarm(): Promise<void> {
    await this.standing()
    await this.flushed()
  }
}

const CLAIMS_METHODS = [
  ...['plan', 'claim', 'lessen', 'claimOf', 'standing', 'cancel', 'members', 'flushed'],
  ...['reserve', 'confirm', 'abandon', 'ring', 'isArmed', 'settled'],
]
const LEDGER_METHODS = ['give', 'away', 'hold', 'books']

/** `POST /<kind>/<name>/<method>` with its arguments as a JSON array; `POST /clock/<ms or real>` sets the clock. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, kind = '', name = '', method = ''] = new URL(request.url).pathname.split('/')
    if (kind === 'clock') {
      setAtMs = name === 'real' ? null : Number(name)
      return Response.json(null)
    }
    const objects = {
      ...{ sound: env.SOUND, pausing: env.PAUSING, tardy: env.TARDY, miserly: env.MISERLY },
      ...{ forgetful: env.FORGETFUL, fragile: env.FRAGILE },
    }
    const namespace = Object.entries(objects).find(([key]) => key === kind)?.[1]
    const args: unknown = await request.json()
    const allowed = kind === 'ledger' ? LEDGER_METHODS : CLAIMS_METHODS
    if (!Array.isArray(args) || !allowed.includes(method)) return new Response(null, { status: 404 })
    const target: object = kind === 'ledger' ? ledgerOf(env, name) : (namespace?.getByName(name) ?? {})
    const answer: unknown = await Reflect.apply(Reflect.get(target, method), target, args)
    return Response.json(answer ?? null)
  },
}
