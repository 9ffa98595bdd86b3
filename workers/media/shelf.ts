import type { MemberId } from '#contracts/ids'
import { OwnersShelf, type PhotoFate } from '#do/shelf/index'
import { readEnv } from '#kit/env'
import { MediaEnv } from './env.ts'
import { examinePhotos } from './retention.service.ts'

/** A member's shelf (durable-objects/shelf), with the photos of this worker. */
export class Shelf extends OwnersShelf<MediaEnv> {
  protected override examine(imageIds: string[], atMs: number): Promise<Map<string, PhotoFate>> {
    return examinePhotos(readEnv(MediaEnv, this.env), imageIds, atMs)
  }
}

/** The one shelf of a member. */
export const shelfOf = (env: Pick<MediaEnv, 'SHELF'>, ownerId: MemberId) => env.SHELF.getByName(ownerId)
