import { beforeAll, describe, expect, it } from 'vitest'
import type { GroupBuysApi } from '#contracts/group-buys.api'
import { MemberId } from '#contracts/ids'
import type { PaymentsApi } from '#contracts/payments.api'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { eventually, openPlatform, type Platform, type SignedUp } from '../../support/platform.ts'
import { yardOf } from './yard.ts'

let platform: Platform
let yard: ReturnType<typeof yardOf>
let host: SignedUp
beforeAll(async () => {
  platform = await openPlatform()
  yard = yardOf(platform)
  host = await platform.signUp()
})

describe('a group buy that fills', () => {
  it('is bought, handed over and settled to the won: the host is paid, the rest goes back', async () => {
    const [minji, junho] = [await yard.rich(), await yard.rich()]
    const { id } = await yard.open(host)
    await yard.join(minji, id, 3)
    await yard.join(junho, id, 5)
    await yard.until(id, 'filled')
    // 70,003 won over ten units are 21,000.9, 35,001.5 and 14,000.6: two won are left over, for the largest remainders.
    const sheet = await yard.act(host, id, 'receipt', { goods: 67_003, shipping: 3_000 })
    expect(sheet.groupBuy.state).toBe('purchasing')
    expect(sheet.settlement?.shares.map(({ share }) => share)).toEqual([21_001, 35_001, 14_001])
    expect((await yard.act(host, id, 'arrival')).groupBuy.state).toBe('arrived')
    expect(await yard.refusal(host, 'POST', `group-buys/${id}/settle`, {})).toEqual([409, 'GROUP_BUY_STATE'])
    for (const member of [minji, junho]) {
      const { checkInCode } = await yard.mine(member, id)
      const after = await yard.act(host, id, 'check-ins', { code: checkInCode })
      expect(after.groupBuy.state).toBe('handing_over')
    }
    expect((await yard.act(host, id, 'settle')).groupBuy.state).toBe('settled')
    expect(await yard.wallet(minji)).toEqual({ balance: 178_999, held: 0 })
    expect(await yard.wallet(junho)).toEqual({ balance: 164_999, held: 0 })
    expect(await yard.wallet(host)).toEqual({ balance: 56_002, held: 0 })
    expect((await yard.read(id)).hostRecord.settled).toBe(1)
    // Said again it is said once.
    await yard.act(host, id, 'settle')
    expect(await yard.wallet(host)).toEqual({ balance: 56_002, held: 0 })
  })

  it('that costs far more goes on with the votes of more than half of the units, and they pay the difference', async () => {
    const [minji, junho, someone] = [await yard.rich(), await yard.rich(), await platform.signUp()]
    const { id } = await yard.open(host, { hostUnits: 0, totalUnits: 4, minUnits: 4 })
    await yard.join(minji, id, 3)
    await yard.join(junho, id, 1)
    await yard.until(id, 'filled')
    const asked = await yard.act(host, id, 'receipt', { goods: 40_000, shipping: 0 })
    expect(asked.settlement?.vote).toMatchObject({ yes: 0, no: 0, of: 4 })
    expect(await yard.refusal(host, 'POST', `group-buys/${id}/arrival`, {})).toEqual([409, 'GROUP_BUY_STATE'])
    expect(await yard.refusal(someone, 'PUT', `group-buys/${id}/vote`, { agree: true })).toEqual([
      404,
      'NOT_FOUND',
    ])
    await yard.act(junho, id, 'vote', { agree: false })
    expect((await yard.act(minji, id, 'vote', { agree: true })).settlement?.vote).toMatchObject({
      yes: 3,
      no: 1,
    })
    expect(await yard.refusal(junho, 'PUT', `group-buys/${id}/vote`, { agree: true })).toEqual([
      409,
      'VOTE_CLOSED',
    ])
    await yard.act(host, id, 'arrival')
    for (const member of [minji, junho])
      await yard.act(host, id, 'check-ins', { code: (await yard.mine(member, id)).checkInCode })
    const before = await yard.wallet(host)
    await yard.act(host, id, 'settle')
    expect(await yard.wallet(minji)).toEqual({ balance: 170_000, held: 0 })
    expect(await yard.wallet(junho)).toEqual({ balance: 190_000, held: 0 })
    expect((await yard.wallet(host)).balance - before.balance).toBe(40_000)
  })
})

describe('a group buy that comes to nothing', () => {
  it('for want of members at its deadline gives all money back', async () => {
    const minji = await yard.rich()
    const deadline = new Date(Date.now() + 2_500).toISOString()
    const { id } = await yard.open(host, { deadline }, Date.now() - HOUR_MS)
    await yard.join(minji, id, 1)
    expect(await yard.wallet(minji)).toEqual({ balance: 191_000, held: 9_000 })
    await yard.until(id, 'failed')
    await eventually(async () => expect(await yard.wallet(minji)).toEqual({ balance: 200_000, held: 0 }))
    expect(await yard.refusal(minji, 'PUT', `group-buys/${id}/claim`, { units: 2 })).toEqual([
      409,
      'GROUP_BUY_CLOSED',
    ])
  })

  it.for(['recruiting', 'filled', 'purchasing', 'arrived'] as const)(
    'because its host calls it off while it is %s gives all money back',
    async (state) => {
      const minji = await yard.rich()
      const { id } = await yard.open(host, { hostUnits: 0, totalUnits: 2, minUnits: 2 })
      await yard.join(minji, id, state === 'recruiting' ? 1 : 2)
      if (state !== 'recruiting') await yard.until(id, 'filled')
      if (state === 'purchasing' || state === 'arrived')
        await yard.act(host, id, 'receipt', { goods: 18_000, shipping: 0 })
      if (state === 'arrived') await yard.act(host, id, 'arrival')
      expect(await yard.refusal(minji, 'DELETE', `group-buys/${id}`)).toEqual([404, 'NOT_FOUND'])
      expect((await yard.as(host, 'DELETE', `group-buys/${id}`)).status).toBe(204)
      await yard.until(id, 'cancelled')
      await eventually(async () => expect(await yard.wallet(minji)).toEqual({ balance: 200_000, held: 0 }))
      expect((await yard.as(host, 'DELETE', `group-buys/${id}`)).status).toBe(204)
    },
  )

  it('because most units did not agree to the rise gives all money back when the vote closes', async () => {
    const minji = await yard.rich()
    const { id } = await yard.open(host, { hostUnits: 0, totalUnits: 2, minUnits: 2 })
    await yard.join(minji, id, 2)
    await yard.until(id, 'filled')
    await yard.act(host, id, 'receipt', { goods: 30_000, shipping: 0 })
    await voteIsOver(id)
    await platform.tick()
    await yard.until(id, 'cancelled')
    await eventually(async () => expect(await yard.wallet(minji)).toEqual({ balance: 200_000, held: 0 }))
    expect((await yard.mine(minji, id)).failure).toBe('VOTE_CLOSED')
  })
})

describe('the audit of the books', () => {
  it('finds money left behind for a group buy that is over, and none that is held for one that goes on', async () => {
    const [minji, junho] = [await yard.rich(), await yard.rich()]
    const [over, open] = [await yard.open(host), await yard.open(host)]
    await yard.join(junho, open.id, 2)
    expect((await yard.as(host, 'DELETE', `group-buys/${over.id}`)).status).toBe(204)
    const { GROUP_BUYS, DB } = await payments()
    await GROUP_BUYS.tick({ atMs: Date.now() + 3 * MINUTE_MS })
    const holdId = newId('hld', Date.now())
    const { PAYMENTS } = await platform.server
      .getWorker<{ PAYMENTS: Service<PaymentsApi> }>('madang-group-buys')
      .getEnv()
    const held = await PAYMENTS.hold(CTX, {
      ...{
        cause: { kind: 'group_buy', id: over.id },
        payeeId: null,
        title: '남은 돈',
        url: '/',
        nextAtMs: null,
      },
      lines: [{ holdId, payer: MemberId.parse(minji.memberId), amount: 1_000 }],
      expiresAtMs: Date.now() + DAY_MS,
    })
    expect(held.ok).toBe(true)
    await PAYMENTS.tick({ atMs: Date.now() + 5 * MINUTE_MS })
    const { results } = await DB.prepare(
      `SELECT invariant, aggregate FROM incidents WHERE aggregate IN (
         SELECT id FROM holds WHERE cause_kind = 'group_buy' AND cause_id IN (?, ?))`,
    )
      .bind(over.id, open.id)
      .all()
    expect(results).toEqual([{ invariant: 'hold_has_open_process', aggregate: holdId }])
  })
})

const CTX = {
  actor: { kind: 'worker', worker: 'group-buys' },
  requestId: 'req-test',
  idempotencyKey: 'test',
} as const
const payments = () =>
  platform.server.getWorker<{ GROUP_BUYS: Service<GroupBuysApi>; DB: D1Database }>('madang-payments').getEnv()

/** A day has passed since the receipt. */
async function voteIsOver(id: string): Promise<void> {
  const { DB } = await platform.server.getWorker<{ DB: D1Database }>('madang-group-buys').getEnv()
  await DB.prepare(
    'UPDATE group_buys SET vote_closes_at_ms = vote_closes_at_ms - ?1, due_at_ms = due_at_ms - ?1 WHERE id = ?2',
  )
    .bind(DAY_MS, id)
    .run()
}
