import { CompactSign, compactVerify, importJWK, type JWK } from 'jose'
import { z } from 'zod'
import { chainHash } from '#contracts/coupon-chain'
import { type CheckedReceipt, ReceiptLink } from '#contracts/coupons'
import { nowMs } from '#kit/clock'
import { windowOfDay } from './campaign.rules.ts'
import { counterOf } from './counters.ts'
import { readDay } from './day.store.ts'
import type { CouponsEnv } from './env.ts'
import { knownCampaign } from './known-campaigns.ts'

/** Ed25519: the same receipt signed again is the same bytes. */
const ALGORITHM = 'EdDSA'
const RECEIPT_TYPE = 'coupon-receipt+jws'
const SEAL_TYPE = 'coupon-seal+jws'

const PrivateKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
  kid: z.string(),
})
/** The key that verifies receipts and seals. */
export const ReceiptKey = z
  .object({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.string(),
    kid: z.string(),
    alg: z.literal(ALGORITHM),
    use: z.literal('sig'),
  })
  .openapi('ReceiptKey')
export type ReceiptKey = z.infer<typeof ReceiptKey>

type Key = Awaited<ReturnType<typeof importJWK>>
type Keys = { kid: string; signing: Key; verifying: Key }
let imported: { source: string; keys: Keys } | null = null

/** Imported once an isolate; two at once import it twice. */
async function keysOf(env: CouponsEnv): Promise<Keys> {
  if (imported?.source === env.RECEIPT_KEY) return imported.keys
  const { kty, crv, x, d, kid } = privateKeyOf(env)
  const importing = (jwk: JWK) => importJWK(jwk, ALGORITHM)
  const signing = await importing({ kty, crv, x, d })
  const keys = { kid, signing, verifying: await importing({ kty, crv, x }) }
  imported = { source: env.RECEIPT_KEY, keys }
  return keys
}

const privateKeyOf = ({ RECEIPT_KEY }: CouponsEnv) => PrivateKey.parse(JSON.parse(RECEIPT_KEY))

export function publicKeyOf(env: CouponsEnv): ReceiptKey {
  const { kty, crv, x, kid } = privateKeyOf(env)
  return { kty, crv, x, kid, alg: ALGORITHM, use: 'sig' }
}

async function sign(env: CouponsEnv, typ: string, payload: object): Promise<string> {
  const { kid, signing } = await keysOf(env)
  return await new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: ALGORITHM, kid, typ })
    .sign(signing)
}

/** The receipt of a coupon; only what the chain will publish is in it. */
export const receiptOf = (env: CouponsEnv, link: ReceiptLink): Promise<string> =>
  sign(env, RECEIPT_TYPE, {
    campaignId: link.campaignId,
    day: link.day,
    sequence: link.sequence,
    couponId: link.couponId,
    member: link.member,
    atMs: link.atMs,
    previous: link.previous,
    hash: link.hash,
  })

/** A closed day's head, signed. */
export const sealOf = (
  env: CouponsEnv,
  { campaignId, day, count, head }: { campaignId: string; day: string; count: number; head: string },
): Promise<string> => sign(env, SEAL_TYPE, { campaignId, day, count, head })

/** What a receipt of ours says, or null when it is no receipt of ours. */
async function linkOf(env: CouponsEnv, receipt: string): Promise<ReceiptLink | null> {
  try {
    const { verifying } = await keysOf(env)
    const { payload, protectedHeader } = await compactVerify(receipt, verifying, { algorithms: [ALGORITHM] })
    if (protectedHeader.typ !== RECEIPT_TYPE) return null
    const link = ReceiptLink.parse(JSON.parse(new TextDecoder().decode(payload)))
    return link.hash === (await chainHash(link)) ? link : null
  } catch {
    // Whatever is wrong with it (form, signature, content), it is not ours.
    return null
  }
}

/** Holds a receipt against the day's chain. */
export async function checkReceipt(env: CouponsEnv, receipt: string): Promise<CheckedReceipt> {
  const link = await linkOf(env, receipt)
  if (link === null) return { verdict: 'forged', link: null, head: null }
  const campaign = await knownCampaign(env, link.campaignId)
  const window = campaign && windowOfDay(campaign.rhythm, link.day)
  if (!window) return { verdict: 'not_in_chain', link, head: null }
  const counter = counterOf(env, link.campaignId, link.day)
  const [look, [found]] = await Promise.all([counter.look(), counter.links(link.sequence, 1)])
  const isClosed = look.closed || (look.issued === 0 && nowMs() >= window.closesAtMs)
  const head = isClosed ? ((await readDay(env.DB, link.campaignId, link.day))?.sealedHead ?? look.head) : null
  if (found?.hash !== link.hash) return { verdict: 'not_in_chain', link, head }
  return { verdict: isClosed ? 'genuine' : 'waiting', link, head }
}
