import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '#kit/id'
import { CTX, newMember, type PaymentsAlone, startPayments } from './alone.ts'

let payments: PaymentsAlone
beforeAll(async () => {
  payments = await startPayments()
})
afterAll(() => payments.close())

const DAY_MS = 86_400_000
const codeOf = (answer: { ok: true } | { ok: false; refusal: { code: string } }): string =>
  answer.ok ? 'ok' : answer.refusal.code

/** A purchase with a discount: the buyer's part and the promotion account's. */
function orderOf(payer: Awaited<ReturnType<PaymentsAlone['holder']>>, paid: number, discount: number) {
  const tradeId = newId('trd', Date.now())
  const lines = [
    { holdId: newId('hld', Date.now()), payer, amount: paid },
    { holdId: newId('hld', Date.now()), payer: 'promotion' as const, amount: discount },
  ]
  const cause = { kind: 'trade' as const, id: tradeId }
  const about = { title: '원목 책상', url: `/trades/${tradeId}`, nextAtMs: null }
  return { cause, lines, payeeId: newMember(), ...about, expiresAtMs: Date.now() + DAY_MS }
}

describe('money put aside', () => {
  it('is put aside for all lines or for none', async () => {
    const payer = await payments.holder(10_000)
    const short = orderOf(payer, 10_001, 3_000)
    expect(codeOf(await payments.PAYMENTS.hold(CTX, short))).toBe('INSUFFICIENT_BALANCE')
    expect(await payments.PAYMENTS.holdsOf(CTX, short.cause)).toMatchObject({ ok: true, value: [] })
    const order = orderOf(payer, 7_000, 3_000)
    const held = await payments.PAYMENTS.hold(CTX, order)
    expect(held).toMatchObject({
      ok: true,
      value: [
        { payer, amount: 7_000, posted: 0, state: 'open' },
        { payer: 'promotion', amount: 3_000, posted: 0, state: 'open' },
      ],
    })
  })

  it('is the same when asked for again, also ten times at once, and never another amount', async () => {
    const payer = await payments.holder(10_000)
    const order = orderOf(payer, 7_000, 3_000)
    const answers = await Promise.all(Array.from({ length: 10 }, () => payments.PAYMENTS.hold(CTX, order)))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect((await payments.walletOf(payer)).held).toBe(7_000)
    const [line, share] = order.lines
    if (!line || !share) throw new Error('two lines')
    const changed = { ...order, lines: [{ ...line, amount: 1 }, share] }
    expect(codeOf(await payments.PAYMENTS.hold(CTX, changed))).toBe('CONFLICT')
  })

  it('cannot be spent or sent elsewhere (case 27)', async () => {
    const payer = await payments.holder(10_000)
    await payments.held(payer, 7_000)
    const sent = await payments.send(payer, { toMemberId: newMember(), amount: 3_001 })
    const more = await payments.PAYMENTS.hold(CTX, orderOf(payer, 3_001, 1))
    expect([sent.code, codeOf(more)]).toEqual(['INSUFFICIENT_BALANCE', 'INSUFFICIENT_BALANCE'])
    expect(await payments.walletOf(payer)).toMatchObject({ balance: 3_000, held: 7_000 })
  })

  it('frees itself when its time is over, and cannot be taken then even before the tick came', async () => {
    const payer = await payments.holder(10_000)
    const held = await payments.held(payer, 7_000, { livesMs: -1 })
    expect(codeOf(await payments.take(held, 7_000))).toBe('HOLD_EXPIRED')
    expect(await payments.stateOf(held.holdId)).toMatchObject({ state: 'open' })
    await payments.tick()
    expect(await payments.stateOf(held.holdId)).toMatchObject({ state: 'expired' })
    expect(codeOf(await payments.take(held, 7_000))).toBe('HOLD_EXPIRED')
    expect(await payments.walletOf(payer)).toMatchObject({ balance: 10_000, held: 0 })
  })

  it('lives longer when it is prolonged, never shorter, and not once its time is over', async () => {
    const payer = await payments.holder(10_000)
    const held = await payments.held(payer, 1_000)
    const late = await payments.held(payer, 1_000, { livesMs: -1 })
    const prolong = (holdId: typeof held.holdId, expiresAtMs: number) =>
      payments.PAYMENTS.prolong(CTX, { holdIds: [holdId], nextAtMs: null, expiresAtMs })
    expect(codeOf(await prolong(held.holdId, Date.now() + 3 * DAY_MS))).toBe('ok')
    expect(codeOf(await prolong(held.holdId, Date.now()))).toBe('ok')
    expect(codeOf(await prolong(late.holdId, Date.now() + DAY_MS))).toBe('HOLD_EXPIRED')
    await payments.tick(2 * DAY_MS)
    expect(await payments.stateOf(held.holdId)).toMatchObject({ state: 'open' })
    await payments.tick(4 * DAY_MS)
    expect(await payments.stateOf(held.holdId)).toMatchObject({ state: 'expired' })
  })
})

describe('a settlement', () => {
  it('gives the seller the full price, of which the promotion account carries its part', async () => {
    const payer = await payments.holder(10_000)
    const order = orderOf(payer, 7_000, 3_000)
    await payments.PAYMENTS.hold(CTX, order)
    const promotion = () => platform('promotion')
    const before = await promotion()
    const request = {
      settlementId: `${order.cause.id}:settle`,
      cause: order.cause,
      takes: order.lines.map(({ holdId, amount }) => ({ holdId, amount })),
      gives: [{ to: order.payeeId, amount: 10_000 }],
      memo: '원목 책상',
    }
    const settled = await payments.PAYMENTS.settle(CTX, request)
    const again = await payments.PAYMENTS.settle(CTX, request)
    expect(again).toEqual(settled)
    expect(settled).toMatchObject({
      ok: true,
      value: [{ state: 'posted', posted: 7_000 }, { posted: 3_000 }],
    })
    expect(await payments.walletOf(payer)).toMatchObject({ total: 3_000, held: 0 })
    expect(await payments.walletOf(order.payeeId)).toMatchObject({ total: 10_000, owed: 0 })
    expect((await promotion()) - before).toBe(-3_000)
    expect(await platform('escrow')).toBe(0)
  })

  const platform = async (owner: string) =>
    (
      await payments.first<{ balance: number }>(
        'SELECT balance FROM accounts WHERE id = ?',
        `platform:${owner}`,
      )
    ).balance

  it('of a part gives the rest back', async () => {
    const payer = await payments.holder(10_000)
    const held = await payments.held(payer, 7_000)
    expect(codeOf(await payments.take(held, 2_500))).toBe('ok')
    expect(await payments.walletOf(payer)).toMatchObject({ balance: 7_500, held: 0, total: 7_500 })
    expect(await payments.walletOf(held.payeeId)).toMatchObject({ balance: 2_500 })
  })

  it('moves nothing when it gives more than it takes, takes more than is held, or names a hold of nobody', async () => {
    const payer = await payments.holder(10_000)
    const held = await payments.held(payer, 7_000)
    const gives = [{ to: held.payeeId, amount: 7_000 }]
    const asked = { settlementId: crypto.randomUUID(), cause: held.cause, memo: '책상', gives }
    const settle = (takes: { holdId: typeof held.holdId; amount: number }[]) =>
      payments.PAYMENTS.settle(CTX, { ...asked, takes })
    const refused = [
      await settle([{ holdId: held.holdId, amount: 6_999 }]),
      await settle([{ holdId: newId('hld', 0), amount: 7_000 }]),
      await payments.take(held, 7_001),
      await payments.take(held, -1),
      await payments.take(held, 0.5),
    ]
    expect(refused.map(codeOf)).toEqual([
      ...['VALIDATION_FAILED', 'NOT_FOUND', 'VALIDATION_FAILED', 'VALIDATION_FAILED', 'VALIDATION_FAILED'],
    ])
    expect(await payments.walletOf(payer)).toMatchObject({ total: 10_000, held: 7_000 })
  })

  it('is one for its id: another under the same is refused, and the holds say what came before', async () => {
    const payer = await payments.holder(10_000)
    const [held, other] = [await payments.held(payer, 1_000), await payments.held(payer, 1_000)]
    expect(codeOf(await payments.take(held, 1_000, 'settle-one'))).toBe('ok')
    expect(codeOf(await payments.take(other, 1_000, 'settle-one'))).toBe('CONFLICT')
    expect(codeOf(await payments.take(held, 1_000, 'settle-two'))).toBe('HOLD_POSTED')
    const release = (holdIds: (typeof held.holdId)[]) => payments.PAYMENTS.release(CTX, { holdIds })
    expect(codeOf(await release([other.holdId, held.holdId]))).toBe('HOLD_POSTED')
    expect(await payments.stateOf(other.holdId)).toMatchObject({ state: 'open' })
    expect(await release([other.holdId])).toMatchObject({ ok: true, value: [{ state: 'voided' }] })
    expect(await release([other.holdId])).toMatchObject({ ok: true, value: [{ state: 'voided' }] })
    expect(codeOf(await payments.take(other, 1_000, 'settle-three'))).toBe('HOLD_VOIDED')
  })
})

describe('a refund', () => {
  it('goes back once, from what the payee can spend, and only as it was first asked', async () => {
    const [from, to] = [await payments.holder(1_000), newMember()]
    const cause = { kind: 'refund', id: newId('trd', 0) } as const
    const order = { refundId: newId('rfd', Date.now()), cause, from, to, amount: 600, memo: '흠집' }
    const both = await Promise.all([
      payments.PAYMENTS.refund(CTX, order),
      payments.PAYMENTS.refund(CTX, order),
    ])
    expect(both.map(codeOf)).toEqual(['ok', 'ok'])
    expect(codeOf(await payments.PAYMENTS.refund(CTX, { ...order, amount: 601 }))).toBe('CONFLICT')
    const another = { ...order, refundId: newId('rfd', Date.now()) }
    expect(codeOf(await payments.PAYMENTS.refund(CTX, another))).toBe('INSUFFICIENT_BALANCE')
    expect([(await payments.walletOf(from)).total, (await payments.walletOf(to)).total]).toEqual([400, 600])
  })
})
