import { WorkerEntrypoint } from 'cloudflare:workers'
import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { Image } from '#contracts/media'
import type { MediaApi } from '#contracts/media.api'
import { nowMs } from '#kit/clock'
import { readEnv } from '#kit/env'
import { describeError, log } from '#kit/log'
import { ok } from '#kit/result'
import { MediaEnv } from './env.ts'
import { type HangRequest, type Hung, hangPhotos } from './hanging.service.ts'
import { sweepTombstones } from './retention.service.ts'
import { shelfOf } from './shelf.ts'

/** What other domains ask of media; see contracts/media.api. */
export class MediaRpc extends WorkerEntrypoint<MediaEnv> implements MediaApi {
  async attach(ctx: CallContext, request: HangRequest): Promise<Result<Image[]>> {
    const env = readEnv(MediaEnv, this.env)
    const hung = await hangPhotos(env, ctx, request, nowMs())
    if (!hung.ok) return hung
    this.ctx.waitUntil(tellShelf(env, request, hung.value))
    return ok(hung.value.images)
  }

  async tick(now: { atMs: number }): Promise<{ relayed: number; swept: number }> {
    return { relayed: 0, swept: await sweepTombstones(readEnv(MediaEnv, this.env), now.atMs) }
  }
}

/** Frees the day's allowance at once; when the word is lost the shelf finds out at its next look. */
async function tellShelf(
  env: MediaEnv,
  { ownerId }: HangRequest,
  { images, takenDown }: Hung,
): Promise<void> {
  try {
    await shelfOf(env, ownerId).note({ hung: images.map(({ id }) => id), takenDown })
  } catch (error) {
    log('warn', 'shelf not told', describeError(error))
  }
}
