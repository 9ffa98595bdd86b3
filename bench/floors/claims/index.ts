import { DurableObject } from 'cloudflare:workers'

/** The barest counter there can be: one statement of SQL in one transaction for each who comes, and its answer. */
export class BareCounter extends DurableObject {
  constructor(ctx: DurableObjectState, env: object) {
    super(ctx, env)
    ctx.storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS claims (sequence INTEGER PRIMARY KEY, member TEXT NOT NULL) STRICT',
    )
  }

  async claim(member: string): Promise<{ sequence: number }> {
    return this.ctx.storage.transactionSync(() =>
      this.ctx.storage.sql
        .exec<{ sequence: number }>('INSERT INTO claims (member) VALUES (?) RETURNING sequence', member)
        .one(),
    )
  }
}

/** `…/claim/{counter}?member=` claims at that counter. */
export default {
  async fetch(request: Request, env: { COUNTERS: DurableObjectNamespace<BareCounter> }): Promise<Response> {
    const url = new URL(request.url)
    await request.body?.cancel()
    const counter = env.COUNTERS.getByName(url.pathname)
    return Response.json(await counter.claim(url.searchParams.get('member') ?? ''), { status: 201 })
  },
}
