import { DurableObject } from 'cloudflare:workers'

/** More than any round asks for: everybody who comes gets their unit. */
const TOTAL_UNITS = 10_000

/** The barest share of units there can be: whether there are still so many, and the member's row, in one transaction, and its answer. */
export class BareSlots extends DurableObject {
  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env)
    ctx.storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS facts (remaining INTEGER NOT NULL CHECK (remaining >= 0)) STRICT',
    )
    ctx.storage.sql.exec('INSERT INTO facts SELECT ? WHERE NOT EXISTS (SELECT 1 FROM facts)', TOTAL_UNITS)
    ctx.storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS members (member TEXT PRIMARY KEY, units INTEGER NOT NULL) STRICT',
    )
  }

  async join(member: string, units: number): Promise<{ remaining: number } | null> {
    const { sql } = this.ctx.storage
    return this.ctx.storage.transactionSync(() => {
      const [left] = sql
        .exec<{ remaining: number }>(
          'UPDATE facts SET remaining = remaining - ?1 WHERE remaining >= ?1 RETURNING remaining',
          units,
        )
        .toArray()
      if (!left) return null
      sql.exec('INSERT INTO members (member, units) VALUES (?, ?)', member, units)
      return left
    })
  }
}

/** `…/join/{group buy}?member=` joins that one with one unit. */
export default {
  async fetch(request: Request, env: { SLOTS: DurableObjectNamespace<BareSlots> }): Promise<Response> {
    const url = new URL(request.url)
    await request.body?.cancel()
    const joined = await env.SLOTS.getByName(url.pathname).join(url.searchParams.get('member') ?? '', 1)
    return Response.json(joined, { status: joined === null ? 409 : 200 })
  },
}
