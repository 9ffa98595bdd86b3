import { firstFaultOf, memberText, sha256Hex } from '#contracts/coupon-chain'
import type { ReceiptChain } from '#contracts/coupons'
import { type Fetch, get, type Trouble } from '$lib/api/client.ts'

/** What a receipt says, as it says it: read from a text anybody may have written. */
export type Said = {
  campaignId: string
  day: string
  sequence: number
  couponId: string
  member: string
  atMs: number
  hash: string
}

/** One thing that was looked at, here in the browser. `unable` when this browser cannot, `later` when it is not published yet. */
export type Check = {
  what: 'signature' | 'chain' | 'place' | 'seal' | 'mine'
  verdict: 'right' | 'wrong' | 'later' | 'unable'
}
export type Checked =
  | { kind: 'checked'; link: Said; chain: ReceiptChain; checks: Check[] }
  | { kind: 'no_receipt' }
  | { kind: 'trouble'; trouble: Trouble }

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0))
}

/** What a compact JWS says; null when it is none. Whether it is true is another question. */
export function payloadOf(jws: string): Record<string, unknown> | null {
  try {
    const [, payload, signature] = jws.trim().split('.')
    if (!payload || !signature) return null
    const said: unknown = JSON.parse(new TextDecoder().decode(bytesOf(payload)))
    return typeof said === 'object' && said !== null ? { ...said } : null
  } catch {
    return null
  }
}

function linkOf(jws: string): Said | null {
  const said = payloadOf(jws)
  if (said === null) return null
  const { campaignId, day, sequence, couponId, member, atMs, hash } = said
  const isLink =
    typeof campaignId === 'string' &&
    typeof day === 'string' &&
    typeof sequence === 'number' &&
    typeof couponId === 'string' &&
    typeof member === 'string' &&
    typeof atMs === 'number' &&
    typeof hash === 'string'
  return isLink ? { campaignId, day, sequence, couponId, member, atMs, hash } : null
}

async function isSigned(jws: string, key: CryptoKey): Promise<boolean> {
  const [head = '', payload = '', signature = ''] = jws.trim().split('.')
  try {
    return await crypto.subtle.verify(
      'Ed25519',
      key,
      bytesOf(signature),
      new TextEncoder().encode(`${head}.${payload}`),
    )
  } catch {
    return false
  }
}

const importKey = (jwk: JsonWebKey): Promise<CryptoKey | null> =>
  crypto.subtle
    .importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x: jwk.x ?? '' }, 'Ed25519', false, ['verify'])
    .catch(() => null)

/**
 * Checks a receipt without taking our word: its signature with the published key, every link of the day from the first to the head,
 * and whether this one stands there. Runs in the reader's own browser.
 */
export async function verifyReceipt(
  fetcher: Fetch,
  receipt: string,
  memberId: string | null,
): Promise<Checked> {
  const link = linkOf(receipt)
  if (link === null) return { kind: 'no_receipt' }
  const [key, chain] = await Promise.all([
    get<JsonWebKey>(fetcher, '/coupons/receipts/key'),
    get<ReceiptChain>(
      fetcher,
      `/coupons/campaigns/${encodeURIComponent(link.campaignId)}/days/${encodeURIComponent(link.day)}/chain`,
    ),
  ])
  if (!key.ok) return { kind: 'trouble', trouble: key.trouble }
  if (!chain.ok) return { kind: 'trouble', trouble: chain.trouble }
  const checks = await checksOf(receipt, link, chain.value, await importKey(key.value), memberId)
  return { kind: 'checked', link, chain: chain.value, checks }
}

async function checksOf(
  receipt: string,
  link: Said,
  chain: ReceiptChain,
  key: CryptoKey | null,
  memberId: string | null,
): Promise<Check[]> {
  const said = (isRight: boolean): Check['verdict'] => (isRight ? 'right' : 'wrong')
  const checks: Check[] = [
    { what: 'signature', verdict: key === null ? 'unable' : said(await isSigned(receipt, key)) },
  ]
  if (memberId !== null)
    checks.push({
      what: 'mine',
      verdict: said((await sha256Hex(memberText(memberId, link.couponId))) === link.member),
    })
  if (!chain.closed || chain.links.length === 0)
    return [...checks, { what: 'chain', verdict: 'later' }, { what: 'place', verdict: 'later' }]
  const there = chain.links[link.sequence - 1]
  const isThere = there?.hash === link.hash && there.couponId === link.couponId && there.atMs === link.atMs
  checks.push({ what: 'chain', verdict: said((await firstFaultOf(chain.links, chain.head)) === null) })
  checks.push({ what: 'place', verdict: said(isThere) })
  if (chain.seal !== null)
    checks.push({
      what: 'seal',
      verdict:
        key === null
          ? 'unable'
          : said((await isSigned(chain.seal, key)) && payloadOf(chain.seal)?.head === chain.head),
    })
  return checks
}
