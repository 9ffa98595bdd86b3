import type { Claim } from '#contracts/coupons'

/** A receipt on this device, so that its owner can check the day after the close. They are kept apart by member. */
export type KeptReceipt = {
  couponId: string
  campaignId: string
  day: string
  sequence: number
  receipt: string
}

const KEPT_MAX = 50
const nameOf = (memberId: string) => `madang:receipts:${memberId}`
const claimName = (memberId: string, campaignId: string, day: string) =>
  `madang:claim:${memberId}:${campaignId}:${day}`

export function receiptsOf(memberId: string): KeptReceipt[] {
  try {
    const kept: KeptReceipt[] = JSON.parse(localStorage.getItem(nameOf(memberId)) ?? '[]')
    return Array.isArray(kept) ? kept.filter((one) => typeof one?.receipt === 'string') : []
  } catch {
    return []
  }
}

/** Best effort: without a store the receipt is still on the page, to be saved as a file. */
export function keepReceipt(memberId: string, { couponId, sequence, receipt, coupon }: Claim): void {
  const kept = { couponId, campaignId: coupon.campaignId, day: coupon.day, sequence, receipt }
  const others = receiptsOf(memberId).filter((one) => one.couponId !== couponId)
  try {
    localStorage.setItem(nameOf(memberId), JSON.stringify([kept, ...others].slice(0, KEPT_MAX)))
  } catch {
    // Said above.
  }
}

/** The key of this member's next claim of a day: kept until it is answered, so that a reload asks for the same coupon. */
export function claimKey(memberId: string, campaignId: string, day: string): string {
  const name = claimName(memberId, campaignId, day)
  try {
    const key = sessionStorage.getItem(name) ?? crypto.randomUUID()
    sessionStorage.setItem(name, key)
    return key
  } catch {
    return crypto.randomUUID()
  }
}
export function forgetClaimKey(memberId: string, campaignId: string, day: string): void {
  try {
    sessionStorage.removeItem(claimName(memberId, campaignId, day))
  } catch {
    // Nothing was kept then.
  }
}
