import { beforeAll, describe, expect, it } from 'vitest'
import { BALANCE_MAX, Charge } from '#contracts/payments'
import { newId } from '#kit/id'
import { eventually, type SignedUp, unique } from '../../support/platform.ts'
import { codeOf, openPurse, type Purse } from './purse.ts'

let purse: Purse
let payer: SignedUp
let stranger: SignedUp

beforeAll(async () => {
  purse = await openPurse()
  payer = await purse.newcomer()
  stranger = await purse.newcomer()
})

const silently = () => purse.provider({ kind: 'silent', times: 1 })
/** A top-up paid at the provider of which nobody has been told. */
async function paidInSilence(amount: number): Promise<Charge> {
  const charge = await purse.begin(payer, amount)
  await silently()
  await purse.at(charge, 'approve')
  return charge
}
/** As if its half hour were over. */
const letExpire = (charge: Charge) =>
  purse.db
    .prepare('UPDATE charges SET expires_at_ms = 1, ask_at_ms = 1, version = version + 1 WHERE id = ?')
    .bind(charge.id)
    .run()

describe('A top-up', () => {
  it('is paid at the page it names, and credited once with a line in the history', async () => {
    const charge = await purse.begin(payer, 10_000)
    expect(charge).toMatchObject({ amount: 10_000, currency: 'KRW', state: 'pending', paidAt: null })
    const page = await purse.platform.call('GET', new URL(charge.checkoutUrl ?? '').pathname)
    expect([page.status, page.text.includes('₩10,000')]).toEqual([200, true])
    await silently()
    expect((await purse.at(charge, 'approve')).status).toBe(200)
    const before = await purse.walletOf(payer)
    const confirmed = await purse.confirm(payer, charge.id)
    expect(confirmed.status).toBe(200)
    expect(Charge.parse(confirmed.json)).toMatchObject({ state: 'paid', checkoutUrl: null })
    expect((await purse.walletOf(payer)).balance - before.balance).toBe(10_000)
    const [line] = (await purse.entriesOf(payer)).items
    expect(line).toMatchObject({ amount: 10_000, cause: { kind: 'charge', id: charge.id }, peer: null })
  })

  it('answers a repeated confirmation the same and credits nothing more, however many come at once', async () => {
    const charge = await paidInSilence(3_000)
    const before = await purse.walletOf(payer)
    const key = unique('k')
    const answers = await Promise.all([
      ...Array.from({ length: 6 }, () => purse.confirm(payer, charge.id)),
      purse.webhook({ paymentId: charge.id }),
    ])
    expect(answers.map(({ status }) => status)).toEqual(Array(7).fill(200))
    const first = await purse.confirm(payer, charge.id, key)
    const again = await purse.confirm(payer, charge.id, key)
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true'])
    expect((await purse.walletOf(payer)).balance - before.balance).toBe(3_000)
  })

  it('is credited by the webhook when the payer never comes back', async () => {
    const charge = await purse.begin(payer, 4_000)
    await purse.at(charge, 'approve')
    await eventually(async () => expect((await purse.chargeOf(payer, charge.id)).state).toBe('paid'))
  })

  it('whose return and webhook are both lost is credited by the tick', async () => {
    const charge = await paidInSilence(6_000)
    await purse.tick()
    expect((await purse.chargeOf(payer, charge.id)).state).toBe('paid')
  })

  it('is not credited before it is paid, nor after a refusal; another card may still pay it', async () => {
    const charge = await purse.begin(payer, 5_000)
    expect(codeOf(await purse.confirm(payer, charge.id))).toBe('CHARGE_NOT_PAID')
    await silently()
    await purse.at(charge, 'decline')
    expect(codeOf(await purse.confirm(payer, charge.id))).toBe('CHARGE_DECLINED')
    await silently()
    await purse.platform.call('POST', `/dev/pay/checkout/${charge.id}/approve`)
    expect((await purse.confirm(payer, charge.id)).status).toBe(200)
  })

  it('is its member’s alone', async () => {
    const charge = await paidInSilence(1_000)
    expect((await purse.read(stranger, `wallet/charges/${charge.id}`)).status).toBe(404)
    expect((await purse.confirm(stranger, charge.id)).status).toBe(404)
    expect((await purse.walletOf(stranger)).total).toBe(0)
    expect((await purse.confirm(payer, charge.id)).status).toBe(200)
  })

  it('is asked about once more after its time, then over; what is paid too late goes back', async () => {
    const [paid, unpaid] = [await paidInSilence(2_000), await purse.begin(payer, 2_500)]
    await letExpire(paid)
    await letExpire(unpaid)
    await purse.tick()
    expect((await purse.chargeOf(payer, paid.id)).state).toBe('paid')
    expect((await purse.chargeOf(payer, unpaid.id)).state).toBe('expired')
    const before = await purse.walletOf(payer)
    await purse.at(unpaid, 'approve')
    await eventually(async () =>
      expect((await purse.platform.call('GET', `/dev/pay/checkout/${unpaid.id}`)).text).toContain('취소된'),
    )
    expect(codeOf(await purse.confirm(payer, unpaid.id))).toBe('CHARGE_EXPIRED')
    expect((await purse.walletOf(payer)).balance).toBe(before.balance)
  })

  it('keeps within what may be charged at once, in a day, and in the wallet; what expired does not count', async () => {
    const member = await purse.newcomer()
    const begin = (amount: number) => purse.post(member, 'wallet/charges', { amount })
    expect((await begin(99)).status).toBe(400)
    expect(codeOf(await begin(2_000_001))).toBe('AMOUNT_LIMIT_REACHED')
    const answers = await Promise.all(Array.from({ length: 8 }, () => begin(2_000_000)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2)
    expect(answers.map(codeOf).filter((code) => code === 'AMOUNT_LIMIT_REACHED')).toHaveLength(6)
    const [open] = answers.filter(({ status }) => status === 201).map(({ json }) => Charge.parse(json))
    if (!open) throw new Error('none was begun')
    await letExpire(open)
    await purse.tick()
    expect((await begin(2_000_000)).status).toBe(201)
  })

  it('does not fill a wallet beyond its measure, open top-ups reckoned in', async () => {
    const rich = await purse.newcomer()
    const account = `member:${rich.memberId}`
    await purse.db.batch([
      purse.db
        .prepare("INSERT INTO accounts (id, kind, owner) VALUES (?, 'member', ?)")
        .bind(account, rich.memberId),
      purse.db
        .prepare(
          `INSERT INTO transfers (id, debit, credit, amount, cause_kind, cause_id, at_ms)
           VALUES (?, 'platform:correction', ?, ?, 'correction', 'a gift of this test', ?)`,
        )
        .bind(newId('xfr', Date.now()), account, BALANCE_MAX - 500_000, Date.now()),
    ])
    const begin = (amount: number) => purse.post(rich, 'wallet/charges', { amount })
    expect(codeOf(await begin(500_001))).toBe('AMOUNT_LIMIT_REACHED')
    expect((await begin(300_000)).status).toBe(201)
    expect(codeOf(await begin(200_001))).toBe('AMOUNT_LIMIT_REACHED')
    expect((await begin(200_000)).status).toBe(201)
  })

  it('is refused, and nothing is written down, while the provider is out of reach', async () => {
    await purse.provider({ kind: 'refuse', status: 503 })
    const refused = await purse.post(payer, 'wallet/charges', { amount: 1_000 })
    expect([refused.status, codeOf(refused)]).toEqual([503, 'UNAVAILABLE'])
    await purse.provider({ kind: 'well' })
    expect((await purse.post(payer, 'wallet/charges', { amount: 1_000 })).status).toBe(201)
  })
})

describe('A payment of another amount or currency than was asked for', () => {
  it.each([
    { lie: { amount: 999_000 }, difference: 991_000 },
    { lie: { currency: 'USD' }, difference: 0 },
  ])(
    'is not credited ($lie), goes back to the payer, and an operator is told',
    async ({ lie, difference }) => {
      const charge = await purse.begin(payer, 8_000)
      const before = await purse.walletOf(payer)
      await purse.provider({ kind: 'lie', ...lie })
      await purse.at(charge, 'approve')
      await eventually(async () => expect((await purse.chargeOf(payer, charge.id)).state).toBe('mismatched'))
      expect(codeOf(await purse.confirm(payer, charge.id))).toBe('CHARGE_MISMATCHED')
      expect((await purse.walletOf(payer)).total).toBe(before.total)
      const [incident, ...more] = await purse.incidentsAbout(charge.id)
      expect([incident?.invariant, incident?.difference]).toEqual(['provider_clearing_matches', difference])
      expect(more).toEqual([])
      await eventually(async () =>
        expect((await purse.platform.call('GET', `/dev/pay/checkout/${charge.id}`)).text).toContain('취소된'),
      )
    },
  )
})

describe('A top-up of a member who leaves', () => {
  const leave = (member: SignedUp) =>
    purse.platform.call('DELETE', 'me', { token: member.accessToken, json: { password: member.password } })
  const isClosed = (member: SignedUp) =>
    eventually(async () => {
      const row = await purse.db
        .prepare('SELECT closed_at_ms AS atMs FROM accounts WHERE owner = ?')
        .bind(member.memberId)
        .first<{ atMs: number | null }>()
      expect(row?.atMs).toBeGreaterThan(0)
    })

  it('keeps them until it is over, for it may still be paid', async () => {
    const member = await purse.newcomer()
    const charge = await purse.begin(member, 5_000)
    expect(codeOf(await leave(member))).toBe('WALLET_NOT_EMPTY')
    await letExpire(charge)
    await purse.tick()
    expect((await leave(member)).status).toBe(204)
  })

  it('paid after they have left credits nobody: the payer has it back, and an operator hears of it', async () => {
    const member = await purse.newcomer()
    const charge = await purse.begin(member, 6_000)
    await purse.at(charge, 'decline')
    await eventually(async () => expect((await purse.chargeOf(member, charge.id)).state).toBe('declined'))
    expect((await leave(member)).status).toBe(204)
    await isClosed(member)
    // Another card, after all.
    await silently()
    await purse.at(charge, 'approve')
    expect((await purse.webhook({ paymentId: charge.id })).status).toBe(200)
    const [incident, ...more] = await purse.incidentsAbout(charge.id)
    expect([incident?.invariant, incident?.difference]).toEqual(['provider_clearing_matches', 6_000])
    await purse.tick()
    expect([more, await purse.incidentsAbout(charge.id)]).toEqual([[], [incident]])
    const moved = await purse.db
      .prepare(
        'SELECT balance, (SELECT count(*) FROM transfers WHERE cause_id = ?) AS n FROM accounts WHERE owner = ?',
      )
      .bind(charge.id, member.memberId)
      .first()
    expect(moved).toEqual({ balance: 0, n: 0 })
    const page = await purse.platform.call('GET', `/dev/pay/checkout/${charge.id}`)
    expect(page.text).toContain('취소된')
  })
})

describe('A top-up cancelled at the provider after it was credited', () => {
  it('leaves the wallet again when the money is still there', async () => {
    const member = await purse.newcomer()
    const charge = await purse.topUp(member, 9_000)
    await purse.at(charge, 'cancel')
    await eventually(async () => expect((await purse.walletOf(member)).total).toBe(0))
    await purse.webhook({ paymentId: charge.id, type: 'Transaction.Cancelled' })
    const amounts = (await purse.entriesOf(member)).items.map(({ amount }) => amount)
    expect(amounts).toEqual([-9_000, 9_000])
  })

  it('is an operator’s when it was spent: nothing goes below zero', async () => {
    const member = await purse.newcomer()
    const charge = await purse.topUp(member, 9_000)
    const sent = await purse.post(member, 'wallet/transfers', {
      toMemberId: stranger.memberId,
      amount: 5_000,
    })
    expect(sent.status).toBe(201)
    await purse.at(charge, 'cancel')
    await eventually(async () => expect(await purse.incidentsAbout(charge.id)).toHaveLength(1))
    await purse.tick()
    expect(await purse.incidentsAbout(charge.id)).toHaveLength(1)
    expect((await purse.walletOf(member)).balance).toBe(4_000)
  })
})

describe('The audit of clearing', () => {
  it('finds a credit that was never settled, and none where all is well', async () => {
    const [clean, off] = [await purse.topUp(payer, 700), await purse.topUp(payer, 800)]
    await purse.tick()
    expect([await purse.incidentsAbout(clean.id), await purse.incidentsAbout(off.id)]).toEqual([[], []])
    await purse.db.batch([
      purse.db.prepare('DROP TRIGGER charges_stay_as_asked'),
      purse.db
        .prepare("UPDATE charges SET state = 'declined', paid_at_ms = NULL, ask_at_ms = NULL WHERE id = ?")
        .bind(off.id),
    ])
    await silently()
    await purse.db.prepare('UPDATE charges SET amount = 801 WHERE id = ?').bind(off.id).run()
    await purse.tick()
    expect((await purse.incidentsAbout(off.id)).map(({ invariant }) => invariant)).toContain(
      'provider_clearing_matches',
    )
    expect(await purse.incidentsAbout(clean.id)).toEqual([])
  })
})
