import { beforeAll, describe, expect, it } from 'vitest'
import { UnderwayList } from '#contracts/payments'
import { townDay } from '#kit/clock'
import { type SignedUp, unique } from '../../support/platform.ts'
import { codeOf, openPurse, type Purse } from './purse.ts'

let purse: Purse
let member: SignedUp
let neighbour: SignedUp

beforeAll(async () => {
  purse = await openPurse()
  ;[member, neighbour] = [await purse.newcomer(), await purse.newcomer()]
  await purse.topUp(member, 100_000)
  await purse.topUp(neighbour, 50_000)
  for (const amount of [1_000, 2_000, 3_000]) await send(member, neighbour, amount, `${amount}원 보내요`)
  await send(neighbour, member, 500, '=HYPERLINK("http://evil.example";"눌러요")')
})

async function send(from: SignedUp, to: SignedUp, amount: number, memo: string) {
  const sent = await purse.post(from, 'wallet/transfers', { toMemberId: to.memberId, amount, memo })
  if (sent.status !== 201) throw new Error(`not sent: ${sent.status} ${sent.text}`)
}
const amountsOf = async (query: string) =>
  (await purse.entriesOf(member, query)).items.map(({ amount }) => amount)

describe('The history of a wallet', () => {
  it('tells each line with who, why and what was left, the newest first', async () => {
    const { items } = await purse.entriesOf(member)
    expect(items.map(({ amount }) => amount)).toEqual([500, -3_000, -2_000, -1_000, 100_000])
    expect(items[0]?.balanceAfter).toBe(94_500)
    expect(items[1]).toMatchObject({
      memo: '3000원 보내요',
      cause: { kind: 'transfer' },
      peer: { id: neighbour.memberId, nickname: neighbour.nickname },
    })
  })

  it('is filtered by direction, cause and days of the town', async () => {
    const today = townDay(Date.now())
    expect(await amountsOf('?direction=in')).toEqual([500, 100_000])
    expect(await amountsOf('?direction=out')).toEqual([-3_000, -2_000, -1_000])
    expect(await amountsOf('?cause=charge')).toEqual([100_000])
    expect(await amountsOf(`?from=${today}&until=${today}&direction=in`)).toEqual([500, 100_000])
    expect(await amountsOf('?until=2020-01-01')).toEqual([])
    expect((await purse.read(member, 'wallet/entries?from=yesterday')).status).toBe(400)
  })

  it('turns its pages without a gap, with cursors good for that list and member only', async () => {
    const first = await purse.entriesOf(member, '?limit=2')
    const second = await purse.entriesOf(member, `?limit=2&cursor=${first.nextCursor}`)
    const third = await purse.entriesOf(member, `?limit=2&cursor=${second.nextCursor}`)
    const amounts = [first, second, third].flatMap(({ items }) => items.map(({ amount }) => amount))
    expect([amounts, third.nextCursor]).toEqual([[500, -3_000, -2_000, -1_000, 100_000], null])
    const foreign = await purse.read(neighbour, `wallet/entries?cursor=${first.nextCursor}`)
    const other = await purse.read(member, `wallet/entries?direction=in&cursor=${first.nextCursor}`)
    expect([codeOf(foreign), codeOf(other)]).toEqual(['CURSOR_INVALID', 'CURSOR_INVALID'])
  })

  it('is nobody’s without signing in', async () => {
    for (const path of ['wallet/entries', 'wallet/entries.csv', 'wallet/underway'])
      expect((await purse.platform.call('GET', path)).status).toBe(401)
  })
})

describe('The history as a table', () => {
  it('comes with a mark of its encoding, a header in the reader’s language and money in columns of its own', async () => {
    const korean = await purse.read(member, 'wallet/entries.csv')
    const english = await purse.read(member, 'wallet/entries.csv?direction=out', { 'accept-language': 'en' })
    expect(korean.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(korean.headers.get('content-disposition')).toMatch(
      /^attachment; filename="madang-wallet-[\d-]+\.csv"$/,
    )
    expect(korean.headers.get('cache-control')).toBe('private, no-store')
    expect(korean.text.replace('\ufeff', '')).toMatch(/^일시,구분,상대,내용,들어온 돈,나간 돈,잔액\r\n/)
    const [header, newest] = english.text.replace('\ufeff', '').split('\r\n')
    expect(header).toBe('Date,Type,With,Note,In,Out,Balance')
    expect(newest).toMatch(new RegExp(`,Transfer,${neighbour.nickname},3000원 보내요,,3000,94000$`))
  })

  it('lets no memo be a formula', async () => {
    const { text } = await purse.read(member, 'wallet/entries.csv?direction=in')
    const cells = text.split(/\r\n/).flatMap((line) => line.split(','))
    expect(text).toContain("'=HYPERLINK")
    expect(cells.filter((cell) => /^"?[=+@\t-]/.test(cell))).toEqual([])
  })
})

describe('What is under way', () => {
  it('shows open top-ups and pay-outs with when and why, and nothing that is settled', async () => {
    const charge = await purse.begin(member, 7_000)
    await purse.bank({ kind: 'slow', delayMs: 60_000 })
    const bankAccount = { bank: 'kb', number: '123456789012', holder: '김민지' }
    const asked = await purse.post(member, 'wallet/payouts', { amount: 2_000, bankAccount }, unique('k'))
    expect(asked.status).toBe(201)
    const { items } = UnderwayList.parse((await purse.read(member, 'wallet/underway')).json)
    expect(items.map(({ kind, amount, title }) => [kind, amount, title])).toEqual([
      ['payout', 2_000, 'kb ··9012'],
      ['charge', 7_000, null],
    ])
    expect(items[1]).toMatchObject({ nextAt: charge.expiresAt, url: `/wallet/charges/${charge.id}` })
    expect(UnderwayList.parse((await purse.read(neighbour, 'wallet/underway')).json).items).toEqual([])
  })
})
