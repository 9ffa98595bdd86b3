import type { RoomId } from '#contracts/ids'
import { DAY_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import { relayWaiting, sweepPlatformTables } from '#kit/outbox'
import type { ChatEnv } from './env.ts'
import { ERRANDS_AT_ONCE_MAX, runErrands } from './errand.service.ts'
import { duePurges, forgetRoom, sweepGoneListings } from './purge.store.ts'
import { objectOf } from './room-object.ts'

const ERRAND_ROUNDS_MAX = 10
const PURGES_A_TICK_MAX = 50
/** Longer than a look at a listing can take, and than its deletion can be on its way. */
const GONE_KEPT_MS = 8 * DAY_MS

/** The minute's work: tells what waits, removes what is over, forgets what is old. Running twice or late is harmless. */
export async function sweep(
  env: ChatEnv,
  now: { atMs: number; resendSentSinceMs?: number },
): Promise<{ relayed: number; swept: number }> {
  const told = await runAllErrands(env, now.atMs)
  const purged = await purgeRooms(env, now.atMs)
  const relayed = await relayWaiting(env.DB, env, now)
  const results = await env.DB.batch([
    sweepGoneListings(env.DB, now.atMs - GONE_KEPT_MS),
    ...sweepPlatformTables(env.DB, now.atMs),
  ])
  return { relayed, swept: results.reduce((sum, { meta }) => sum + meta.changes, told + purged) }
}

async function runAllErrands(env: ChatEnv, atMs: number): Promise<number> {
  let told = 0
  for (let round = 0; round < ERRAND_ROUNDS_MAX; round++) {
    const done = await runErrands(env, atMs)
    told += done
    if (done < ERRANDS_AT_ONCE_MAX) break
  }
  return told
}

/** Rooms past their time go: object, photos, then the rows, so that one cut off half way is found again. */
async function purgeRooms(env: ChatEnv, atMs: number): Promise<number> {
  let purged = 0
  for (const roomId of await duePurges(env.DB, atMs, PURGES_A_TICK_MAX)) {
    try {
      await purgeRoom(env, roomId)
      purged += 1
    } catch (error) {
      log('warn', 'room not purged yet', { roomId, ...describeError(error) })
    }
  }
  return purged
}

async function purgeRoom(env: ChatEnv, roomId: RoomId): Promise<void> {
  const stub = objectOf(env, roomId)
  await stub.purge()
  const key = `${roomId}:purge`
  const ctx = { actor: { kind: 'worker', worker: 'chat' }, requestId: key, idempotencyKey: key } as const
  const photos = await env.MEDIA.purge(ctx, { holder: { kind: 'room', id: roomId } })
  if (!photos.ok) throw new Error(`photos not purged: ${photos.refusal.code}`)
  await env.DB.batch(forgetRoom(env.DB, roomId))
}
