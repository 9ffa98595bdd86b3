import type { CallContext, Ticking } from './call.ts'
import type { Result } from './errors.ts'
import type { ImageId, MemberId } from './ids.ts'
import type { Image } from './media.ts'

/** What an image can hang on. An image hangs on one thing at most. */
export type ImageHolder = { kind: 'listing' | 'member' | 'room' | 'group_buy'; id: string }

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
  /**
   * Adds one image to `holder` beside those it has (a photo sent in a room). The image must be `ownerId`'s and free or already on
   * this holder, else `IMAGE_NOT_YOURS`. Repeating the call changes nothing and answers the same.
   */
  add(
    ctx: CallContext,
    request: { ownerId: MemberId; holder: ImageHolder; imageId: ImageId },
  ): Promise<Result<Image>>
  /** Lets go of every image of `holder`, or of one: they are purged at once, not after 30 days. Repeating changes nothing. */
  purge(ctx: CallContext, request: { holder: ImageHolder; imageId?: ImageId }): Promise<Result<null>>
}
