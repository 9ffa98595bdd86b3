import type { CallContext } from '#contracts/call'
import type { MadangEvent } from '#contracts/events'
import { type HoldId, type MemberId, TransferId } from '#contracts/ids'
import { Wallet } from '#contracts/payments'
import type { HoldLine, PaymentsApi } from '#contracts/payments.api'
import { newId } from '#kit/id'
import { accountOf, platformAccount, transferStatements } from '../../../workers/payments/ledger.store.ts'
import { type Answer, newMember, startAlone } from '../../support/worker-alone.ts'
import type { Told } from './neighbours.worker.ts'

export { type Answer, newMember } from '../../support/worker-alone.ts'

/** How trades asks. */
export const CTX: CallContext = {
  actor: { kind: 'worker', worker: 'trades' },
  requestId: 'req-test',
  idempotencyKey: 'test',
}
const DAY_MS = 86_400_000
/** What every member's password is here. */
export const PASSWORD = 'maple-Yard-77-quiet'

/** The payments worker alone in workerd; identity and trades are stand-ins (neighbours.worker.ts), and no provider answers. */
export async function startPayments() {
  const alone = await startAlone<{ DB: D1Database }, { PAYMENTS: Service<PaymentsApi> }>({
    domain: 'payments',
    neighbours: ['IDENTITY', 'TRADES', 'GROUP_BUYS', 'PROVIDER_HTTP'],
    entrypoint: 'PaymentsRpc',
    vars: { PASSWORD },
  })
  const { db, neighbours, call } = alone
  const { PAYMENTS } = await neighbours.getEnv()

  /** Tells the stand-ins what there is. */
  const tell = async (told: Told): Promise<void> => {
    await neighbours.fetch('http://neighbours/', { method: 'PUT', body: JSON.stringify(told) })
  }

  /** Money from the provider, as a top-up brings it. */
  async function fund(memberId: MemberId, amount: number): Promise<void> {
    const id = newId('xfr', Date.now())
    const transfer = { id, from: platformAccount('provider'), to: accountOf(memberId), amount }
    const cause = { kind: 'charge', id } as const
    await db.batch(transferStatements(db, { ...transfer, cause, memo: null, url: null, atMs: Date.now() }))
  }

  /** A member with money. */
  async function holder(amount: number): Promise<MemberId> {
    const memberId = newMember()
    if (amount > 0) await fund(memberId, amount)
    return memberId
  }

  const walletOf = async (as: MemberId): Promise<Wallet> =>
    Wallet.parse((await call('GET', 'wallet', { as })).json)

  const send = (as: MemberId, json: object, key?: string): Promise<Answer> =>
    call('POST', 'wallet/transfers', { as, json, ...(key === undefined ? {} : { key }) })

  /** Puts a member's money aside for a trade; answers the hold and the trade. */
  async function held(
    payer: HoldLine['payer'],
    amount: number,
    { payeeId = newMember(), livesMs = DAY_MS }: { payeeId?: MemberId; livesMs?: number } = {},
  ) {
    const [holdId, tradeId] = [newId('hld', Date.now()), newId('trd', Date.now())]
    const cause = { kind: 'trade', id: tradeId } as const
    const order = { cause, payeeId, title: '원목 책상', url: `/trades/${tradeId}`, nextAtMs: null }
    const lines = [{ holdId, payer, amount }]
    const asked = await PAYMENTS.hold(CTX, { ...order, lines, expiresAtMs: Date.now() + livesMs })
    if (!asked.ok) throw new Error(`not held: ${asked.refusal.code}`)
    return { holdId, cause, payeeId }
  }

  type Held = Awaited<ReturnType<typeof held>>
  /** Takes part or all of a hold for who it is meant for. */
  const take = (
    { holdId, cause, payeeId }: Held,
    amount: number,
    settlementId: string = crypto.randomUUID(),
  ) =>
    PAYMENTS.settle(CTX, {
      settlementId,
      cause,
      takes: [{ holdId, amount }],
      gives: [{ to: payeeId, amount }],
      memo: '원목 책상',
    })

  /** The minute tick, as if it were so much later. */
  const tick = (laterMs = 0) => PAYMENTS.tick({ atMs: Date.now() + laterMs })

  /** The withdrawal of a member, as payments hears it. */
  async function leaves(memberId: MemberId): Promise<void> {
    const fact: MadangEvent = {
      ...{ id: newId('evt', Date.now()), v: 1, at: Date.now(), type: 'member.withdrawn' },
      ...{
        aggregateId: memberId,
        version: 1,
        actorId: memberId,
        requestId: 'req-leaving',
        data: { memberId },
      },
    }
    const retried = await alone.deliver([{ id: newId('evt', Date.now()), body: fact }])
    if (retried.length > 0) throw new Error('the withdrawal was not taken')
  }

  const first = async <Row>(sql: string, ...binds: (string | number)[]): Promise<Row> => {
    const row = await db
      .prepare(sql)
      .bind(...binds)
      .first<Row>()
    if (row === null) throw new Error(`nothing for ${sql}`)
    return row
  }
  /** The state a hold lies in. */
  const stateOf = async (holdId: HoldId) =>
    await first<{ state: string; posted: number }>('SELECT state, posted FROM holds WHERE id = ?', holdId)
  const entriesOf = async (transferId: string) =>
    (
      await db
        .prepare('SELECT account_id AS account, amount FROM entries WHERE transfer_id = ? ORDER BY amount')
        .bind(TransferId.parse(transferId))
        .all<{ account: string; amount: number }>()
    ).results

  return {
    ...alone,
    PAYMENTS,
    tell,
    fund,
    holder,
    walletOf,
    send,
    held,
    take,
    tick,
    leaves,
    first,
    stateOf,
    entriesOf,
  }
}

export type PaymentsAlone = Awaited<ReturnType<typeof startPayments>>
