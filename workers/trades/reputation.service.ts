import type { MemberId } from '#contracts/ids'
import type { Outcome, Reputation } from '#contracts/trades'
import { nowMs } from '#kit/clock'
import type { TradesEnv } from './env.ts'
import { averageOf } from './reputation.rules.ts'
import { readFigures } from './reputation.store.ts'

/** What a profile says of a member: counts of what happened. Someone who never dealt has zeros. */
export async function reputationOf(env: TradesEnv, memberId: MemberId): Promise<Reputation> {
  const figures = await readFigures(env.DB, memberId, nowMs())
  const said = (outcome: Outcome) => figures.said.find((each) => each.outcome === outcome)?.count ?? 0
  return {
    memberId,
    trades: { sold: figures.sold, bought: figures.bought },
    appointments: { kept: said('kept'), late: said('late'), missed: said('missed') },
    reviews: {
      count: figures.reviews,
      averageScore: averageOf(figures.averageScore),
      tags: figures.tags,
    },
  }
}
