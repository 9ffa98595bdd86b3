import { beforeAll, describe, expect, it } from 'vitest'
import { MemberId } from '#contracts/ids'
import { Payout } from '#contracts/payments'
import { newId } from '#kit/id'
import { eventually, type SignedUp, unique } from '../../support/platform.ts'
import { codeOf, openPurse, type Purse } from './purse.ts'

let purse: Purse
let member: SignedUp

beforeAll(async () => {
  purse = await openPurse()
  member = await purse.newcomer()
  await purse.topUp(member, 500_000)
})

let numbers = 10_000_001
/** A bank account nobody has used yet. */
const account = (end = '1') => ({ bank: 'kakao', number: `3333-${numbers++}${end}`, holder: '김민지' })
const digitsOf = ({ number }: { number: string }) => number.replaceAll('-', '')
const ask = (amount: number, bankAccount: object, key = unique('k')) =>
  purse.post(member, 'wallet/payouts', { amount, bankAccount }, key)
async function asked(amount: number, bankAccount: object) {
  const reply = await ask(amount, bankAccount)
  expect(reply.status, reply.text).toBe(201)
  return Payout.parse(reply.json)
}
/** The tick comes until the pay-out is there. */
const until = (id: string, state: Payout['state']) =>
  eventually(async () => {
    await purse.tick()
    expect((await purse.payoutOf(member, id)).state).toBe(state)
  })

describe('A pay-out', () => {
  it('is held at once, sent, and leaves the wallet when the bank has paid, once', async () => {
    const [before, to] = [await purse.walletOf(member), account()]
    const payout = await asked(30_000, to)
    expect(payout).toMatchObject({ state: 'requested', bank: 'kakao', numberEnd: digitsOf(to).slice(-4) })
    const held = await purse.walletOf(member)
    expect([before.balance - held.balance, held.total]).toEqual([30_000, before.total])
    await until(payout.id, 'paid')
    const after = await purse.walletOf(member)
    expect([after.total, after.held]).toEqual([before.total - 30_000, before.held])
    expect(await purse.sentTo(digitsOf(to))).toHaveLength(1)
    const [line] = (await purse.entriesOf(member, '?cause=payout')).items
    expect(line).toMatchObject({ amount: -30_000, cause: { id: payout.id }, peer: null })
  })

  it('to an account no bank has comes back, and the day has room for it again', async () => {
    const before = await purse.walletOf(member)
    const payout = await asked(20_000, account('0000'))
    await until(payout.id, 'failed')
    const after = await purse.walletOf(member)
    expect((await purse.payoutOf(member, payout.id)).failure).toBe('없는 계좌예요')
    expect([after.balance, after.held]).toEqual([before.balance, before.held])
    expect(after.limits.payout.today).toBe(before.limits.payout.today)
  })

  it('whose answer was lost is asked for again under its id, and paid once', async () => {
    const to = account()
    await purse.bank({ kind: 'lose', times: 2 })
    const payout = await asked(7_000, to)
    await until(payout.id, 'paid')
    expect(await purse.sentTo(digitsOf(to))).toHaveLength(1)
  })

  it('whose process died before the bank heard of it is sent by the tick; sent twice at once, it is paid once', async () => {
    const to = account()
    await purse.bank({ kind: 'refuse', status: 500 })
    const payout = await asked(6_000, to)
    await eventually(async () => expect(await purse.sentTo(digitsOf(to))).toHaveLength(0))
    await Promise.all([purse.tick(), purse.tick(), purse.tick()])
    await until(payout.id, 'paid')
    expect(await purse.sentTo(digitsOf(to))).toHaveLength(1)
    const lines = (await purse.entriesOf(member, '?cause=payout')).items
    expect(lines.filter(({ cause }) => cause.id === payout.id)).toHaveLength(1)
  })

  it('is made once for its key', async () => {
    const [key, to] = [unique('k'), account()]
    const [first, again] = [await ask(5_000, to, key), await ask(5_000, to, key)]
    expect([first.status, again.text]).toEqual([201, first.text])
    expect((await ask(5_001, to, key)).status).toBe(422)
    await until(Payout.parse(first.json).id, 'paid')
    expect(await purse.sentTo(digitsOf(to))).toHaveLength(1)
  })

  it('does not take what is held for something else, however many ask at once', async () => {
    const poor = await purse.newcomer()
    await purse.topUp(poor, 50_000)
    await purse.bank({ kind: 'slow', delayMs: 60_000, times: 5 })
    const order = () => ({ amount: 20_000, bankAccount: account() })
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => purse.post(poor, 'wallet/payouts', order())),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2)
    expect(answers.map(codeOf).filter((code) => code === 'INSUFFICIENT_BALANCE')).toHaveLength(3)
    expect(await purse.walletOf(poor)).toMatchObject({ balance: 10_000, held: 40_000 })
    const over = await purse.post(poor, 'wallet/transfers', { toMemberId: member.memberId, amount: 10_001 })
    expect(codeOf(over)).toBe('INSUFFICIENT_BALANCE')
    await purse.bank({ kind: 'well' })
  })

  it('puts its money out of a refund’s reach until it comes back; the refund then moves once', async () => {
    const [seller, buyer] = [await purse.newcomer(), await purse.newcomer()]
    await purse.topUp(seller, 10_000)
    await purse.bank({ kind: 'slow', delayMs: 2_500 })
    const order = { amount: 8_000, bankAccount: account('0000') }
    const { id } = Payout.parse((await purse.post(seller, 'wallet/payouts', order)).json)
    const [from, to] = [MemberId.parse(seller.memberId), MemberId.parse(buyer.memberId)]
    const cause = { kind: 'refund', id: newId('trd', Date.now()) } as const
    const ctx = {
      actor: { kind: 'worker', worker: 'trades' },
      requestId: 'req-1',
      idempotencyKey: 'r:1',
    } as const
    const request = { refundId: unique('refund-'), cause, from, to, amount: 5_000, memo: '일부 환불' }
    const early = await purse.PAYMENTS.refund(ctx, request)
    expect(early).toMatchObject({ ok: false, refusal: { code: 'INSUFFICIENT_BALANCE' } })
    await eventually(async () => {
      await purse.tick()
      expect((await purse.payoutOf(seller, id)).state).toBe('failed')
    })
    expect([await purse.PAYMENTS.refund(ctx, request), await purse.PAYMENTS.refund(ctx, request)]).toEqual([
      { ok: true, value: null },
      { ok: true, value: null },
    ])
    expect([(await purse.walletOf(seller)).total, (await purse.walletOf(buyer)).total]).toEqual([
      5_000, 5_000,
    ])
  })

  it('ends while its member watches, without a tick', async () => {
    const { id } = await asked(3_000, account())
    await eventually(async () => expect((await purse.payoutOf(member, id)).state).toBe('paid'))
  })

  it('keeps within its limits, and wants an account that can be one', async () => {
    expect((await ask(999, account())).status).toBe(400)
    expect(codeOf(await ask(5_000_001, account()))).toBe('AMOUNT_LIMIT_REACHED')
    expect((await ask(5_000, { ...account(), number: '12-34' })).status).toBe(400)
    expect((await ask(5_000, { ...account(), bank: 'mattress' })).status).toBe(400)
    expect(codeOf(await ask(5_000_000, account()))).toBe('INSUFFICIENT_BALANCE')
  })

  it('is its member’s alone, tells the last four digits only, and forgets the number when it is over', async () => {
    const [other, to] = [await purse.newcomer(), account()]
    const reply = await ask(4_000, to)
    expect(reply.text).not.toContain(digitsOf(to))
    const { id } = Payout.parse(reply.json)
    expect((await purse.read(other, `wallet/payouts/${id}`)).status).toBe(404)
    const row = () => purse.db.prepare('SELECT * FROM payouts WHERE id = ?').bind(id).first()
    expect(JSON.stringify(await row())).not.toContain(digitsOf(to))
    await until(id, 'paid')
    expect((await row())?.sealed).toBeNull()
  })
})
