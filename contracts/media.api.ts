import type { CallContext, Ticking } from './call.ts'
import type { Result } from './errors.ts'
import type { ImageId, MemberId } from './ids.ts'
import type { Image } from './media.ts'

/** What an image can hang on. An image hangs on one thing at most. */
export type ImageHolder = { kind: 'listing' | 'member'; id: string }

/** RPC of the media worker. */
export interface MediaApi extends Rpc.WorkerEntrypointBranded, Ticking {
  /**
   * Makes `imageIds`, in this order, the whole set of images of `holder`: new ones are attached, ones no longer named are
   * detached (and purged after 30 days). Every image must be `ownerId`'s and free or already on this holder, else
   * `IMAGE_NOT_YOURS` and nothing changes. Repeating the call changes nothing and answers the same.
   */
  attach(
    ctx: CallContext,
    request: { ownerId: MemberId; holder: ImageHolder; imageIds: ImageId[] },
  ): Promise<Result<Image[]>>
}
