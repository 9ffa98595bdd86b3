import { CompactSign, compactVerify, exportJWK, generateKeyPair, importJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { firstFaultOf, memberText, sha256Hex } from '#contracts/coupon-chain'
import { CheckedReceipt, ReceiptChain } from '#contracts/coupons'
import { newId } from '#kit/id'
import { type CouponsAlone, newMember, startCoupons } from './alone.ts'

let coupons: CouponsAlone
beforeAll(async () => {
  coupons = await startCoupons()
})
afterAll(() => coupons.close())

const check = async (receipt: string) =>
  CheckedReceipt.parse((await coupons.call('POST', 'coupons/receipts/check', { json: { receipt } })).json)
const chainOf = async ({ id, day }: { id: string; day: string }) =>
  ReceiptChain.parse((await coupons.call('GET', `coupons/campaigns/${id}/days/${day}/chain`)).json)
async function publicKey() {
  const Key = z.object({ kty: z.literal('OKP'), crv: z.string(), x: z.string() }).strip()
  const { json } = await coupons.call('GET', 'coupons/receipts/key')
  expect(json).not.toHaveProperty('d')
  return await importJWK(Key.parse(json), 'EdDSA')
}

describe('a receipt', () => {
  it('is signed by the published key, waits for the close, and is genuine from then on', async () => {
    const campaign = await coupons.open({ total: 2 })
    const winner = newMember()
    const { receipt, couponId } = await coupons.won(winner, campaign.id)
    const { payload } = await compactVerify(receipt, await publicKey())
    const link: unknown = JSON.parse(new TextDecoder().decode(payload))
    expect(link).toMatchObject({
      couponId,
      sequence: 1,
      member: await sha256Hex(memberText(winner, couponId)),
    })
    expect(JSON.stringify(link)).not.toContain(winner)
    expect(await check(receipt)).toEqual({ verdict: 'waiting', link, head: null })
    await coupons.won(newMember(), campaign.id)
    const { head } = await chainOf(campaign)
    expect(await check(receipt)).toEqual({ verdict: 'genuine', link, head })
  })

  it('of another key, another content, or none at all is forged', async () => {
    const campaign = await coupons.open({ total: 1 })
    const { receipt } = await coupons.won(newMember(), campaign.id)
    const [header = '', payload = '', signature = ''] = receipt.split('.')
    const { privateKey } = await generateKeyPair('EdDSA', { extractable: true })
    expect((await exportJWK(privateKey)).crv).toBe('Ed25519')
    const foreign = await new CompactSign(Buffer.from(payload, 'base64url'))
      .setProtectedHeader(JSON.parse(Buffer.from(header, 'base64url').toString()))
      .sign(privateKey)
    const changed = Buffer.from(payload, 'base64url').toString().replace('"sequence":1', '"sequence":2')
    const { seal } = await chainOf(campaign)
    const forged = [
      foreign,
      `${header}.${Buffer.from(changed).toString('base64url')}.${signature}`,
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`,
      'not a receipt, only long enough',
      // A seal is ours too, but it is no receipt.
      seal ?? '',
    ]
    for (const receipt of forged) expect((await check(receipt)).verdict).toBe('forged')
  })
})

describe('the chain of a day', () => {
  it('shows only how long it is while coupons are left, and everything once they are gone', async () => {
    const campaign = await coupons.open({ total: 3 })
    for (let index = 0; index < 2; index++) await coupons.won(newMember(), campaign.id)
    expect(await chainOf(campaign)).toMatchObject({ closed: false, count: 2, links: [], seal: null })
    await coupons.won(newMember(), campaign.id)
    const chain = await chainOf(campaign)
    expect(chain).toMatchObject({ closed: true, count: 3 })
    expect(await firstFaultOf(chain.links, chain.head)).toBeNull()
    const { payload } = await compactVerify(chain.seal ?? '', await publicKey())
    expect(JSON.parse(new TextDecoder().decode(payload))).toEqual({
      ...{ campaignId: campaign.id, day: campaign.day, count: 3, head: chain.head },
    })
    await coupons.tick()
    expect(await chainOf(campaign)).toEqual(chain)
    const [first, second, third] = chain.links
    if (!first || !second || !third) throw new Error('three links were expected')
    expect(await firstFaultOf([first, third], chain.head)).toMatchObject({ fault: 'out_of_place' })
    expect(await firstFaultOf([first, second], chain.head)).toMatchObject({ fault: 'wrong_head' })
    expect(await firstFaultOf([first, { ...second, atMs: 1 }, third], chain.head)).toMatchObject({
      fault: 'wrong_hash',
    })
  })

  it('is only of a day the campaign has', async () => {
    const { id } = await coupons.open()
    for (const path of [`${id}/days/2001-01-01`, `${newId('cmp', Date.now())}/days/2026-11-21`])
      expect((await coupons.call('GET', `coupons/campaigns/${path}/chain`)).code).toBe('NOT_FOUND')
  })
})
