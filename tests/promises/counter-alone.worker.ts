import { DurableObject } from 'cloudflare:workers'
import type { Result } from '#contracts/errors'
import { type CouponCounter, couponCounterClass } from '#do/coupon-counter/index'
import type { ClaimRequest, DayFlush, IssuedLink } from '../../durable-objects/coupon-counter/counter.api.ts'

type Env = {
  LEDGER: DurableObjectNamespace<Ledger>
  SOUND: DurableObjectNamespace<CouponCounter>
  PAUSING: DurableObjectNamespace<CouponCounter>
  FORGETFUL: DurableObjectNamespace<CouponCounter>
  SKIPPING: DurableObjectNamespace<CouponCounter>
}

/** What counters brought to their database. It may be told to be away. */
export class Ledger extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS parts (n INTEGER PRIMARY KEY, part TEXT NOT NULL)')
    ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS failures (kind TEXT PRIMARY KEY, rest INTEGER NOT NULL)')
  }

  take(part: DayFlush): void {
    if (this.#fails('before')) throw new Error('the database is away')
    this.ctx.storage.sql.exec('INSERT INTO parts (part) VALUES (?)', JSON.stringify(part))
  }

  losesAnswer(): boolean {
    return this.#fails('after')
  }

  fail(kind: 'before' | 'after', times: number): void {
    this.ctx.storage.sql.exec('INSERT OR REPLACE INTO failures (kind, rest) VALUES (?, ?)', kind, times)
  }

  parts(): unknown[] {
    return this.ctx.storage.sql
      .exec<{ part: string }>('SELECT part FROM parts ORDER BY n')
      .toArray()
      .map(({ part }) => JSON.parse(part))
  }

  #fails(kind: string): boolean {
    const query = 'UPDATE failures SET rest = rest - 1 WHERE kind = ? AND rest > 0 RETURNING rest'
    return this.ctx.storage.sql.exec(query, kind).toArray().length > 0
  }
}

/** The clock the counters go by; the machine's own unless a test has set it. */
let setAtMs: number | null = null
const clock = (): number => setAtMs ?? Date.now()

async function flush(env: Env, part: DayFlush): Promise<void> {
  const ledger = env.LEDGER.getByName(part.plan.campaignId)
  await ledger.take(part)
  if (await ledger.losesAnswer()) throw new Error('the answer was lost')
}

const readEnv = (raw: object) => raw as Env
const Counter = couponCounterClass(readEnv, flush, clock)
type Answer = Promise<Result<{ link: IssuedLink; replayed: boolean }>>

/** Its alarm can be rung from outside. */
export class Sound extends Counter {
  async ring(): Promise<void> {
    await this.alarm()
  }
}

const FAR_MORE = 10_000

/** Broken: it looks whether something is left, waits a moment, and then gives it out. */
export class Pausing extends Counter {
  override async claim(request: ClaimRequest): Answer {
    const { issued } = await this.look()
    if (issued >= request.plan.total) return { ok: false, refusal: { code: 'COUPON_SOLD_OUT' } }
    await new Promise((resolve) => setTimeout(resolve, 2))
    return await super.claim({ ...request, plan: { ...request.plan, total: FAR_MORE } })
  }
}

/** Broken: it does not keep under which key it answered. */
export class Forgetful extends Counter {
  override async claim(request: ClaimRequest): Answer {
    const answer = await super.claim(request)
    this.ctx.storage.sql.exec('DELETE FROM keys')
    return answer
  }
}

/** Broken: one link of its chain follows something that was never there. */
export class Skipping extends Counter {
  override async claim(request: ClaimRequest): Answer {
    const answer = await super.claim(request)
    this.ctx.storage.sql.exec('UPDATE links SET previous = ? WHERE sequence = 3', 'f'.repeat(64))
    return answer
  }
}

const COUNTER_METHODS = [
  'claim',
  'answered',
  'replan',
  'look',
  'winnersIfSoldOut',
  'flushed',
  'links',
  'audit',
  'ring',
] as const
const LEDGER_METHODS = ['fail', 'parts'] as const

/** `POST /<kind>/<name>/<method>` with its arguments as a JSON array; `POST /clock/<ms or real>` sets the clock. */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const [, kind = '', name = '', method = ''] = new URL(request.url).pathname.split('/')
    if (kind === 'clock') {
      setAtMs = name === 'real' ? null : Number(name)
      return Response.json(null)
    }
    const counters = {
      sound: env.SOUND,
      pausing: env.PAUSING,
      forgetful: env.FORGETFUL,
      skipping: env.SKIPPING,
    }
    const namespace = Object.entries(counters).find(([key]) => key === kind)?.[1]
    const args: unknown = await request.json()
    const allowed = kind === 'ledger' ? LEDGER_METHODS : COUNTER_METHODS
    if (!Array.isArray(args) || !allowed.some((known) => known === method))
      return new Response(null, { status: 404 })
    const target: object = kind === 'ledger' ? env.LEDGER.getByName(name) : (namespace?.getByName(name) ?? {})
    const answer: unknown = await Reflect.apply(Reflect.get(target, method), target, args)
    return Response.json(answer ?? null)
  },
}
