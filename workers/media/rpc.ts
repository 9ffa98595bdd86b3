import { WorkerEntrypoint } from 'cloudflare:workers'
import type { CallContext } from '#contracts/call'
import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import type { Image } from '#contracts/media'
import type { MediaApi } from '#contracts/media.api'
import { nowMs } from '#kit/clock'
import { readEnv } from '#kit/env'
import { describeError, log } from '#kit/log'
import { ok } from '#kit/result'
import { MediaEnv } from './env.ts'
import {
  type AddRequest,
  addPhoto,
  type HangRequest,
  hangPhotos,
  type PurgeRequest,
  purgePhotos,
} from './hanging.service.ts'
import { sweepTombstones } from './retention.service.ts'
import { shelfOf } from './shelf.ts'

/** What other domains ask of media; see contracts/media.api. */
export class MediaRpc extends WorkerEntrypoint<MediaEnv> implements MediaApi {
  async attach(ctx: CallContext, request: HangRequest): Promise<Result<Image[]>> {
    const env = readEnv(MediaEnv, this.env)
    const hung = await hangPhotos(env, ctx, request, nowMs())
    if (!hung.ok) return hung
    const { images, takenDown } = hung.value
    const change = { hung: images.map(({ id }) => id), takenDown }
    this.ctx.waitUntil(tellShelf(env, request.ownerId, change))
    return ok(images)
  }

  async add(ctx: CallContext, request: AddRequest): Promise<Result<Image>> {
    const env = readEnv(MediaEnv, this.env)
    const added = await addPhoto(env, ctx, request)
    if (!added.ok) return added
    this.ctx.waitUntil(tellShelf(env, request.ownerId, { hung: [added.value.id], takenDown: [] }))
    return added
  }

  /** The owners' shelves are not told: each looks at a photo again in its time and finds it gone. */
  async purge(_ctx: CallContext, request: PurgeRequest): Promise<Result<null>> {
    await purgePhotos(readEnv(MediaEnv, this.env), request, nowMs())
    return ok(null)
  }

  async tick(now: { atMs: number }): Promise<{ relayed: number; swept: number }> {
    return { relayed: 0, swept: await sweepTombstones(readEnv(MediaEnv, this.env), now.atMs) }
  }
}

/** Frees the day's allowance at once; when the word is lost the shelf finds out at its next look. */
async function tellShelf(
  env: MediaEnv,
  ownerId: MemberId,
  change: { hung: string[]; takenDown: string[] },
): Promise<void> {
  try {
    await shelfOf(env, ownerId).note(change)
  } catch (error) {
    log('warn', 'shelf not told', describeError(error))
  }
}
