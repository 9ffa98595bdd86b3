import { CLOSE_CODES } from '#contracts/chat'
import type { RoomId } from '#contracts/ids'
import { nowMs, SECOND_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import type { ChatEnv } from './env.ts'
import { dueErrands, type ErrandRow, forgetErrands, putOffErrands } from './errand.store.ts'
import { isBlocking } from './room.store.ts'
import { objectOf, tellWhoIsIn } from './room-object.ts'

/** Told at once after an event; what is more waits for the next event or the tick. */
export const ERRANDS_AT_ONCE_MAX = 100
const RETRY_MAX_MS = 600 * SECOND_MS

/**
 * Tells rooms what waits for them, each room its own in order. A room that fails is asked again later; one told twice (the process
 * died before the row went) knows the source and changes nothing.
 */
export async function runErrands(env: ChatEnv, atMs = nowMs()): Promise<number> {
  const rows = await dueErrands(env.DB, atMs, ERRANDS_AT_ONCE_MAX)
  if (rows.length === 0) return 0
  const byRoom = Map.groupBy(rows, ({ roomId }) => roomId)
  const done = await Promise.all(Array.from(byRoom, ([roomId, own]) => runInRoom(env, roomId, own, atMs)))
  return done.reduce((sum, count) => sum + count, 0)
}

async function runInRoom(env: ChatEnv, roomId: RoomId, rows: ErrandRow[], atMs: number): Promise<number> {
  const done: number[] = []
  try {
    for (const row of rows) {
      await run(env, row)
      done.push(row.id)
    }
  } catch (error) {
    log('warn', 'room not told yet', { roomId, ...describeError(error) })
    const tries = rows[done.length]?.tries ?? 0
    const retryMs = Math.min(2 ** tries * SECOND_MS, RETRY_MAX_MS)
    await putOffErrands(env.DB, roomId, atMs + retryMs).run()
  }
  if (done.length > 0) await forgetErrands(env.DB, done).run()
  return done.length
}

async function run(env: ChatEnv, { roomId, source, errand }: ErrandRow): Promise<void> {
  const stub = objectOf(env, roomId)
  switch (errand.kind) {
    case 'line':
      return await stub.note(source, errand.line, closing(errand.purgeAtMs))
    case 'gather':
      return await tellWhoIsIn(env, roomId)
    case 'block':
      // As it stands by now: of two facts about the pair, the newer decides.
      return await stub.setBlocked(
        errand.by,
        errand.blocked,
        await isBlocking(env.DB, errand.by, errand.blocked),
      )
    case 'farewell':
      await stub.note(source, { kind: 'left', memberId: errand.memberId }, closing(errand.purgeAtMs))
      return await stub.disconnect(errand.memberId, CLOSE_CODES.ENDED)
    case 'purge_photo': {
      const ctx = {
        actor: { kind: 'worker', worker: 'chat' },
        requestId: source,
        idempotencyKey: source,
      } as const
      const purged = await env.MEDIA.purge(ctx, {
        holder: { kind: 'room', id: roomId },
        imageId: errand.imageId,
      })
      if (!purged.ok) throw new Error(`photo not purged: ${purged.refusal.code}`)
    }
  }
}

const closing = (purgeAtMs: number | undefined) => (purgeAtMs === undefined ? undefined : { purgeAtMs })
