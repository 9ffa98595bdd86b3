import type { ReceiptLink } from './coupons.ts'

/**
 * A day's coupons make a chain: each link's hash is over the hash before it and what the link says, so that nobody can be put in,
 * taken out or moved afterwards without every later hash changing. The texts that are hashed are made here, for the object that
 * issues and for anybody who checks; whoever runs where there is only Web Crypto uses `chainHash`.
 */

/** What the first link of a day follows. */
export const CHAIN_START = '0'.repeat(64)

/** What a link says beside its own hash. */
export type LinkFacts = Omit<ReceiptLink, 'hash'>

/** The text whose SHA-256 (hex) is the link's hash. */
export const chainText = (link: LinkFacts): string =>
  [
    'madang-coupon-chain-1',
    link.previous,
    link.campaignId,
    link.day,
    String(link.sequence),
    link.couponId,
    link.member,
    String(link.atMs),
  ].join('\n')

/** The text whose SHA-256 (hex) stands for the member in a link: only who knows both ids recognises it. */
export const memberText = (memberId: string, couponId: string): string => `${memberId}\n${couponId}`

/** SHA-256 as hex, where Web Crypto is all there is (pages, scripts of whoever checks). */
export async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The hash a link must have. */
export const chainHash = (link: LinkFacts): Promise<string> => sha256Hex(chainText(link))

export type ChainFault = { sequence: number; fault: 'out_of_place' | 'wrong_previous' | 'wrong_hash' }

/** The first thing wrong with a day's links, or null when they are a whole chain that ends in `head`. */
export async function firstFaultOf(
  links: readonly ReceiptLink[],
  head: string,
): Promise<ChainFault | { sequence: number; fault: 'wrong_head' } | null> {
  let previous = CHAIN_START
  for (const [index, link] of links.entries()) {
    if (link.sequence !== index + 1) return { sequence: link.sequence, fault: 'out_of_place' }
    if (link.previous !== previous) return { sequence: link.sequence, fault: 'wrong_previous' }
    if (link.hash !== (await chainHash(link))) return { sequence: link.sequence, fault: 'wrong_hash' }
    previous = link.hash
  }
  return previous === head ? null : { sequence: links.length, fault: 'wrong_head' }
}
