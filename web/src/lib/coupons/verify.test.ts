import { beforeAll, describe, expect, it } from 'vitest'
import { CHAIN_START, chainHash, memberText, sha256Hex } from '#contracts/coupon-chain'
import type { Fetch } from '$lib/api/client.ts'
import { overwriteGetLocale } from '$lib/paraglide/runtime.js'
import { verifyReceipt } from './verify.ts'

overwriteGetLocale(() => 'ko')

type Link = Awaited<ReturnType<typeof linkAt>>
const ME = 'mem_me'
const base64url = (bytes: ArrayBuffer | Uint8Array<ArrayBuffer>) =>
  Buffer.from(new Uint8Array(bytes)).toString('base64url')

async function linkAt(sequence: number, previous: string) {
  const couponId = `cpn_${sequence}`
  const member = await sha256Hex(memberText(sequence === 2 ? ME : `mem_${sequence}`, couponId))
  const facts = {
    campaignId: 'cmp_1',
    day: '2026-11-21',
    sequence,
    couponId,
    member,
    atMs: 1_000 + sequence,
    previous,
  }
  // The ids are short here, and no schema reads them.
  return { ...facts, hash: await chainHash(JSON.parse(JSON.stringify(facts))) }
}

let keys: CryptoKeyPair
let jwk: JsonWebKey
let links: Link[]
let receipt: string
const sign = async (said: object) => {
  const text = `${base64url(Buffer.from('{"alg":"EdDSA"}'))}.${base64url(Buffer.from(JSON.stringify(said)))}`
  return `${text}.${base64url(await crypto.subtle.sign('Ed25519', keys.privateKey, new TextEncoder().encode(text)))}`
}
beforeAll(async () => {
  const made = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  if (!('privateKey' in made)) throw new Error('a pair was asked for')
  keys = made
  jwk = await crypto.subtle.exportKey('jwk', keys.publicKey)
  links = []
  for (let sequence = 1; sequence <= 3; sequence++)
    links.push(await linkAt(sequence, links.at(-1)?.hash ?? CHAIN_START))
  receipt = await sign(links[1] ?? {})
})

const headOf = (chain: Link[]) => chain.at(-1)?.hash ?? CHAIN_START
async function check(
  text: string,
  published: { chain?: Link[]; head?: string; closed?: boolean; sealed?: string } = {},
  who: string | null = ME,
) {
  const { chain = links, closed = true } = published
  const head = published.head ?? headOf(chain)
  const seal = closed ? await sign({ head: published.sealed ?? head }) : null
  const answers = new Map<string, unknown>([
    ['/api/v1/coupons/receipts/key', jwk],
    [
      '/api/v1/coupons/campaigns/cmp_1/days/2026-11-21/chain',
      {
        campaignId: 'cmp_1',
        day: '2026-11-21',
        closed,
        count: chain.length,
        head,
        seal,
        links: closed ? chain : [],
      },
    ],
  ])
  const fetcher: Fetch = async (input) => Response.json(answers.get(String(input)))
  const checked = await verifyReceipt(fetcher, text, who)
  return checked.kind === 'checked'
    ? Object.fromEntries(checked.checks.map(({ what, verdict }) => [what, verdict]))
    : checked.kind
}

const ALL_RIGHT = { signature: 'right', mine: 'right', chain: 'right', place: 'right', seal: 'right' }

describe('a receipt, checked by whoever has it', () => {
  it('is right when its signature, its chain, its place and the seal are', async () => {
    expect(await check(receipt)).toEqual(ALL_RIGHT)
  })

  it('has to wait for the close to be found in its place', async () => {
    expect(await check(receipt, { closed: false })).toEqual({
      signature: 'right',
      mine: 'right',
      chain: 'later',
      place: 'later',
    })
  })

  it('is found out when a word of it was changed', async () => {
    const [head, , signature] = receipt.split('.')
    const changed = base64url(Buffer.from(JSON.stringify({ ...links[1], sequence: 1 })))
    expect(await check(`${head}.${changed}.${signature}`)).toMatchObject({
      signature: 'wrong',
      place: 'wrong',
    })
  })

  it('shows that it is not there when another stands in its place', async () => {
    const other = await linkAt(1, CHAIN_START)
    const second = { ...(await linkAt(9, other.hash)), sequence: 2 }
    expect(await check(receipt, { chain: [other, second] })).toMatchObject({ chain: 'wrong', place: 'wrong' })
  })

  it('shows a day whose links were left out, or whose head is not what was sealed', async () => {
    const [first, , third] = links
    if (!first || !third) throw new Error('three links were made')
    expect(await check(receipt, { chain: [first, third] })).toMatchObject({ chain: 'wrong', place: 'wrong' })
    expect(await check(receipt, { sealed: 'f'.repeat(64) })).toMatchObject({ seal: 'wrong' })
    expect(await check(receipt, { head: 'f'.repeat(64) })).toMatchObject({ chain: 'wrong' })
  })

  it('is recognised by the one it was made out to, and by nobody else', async () => {
    expect(await check(receipt, {}, 'mem_other')).toMatchObject({ mine: 'wrong', place: 'right' })
    expect(await check(receipt, {}, null)).not.toHaveProperty('mine')
  })

  it.each(['', 'hello', 'a.b.c', 'e30.e30.e30'])('is no receipt at all: %s', async (text) => {
    expect(await check(text)).toBe('no_receipt')
  })
})
