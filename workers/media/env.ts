import { z } from 'zod'
import type { IdentityApi } from '#contracts/identity.api'
import type { OwnersShelf } from '#do/shelf/index'
import { binding } from '#kit/env'

export const MediaEnv = z.object({
  DB: binding<D1Database>(),
  /** Originals and their variants; private, only this worker reads it. */
  PHOTOS: binding<R2Bucket>(),
  IMAGES: binding<ImagesBinding>(),
  SHELF: binding<DurableObjectNamespace<OwnersShelf<object>>>(),
  IDENTITY: binding<Service<IdentityApi>>(),
})
export type MediaEnv = z.infer<typeof MediaEnv>
