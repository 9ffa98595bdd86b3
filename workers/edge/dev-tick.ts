import { z } from 'zod'
import { nowMs } from '#kit/clock'
import type { EdgeEnv } from './env.ts'
import { tickAll } from './tick.ts'

const DevTick = z.strictObject({ resendSentSinceMs: z.int().optional() })

/** `POST /dev/tick`, local only: the minute tick by hand, since cron does not fire by itself in `wrangler dev`. */
export async function answerDevTick(request: Request, env: EdgeEnv): Promise<Response> {
  const asked = DevTick.safeParse(await request.json().catch(() => null))
  if (!asked.success) return new Response('{ resendSentSinceMs? }', { status: 400 })
  const { resendSentSinceMs } = asked.data
  await tickAll(env, { atMs: nowMs(), ...(resendSentSinceMs === undefined ? {} : { resendSentSinceMs }) })
  return new Response(null, { status: 204 })
}
