import { createHash } from 'node:crypto'
import { chainText, type LinkFacts, memberText } from '#contracts/coupon-chain'
import type { CouponId, MemberId } from '#contracts/ids'
import type { DayPlan, IssuedLink } from './counter.api.ts'

/** Web Crypto would need an `await` in the middle of a claim; Node's hash answers at once. */
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The next link of a day. */
export function nextLink(
  plan: DayPlan,
  end: { issued: number; head: string },
  winner: { memberId: MemberId; couponId: CouponId; atMs: number },
): IssuedLink {
  const { memberId, couponId, atMs } = winner
  const facts: LinkFacts = {
    campaignId: plan.campaignId,
    day: plan.day,
    sequence: end.issued + 1,
    couponId,
    member: sha256(memberText(memberId, couponId)),
    atMs,
    previous: end.head,
  }
  return {
    ...facts,
    hash: sha256(chainText(facts)),
    memberId,
    title: plan.title,
    expiresAtMs: atMs + plan.validForMs,
  }
}

/** What is wrong with a link that stands at `sequence` behind `previous`; empty when nothing is. */
export function faultsOfLink(link: IssuedLink, sequence: number, previous: string): string[] {
  const faults: string[] = []
  if (link.sequence !== sequence) faults.push(`${link.sequence} stands at place ${sequence}`)
  if (link.previous !== previous) faults.push(`${link.sequence} does not follow the hash before it`)
  if (link.member !== sha256(memberText(link.memberId, link.couponId)))
    faults.push(`${link.sequence} names another member`)
  if (link.hash !== sha256(chainText(link))) faults.push(`${link.sequence} has another hash than it says`)
  return faults
}
