import type { Result } from '#contracts/errors'
import type { MemberId } from '#contracts/ids'
import { facesOf as askFaces, type Faces } from '#kit/faces'
import type { TradesEnv } from './env.ts'

/** The names and photos of these members; without identity everybody is nameless. */
export const facesOf = (env: TradesEnv, requestId: string, ids: MemberId[]): Promise<Result<Faces>> =>
  askFaces({ worker: 'trades', identity: env.IDENTITY }, requestId, ids)
