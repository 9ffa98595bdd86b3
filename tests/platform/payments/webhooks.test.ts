import { beforeAll, describe, expect, it } from 'vitest'
import { eventually, type SignedUp } from '../../support/platform.ts'
import { codeOf, openPurse, type Purse } from './purse.ts'

let purse: Purse
let payer: SignedUp

beforeAll(async () => {
  purse = await openPurse()
  payer = await purse.newcomer()
})

const HOUR_SECONDS = 3_600

/** A top-up paid at the provider of which nobody has been told. */
async function paidInSilence(amount: number) {
  const charge = await purse.begin(payer, amount)
  await purse.provider({ kind: 'silent' })
  await purse.at(charge, 'approve')
  return charge
}
const stateOf = async (id: Parameters<Purse['chargeOf']>[1]) => (await purse.chargeOf(payer, id)).state

describe('A webhook of the payment provider', () => {
  it('that is forged is refused and moves nothing', async () => {
    const charge = await paidInSilence(5_000)
    expect((await purse.webhook({ paymentId: charge.id, isForged: true })).status).toBe(401)
    expect(await stateOf(charge.id)).toBe('pending')
    const bare = await purse.platform.call('POST', 'payments/webhooks/portone', {
      json: { type: 'Transaction.Paid' },
    })
    expect([bare.status, codeOf(bare)]).toEqual([401, 'WEBHOOK_REFUSED'])
  })

  it.each([-6 * 60, 6 * 60, HOUR_SECONDS])(
    'whose clock is off by %i s is refused, for the window is five minutes either way',
    async (ageSeconds) => {
      const charge = await paidInSilence(1_000)
      expect((await purse.webhook({ paymentId: charge.id, ageSeconds })).status).toBe(401)
      expect(await stateOf(charge.id)).toBe('pending')
    },
  )

  it.each([-4 * 60, 4 * 60])('whose clock is off by %i s is heard', async (ageSeconds) => {
    const charge = await paidInSilence(1_000)
    expect((await purse.webhook({ paymentId: charge.id, ageSeconds })).status).toBe(200)
    expect(await stateOf(charge.id)).toBe('paid')
  })

  it('that is replayed, under its own id or another, credits once', async () => {
    const charge = await paidInSilence(2_000)
    const before = await purse.walletOf(payer)
    const first = await purse.webhook({ paymentId: charge.id })
    const again = await Promise.all([
      purse.webhook({ paymentId: charge.id, id: first.id }),
      purse.webhook({ paymentId: charge.id, id: first.id }),
      purse.webhook({ paymentId: charge.id }),
    ])
    expect([first, ...again].map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect((await purse.walletOf(payer)).total - before.total).toBe(2_000)
  })

  it('that says cancelled before the one that says paid does not keep the money from the payer', async () => {
    const charge = await purse.begin(payer, 3_000)
    const before = await purse.walletOf(payer)
    await purse.provider({ kind: 'reorder' })
    await purse.at(charge, 'approve')
    await eventually(async () => expect(await stateOf(charge.id)).toBe('paid'))
    expect((await purse.walletOf(payer)).total - before.total).toBe(3_000)
  })

  it('that says paid of what is not paid moves nothing: the provider’s own API is believed', async () => {
    const charge = await purse.begin(payer, 4_000)
    const before = await purse.walletOf(payer)
    expect((await purse.webhook({ paymentId: charge.id })).status).toBe(200)
    expect(await stateOf(charge.id)).toBe('pending')
    expect((await purse.walletOf(payer)).total).toBe(before.total)
  })

  it('about an unknown payment or another shop’s is taken and ignored', async () => {
    const charge = await paidInSilence(1_500)
    expect((await purse.webhook({ paymentId: 'somebody-elses' })).status).toBe(200)
    expect((await purse.webhook({ paymentId: `chg_${'0'.repeat(26)}` })).status).toBe(200)
    expect((await purse.webhook({ paymentId: charge.id, storeId: 'store-another' })).status).toBe(200)
    expect(await stateOf(charge.id)).toBe('pending')
  })

  it('is heard again when the provider could not be asked the first time', async () => {
    const charge = await paidInSilence(1_700)
    await purse.provider({ kind: 'refuse', status: 500, times: 1 })
    const lost = await purse.webhook({ paymentId: charge.id })
    expect(lost.status).toBe(503)
    expect((await purse.webhook({ paymentId: charge.id, id: lost.id })).status).toBe(200)
    expect(await stateOf(charge.id)).toBe('paid')
  })

  it('that comes late, or thrice, is heard once', async () => {
    const [late, thrice] = [await purse.begin(payer, 1_100), await purse.begin(payer, 1_200)]
    const before = await purse.walletOf(payer)
    await purse.provider({ kind: 'delay', delayMs: 200 })
    await purse.at(late, 'approve')
    await eventually(async () => expect(await stateOf(late.id)).toBe('paid'))
    await purse.provider({ kind: 'repeat' })
    await purse.at(thrice, 'approve')
    await eventually(async () => expect(await stateOf(thrice.id)).toBe('paid'))
    expect((await purse.walletOf(payer)).total - before.total).toBe(2_300)
  })
})
