import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TRANSFER_MAX, TRANSFERRED_A_DAY_MAX, Transfer } from '#contracts/payments'
import { newId } from '#kit/id'
import { type Answer, newMember, PASSWORD, type PaymentsAlone, startPayments } from './alone.ts'

let payments: PaymentsAlone
beforeAll(async () => {
  payments = await startPayments()
})
afterAll(() => payments.close())

const codes = (answers: Answer[]) => answers.map(({ status, code }) => code ?? status)
const many = <Value>(count: number, make: (index: number) => Promise<Value>): Promise<Value[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)))

describe('a wallet', () => {
  it('is empty before anything moved, and only for who is signed in', async () => {
    const wallet = await payments.walletOf(newMember())
    expect(wallet).toMatchObject({ balance: 0, held: 0, total: 0, owed: 0, frozen: false, hasPin: false })
    expect(wallet.limits.transfer).toEqual({ atOnce: TRANSFER_MAX, today: TRANSFERRED_A_DAY_MAX })
    expect((await payments.call('GET', 'wallet')).status).toBe(401)
    const mine = await payments.call('GET', 'wallet', { as: newMember() })
    expect(mine.headers.get('cache-control')).toBe('private, no-store')
  })

  it('shows what can be spent apart from what is held, and what others hold for it', async () => {
    const [payer, payeeId] = [await payments.holder(10_000), newMember()]
    await payments.held(payer, 4_000, { payeeId })
    expect(await payments.walletOf(payer)).toMatchObject({ balance: 6_000, held: 4_000, total: 10_000 })
    expect(await payments.walletOf(payeeId)).toMatchObject({ balance: 0, owed: 4_000 })
  })
})

describe('money to a neighbour', () => {
  it('moves once, in both books, and is told', async () => {
    const [from, toMemberId] = [await payments.holder(10_000), newMember()]
    const sent = await payments.send(from, { toMemberId, amount: 3_000, memo: '점심' }, 'key-once')
    const again = await payments.send(from, { toMemberId, amount: 3_000, memo: '점심' }, 'key-once')
    expect([sent.status, again.status, again.text]).toEqual([201, 201, sent.text])
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    const { id, to, memo } = Transfer.parse(sent.json)
    expect([to.id, memo]).toEqual([toMemberId, '점심'])
    expect(await payments.entriesOf(id)).toEqual([
      { account: `member:${from}`, amount: -3_000 },
      { account: `member:${toMemberId}`, amount: 3_000 },
    ])
    expect((await payments.walletOf(from)).balance).toBe(7_000)
    expect((await payments.walletOf(toMemberId)).balance).toBe(3_000)
    const data = { transferId: id, fromId: from, toId: toMemberId, amount: 3_000, memo: '점심' }
    expect(await payments.factsOf(id)).toMatchObject([{ type: 'wallet.transferred', actorId: from, data }])
  })

  it('goes to who was shown, found by the exact name', async () => {
    const [from, toMemberId] = [await payments.holder(1_000), newMember()]
    await payments.tell({ kind: 'named', memberId: toMemberId, nickname: '은행나무' })
    const find = (nickname: string) =>
      payments.call('GET', `wallet/recipients?nickname=${encodeURIComponent(nickname)}`, { as: from })
    expect((await find('은행나무')).json).toEqual({ id: toMemberId, nickname: '은행나무', photo: null })
    expect((await find('은행나')).status).toBe(404)
    const order = { toMemberId, amount: 100, expectedNickname: '은행나무' }
    await payments.tell({ kind: 'named', memberId: toMemberId, nickname: '소나무' })
    const refused = await payments.send(from, order)
    const sent = await payments.send(from, { ...order, expectedNickname: '소나무' })
    expect(codes([refused, sent])).toEqual(['RECIPIENT_CHANGED', 201])
  })

  it('stays where it is while nobody can say who the neighbour is', async () => {
    const from = await payments.holder(1_000)
    await payments.tell({ kind: 'answers', are: 'missing' })
    const refused = await payments.send(from, { toMemberId: newMember(), amount: 100 })
    await payments.tell({ kind: 'answers', are: 'given' })
    expect([refused.code, (await payments.walletOf(from)).balance]).toEqual(['UNAVAILABLE', 1_000])
  })

  it('passes no limit, also when a hundred try at once', async () => {
    const [from, toMemberId] = [await payments.holder(9_000_000), newMember()]
    const tooMuch = await payments.send(from, { toMemberId, amount: TRANSFER_MAX + 1 })
    expect(tooMuch.code).toBe('AMOUNT_LIMIT_REACHED')
    const answers = await many(100, () => payments.send(from, { toMemberId, amount: 100_000 }))
    const sent = TRANSFERRED_A_DAY_MAX / 100_000
    expect(codes(answers).filter((code) => code === 201)).toHaveLength(sent)
    expect(codes(answers).filter((code) => code === 'AMOUNT_LIMIT_REACHED')).toHaveLength(100 - sent)
    const { balance, limits } = await payments.walletOf(from)
    expect([balance, limits.transfer.today]).toEqual([9_000_000 - TRANSFERRED_A_DAY_MAX, 0])
  })
})

describe('amounts (case 15)', () => {
  it.each([
    ...['0', '-1', '-0', '0.1', '"100"', '[100]', 'null', '9007199254740992', '9223372036854775808'],
    ...['1e309', 'NaN', '9'.repeat(100), '1000000000', 'true', '{}'],
  ])('of %s move nothing', async (amount) => {
    const [from, toMemberId] = [await payments.holder(1_000), newMember()]
    const response = await payments.worker.fetch('/api/v1/wallet/transfers', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await payments.tokenOf(from)}`,
      },
      body: `{"toMemberId":"${toMemberId}","amount":${amount}}`,
    })
    expect(response.status).toBe(400)
    await response.arrayBuffer()
    expect((await payments.walletOf(from)).balance).toBe(1_000)
  })

  it('written as 1e3 are a thousand whole won', async () => {
    const [from, toMemberId] = [await payments.holder(1_000), newMember()]
    const response = await payments.worker.fetch('/api/v1/wallet/transfers', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${await payments.tokenOf(from)}`,
      },
      body: `{"toMemberId":"${toMemberId}","amount":1e3}`,
    })
    const { id } = Transfer.parse(await response.json())
    expect(
      await payments.first('SELECT amount, typeof(amount) AS type FROM transfers WHERE id = ?', id),
    ).toEqual({
      amount: 1_000,
      type: 'integer',
    })
  })
})

describe('a balance at the end of what a number can say (case 16)', () => {
  it('takes no more, does not wrap, and stays a whole number', async () => {
    const [rich, from] = [await payments.holder(1), await payments.holder(1_000)]
    await payments.db
      .prepare('UPDATE accounts SET balance = 9007199254740990 WHERE owner = ?')
      .bind(rich)
      .run()
    const fits = await payments.send(from, { toMemberId: rich, amount: 1 })
    const over = await payments.send(from, { toMemberId: rich, amount: 1 })
    expect(codes([fits, over])).toEqual([201, 'AMOUNT_LIMIT_REACHED'])
    expect(
      await payments.first(
        'SELECT CAST(balance AS TEXT) AS balance, typeof(balance) AS type FROM accounts WHERE owner = ?',
        rich,
      ),
    ).toEqual({ balance: '9007199254740991', type: 'integer' })
    expect((await payments.walletOf(from)).balance).toBe(999)
  })
})

describe('one balance spent by a hundred at once (case 17)', () => {
  it('is spent once', async () => {
    const from = await payments.holder(10_000)
    const payees = Array.from({ length: 10 }, newMember)
    const answers = await many(100, (index) =>
      payments.send(from, { toMemberId: payees[index % 10], amount: 3_000 }),
    )
    expect(codes(answers).filter((code) => code === 201)).toHaveLength(3)
    expect(codes(answers).filter((code) => code === 'INSUFFICIENT_BALANCE')).toHaveLength(97)
    expect((await payments.walletOf(from)).balance).toBe(1_000)
    const received = await Promise.all(payees.map(async (payee) => (await payments.walletOf(payee)).balance))
    expect(received.reduce((sum, balance) => sum + balance, 0)).toBe(9_000)
  })
})

describe('money (case 18)', () => {
  it('goes neither to oneself, nor to who has left, nor to an account of the platform', async () => {
    const [from, gone, leaving] = [await payments.holder(1_000), newMember(), newMember()]
    await payments.tell({ kind: 'withdrawn', memberId: gone })
    // Gone as payments has heard, while identity still answers with the face of before.
    await payments.leaves(leaving)
    const to = (toMemberId: string) => payments.send(from, { toMemberId, amount: 100 })
    const answers = [await to(from), await to(gone), await to(leaving)]
    expect(codes(answers)).toEqual(['TRANSFER_TO_SELF', 'NOT_FOUND', 'NOT_FOUND'])
    for (const account of ['escrow', 'platform:escrow', 'platform:promotion', 'member:promotion'])
      expect((await to(account)).status).toBe(400)
    expect((await payments.walletOf(from)).balance).toBe(1_000)
  })
})

describe('a key for a transfer (case 29)', () => {
  it('is not for another amount, is another for another member, and is forgotten after a day', async () => {
    const [from, other, toMemberId] = [
      await payments.holder(9_000),
      await payments.holder(9_000),
      newMember(),
    ]
    const sent = await payments.send(from, { toMemberId, amount: 100 }, 'key-29')
    const changed = await payments.send(from, { toMemberId, amount: 200 }, 'key-29')
    const others = await payments.send(other, { toMemberId, amount: 100 }, 'key-29')
    expect(codes([sent, changed, others])).toEqual([201, 'IDEMPOTENCY_KEY_REUSED', 201])
    expect(Transfer.parse(others.json).id).not.toBe(Transfer.parse(sent.json).id)
    await payments.tick(26 * 3_600_000)
    const later = await payments.send(from, { toMemberId, amount: 200 }, 'key-29')
    expect(codes([later])).toEqual([201])
    expect((await payments.walletOf(from)).balance).toBe(8_700)
  })

  it('is free again after a refusal, for the corrected request', async () => {
    const [from, toMemberId] = [await payments.holder(100), newMember()]
    const refused = await payments.send(from, { toMemberId, amount: 101 }, 'key-fix')
    const sent = await payments.send(from, { toMemberId, amount: 100 }, 'key-fix')
    expect(codes([refused, sent])).toEqual(['INSUFFICIENT_BALANCE', 201])
  })
})

describe('a PIN', () => {
  const put = (as: Parameters<typeof payments.walletOf>[0], json: object) =>
    payments.call('PUT', 'wallet/pin', { as, json })

  it('is set with the password, is not easy to guess, and then stands before every transfer', async () => {
    const [from, toMemberId] = [await payments.holder(1_000), newMember()]
    const set = [
      await put(from, { pin: '123456', password: PASSWORD }),
      await put(from, { pin: '49381', password: PASSWORD }),
      await put(from, { pin: '493817', password: 'another' }),
      await put(from, { pin: '493817', password: PASSWORD }),
    ]
    expect(codes(set)).toEqual(['PIN_WEAK', 'VALIDATION_FAILED', 'CREDENTIALS_WRONG', 204])
    expect((await payments.walletOf(from)).hasPin).toBe(true)
    const order = { toMemberId, amount: 100 }
    const sent = [
      await payments.send(from, order),
      await payments.send(from, { ...order, pin: '000000' }),
      await payments.send(from, { ...order, pin: '493817' }),
    ]
    expect(codes(sent)).toEqual(['PIN_REQUIRED', 'PIN_WRONG', 201])
    const { hash } = await payments.first<{ hash: string }>('SELECT hash FROM pins WHERE member_id = ?', from)
    expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$/)
  })

  it('can be guessed at a few times, also at once; the right one waits too, and the password sets a new one', async () => {
    const [from, toMemberId] = [await payments.holder(1_000), newMember()]
    await put(from, { pin: '493817', password: PASSWORD })
    const guess = (pin: string) => payments.send(from, { toMemberId, amount: 100, pin })
    const guessed = codes(await many(30, (index) => guess(`1000${index + 10}`)))
    expect(guessed.filter((code) => code === 'PIN_WRONG')).toHaveLength(5)
    expect(guessed.filter((code) => code === 'TOO_MANY_REQUESTS')).toHaveLength(25)
    const waiting = await guess('493817')
    expect([waiting.code, Number(waiting.headers.get('retry-after')) > 0]).toEqual([
      'TOO_MANY_REQUESTS',
      true,
    ])
    await put(from, { pin: '717283', password: PASSWORD })
    expect(codes([await guess('717283')])).toEqual([201])
  })

  it('goes with its member, while the account and its books stay', async () => {
    const [from, toMemberId] = [await payments.holder(1_000), newMember()]
    await put(from, { pin: '493817', password: PASSWORD })
    await payments.send(from, { toMemberId, amount: 1_000, pin: '493817' })
    await payments.leaves(from)
    const { count } = await payments.first<{ count: number }>(
      'SELECT (SELECT count(*) FROM pins WHERE member_id = ?1) + (SELECT count(*) FROM entries WHERE account_id = ?2) AS count',
      from,
      `member:${from}`,
    )
    expect(count).toBe(2)
  })
})

describe('leaving', () => {
  it('waits until the wallet is empty, nothing is held and nothing is owed', async () => {
    const [rich, payer] = [await payments.holder(100), await payments.holder(100)]
    const { payeeId } = await payments.held(payer, 100)
    const mayLeave = async (memberId: typeof rich) => {
      const answer = await payments.PAYMENTS.mayLeave(
        {
          actor: { kind: 'worker', worker: 'identity' },
          requestId: newId('evt', 0),
          idempotencyKey: 'leave',
        },
        memberId,
      )
      return answer.ok ? 'may' : answer.refusal.code
    }
    expect([
      await mayLeave(rich),
      await mayLeave(payer),
      await mayLeave(payeeId),
      await mayLeave(newMember()),
    ]).toEqual(['WALLET_NOT_EMPTY', 'WALLET_NOT_EMPTY', 'WALLET_NOT_EMPTY', 'may'])
  })
})
