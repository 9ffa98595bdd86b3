import type { Context } from 'hono'
import type { MadangEvent } from '#contracts/events'
import { type AppEnv, memberOf, purges } from '#kit/app'
import { nowMs } from '#kit/clock'
import { tell as tellFacts } from '#kit/telling'
import type { Asker } from '../asker.ts'
import type { TradesEnv } from '../env.ts'

/** What every route of this worker is given. */
export type TradesContext = Context<AppEnv<TradesEnv>>

/** Who asks, behind `requireMember`. */
export const askerOf = (c: TradesContext): Asker => ({
  memberId: memberOf(c).memberId,
  requestId: c.var.requestId,
  completion: c.var.completion,
  atMs: nowMs(),
})

/** After a write: its facts are sent behind the reply (what is not sent now the tick sends), and old public replies dropped. */
export function tell(c: TradesContext, { events, old }: { events: MadangEvent[]; old: string[] }): void {
  tellFacts(c, events)
  if (old.length > 0) purges(c, old)
}
