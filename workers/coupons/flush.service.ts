import type { DayFlush } from '#do/coupon-counter/counter.api'
import { putPart } from './day.store.ts'
import type { CouponsEnv } from './env.ts'

/** What a counter brings home: its coupons and how its day stands, in one batch. The same part again changes nothing. */
export async function flushDay(env: CouponsEnv, part: DayFlush): Promise<void> {
  await env.DB.batch(putPart(env.DB, part))
}
