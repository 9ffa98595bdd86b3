import type { MemberId } from '#contracts/ids'
import type { PlatformAccount } from '#contracts/payments'

/** Whose money it is: a member's, or one of the platform's own purposes. */
export type AccountId = `member:${string}` | `platform:${PlatformAccount}`
export const accountOf = (memberId: MemberId): AccountId => `member:${memberId}`
export const platformAccount = (name: PlatformAccount): AccountId => `platform:${name}`
