import { z } from 'zod'
import { GroupBuy, UnitsClaim } from '#contracts/group-buys'
import type { GroupBuyId, MemberId } from '#contracts/ids'
import type { Hold } from '#contracts/payments'
import type { SlotClaimsObject } from '#do/slot-claims/claims.api'
import { newId } from '#kit/id'
import { secretFor } from '../../scripts/dev-vars.ts'
import { sumOfEntries } from '../../workers/payments/audit.store.ts'
import { accountOf, platformAccount, transferStatements } from '../../workers/payments/ledger.store.ts'
import { makeTables } from '../support/harness-tables.ts'
import { type Answer, neighboursOf, startAlone } from '../support/worker-alone.ts'

type Env = { DB: D1Database; SLOT_CLAIMS: DurableObjectNamespace<SlotClaimsObject> }

/** The group-buys worker over the real payments worker, each with its database; who they ask else are stand-ins. */
export async function startTown() {
  const identity = neighboursOf('payments')
  const alone = await startAlone<{ DB: D1Database }>({
    domain: 'payments',
    neighbours: ['IDENTITY', 'TRADES', 'PROVIDER_HTTP'],
    vars: { PASSWORD: 'maple-Yard-77-quiet' },
    beside: [
      {
        configPath: 'workers/group-buys/wrangler.toml',
        bindingOverrides: { CHAT: identity, IDENTITY: identity, MEDIA: identity },
        secrets: { CURSOR_SECRET: secretFor('CURSOR_SECRET') },
      },
    ],
  })
  const worker = alone.server.getWorker<Env>('madang-group-buys')
  const { DB: groupBuys } = await worker.getEnv()
  await makeTables(groupBuys, 'group-buys')

  async function call(
    method: string,
    path: string,
    as: MemberId,
    json?: object,
    headers: object = {},
  ): Promise<Answer> {
    const response = await worker.fetch(`/api/v1/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await alone.tokenOf(as)}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
    const text = await response.text()
    const read: unknown = text === '' ? undefined : JSON.parse(text)
    const code = z.object({ code: z.string() }).safeParse(read).data?.code
    return { status: response.status, headers: new Headers([...response.headers]), text, json: read, code }
  }

  /** Money from the provider, as a top-up brings it. */
  async function fund(memberId: MemberId, amount: number): Promise<void> {
    const id = newId('xfr', Date.now())
    const transfer = { id, from: platformAccount('provider'), to: accountOf(memberId), amount }
    const cause = { kind: 'charge', id } as const
    const facts = { ...transfer, cause, memo: null, url: null, atMs: Date.now() }
    await alone.db.batch(transferStatements(alone.db, facts))
  }

  async function rich(amount: number): Promise<MemberId> {
    const memberId = newId('mem', Date.now())
    await fund(memberId, amount)
    return memberId
  }

  /** `livesMs` is when its deadline comes, however near that is. */
  async function open(host: MemberId, over: object, livesMs: number): Promise<GroupBuy> {
    const atMs = Date.now()
    const json = {
      ...{ title: '제주 감귤 10kg', description: '나눠요', category: 'food', unitPrice: 1_000, unit: '상자' },
      ...{ totalUnits: 30, minUnits: 20, hostUnits: 2, pickup: '망원시장 앞' },
      ...{ deadline: new Date(atMs + livesMs).toISOString(), ...over },
    }
    const reply = await call('POST', 'group-buys', host, json, { 'dev-at-ms': String(atMs - 3_600_000) })
    if (reply.status !== 201) throw new Error(`not opened: ${reply.text}`)
    return GroupBuy.parse(reply.json)
  }

  const claim = (as: MemberId, id: string, units: number, wait = false) =>
    call('PUT', `group-buys/${id}/claim`, as, { units, wait })
  const leave = (as: MemberId, id: string) => call('DELETE', `group-buys/${id}/claim`, as)
  const claimOf = (answer: Answer): UnitsClaim => UnitsClaim.parse(answer.json)
  const read = async (as: MemberId, id: string) =>
    GroupBuy.parse((await call('GET', `group-buys/${id}`, as)).json)
  const evict = (id: string) => worker.evictDurableObject('SLOT_CLAIMS', { name: id })

  /** What the books of payments hold for a group buy. */
  async function holdsOf(id: string) {
    const { results } = await alone.db
      .prepare(
        `SELECT id, substr(account_id, 8) AS payer, payee_id AS payeeId, amount, posted, state, expires_at_ms AS expiresAtMs
         FROM holds WHERE cause_kind = 'group_buy' AND cause_id = ?`,
      )
      .bind(id)
      .all<Hold>()
    return results
  }

  /** What the database has of a group buy: its row, its members. */
  async function projectionOf(id: string) {
    const row = await groupBuys
      .prepare('SELECT state, filled_units AS filled, members, waiting FROM group_buys WHERE id = ?')
      .bind(id)
      .first<{ state: string; filled: number; members: number; waiting: number }>()
    const { results: claims } = await groupBuys
      .prepare(
        'SELECT member_id AS memberId, units, hold_ids AS holdIds FROM claims WHERE group_buy_id = ? AND units > 0',
      )
      .bind(id)
      .all<{ memberId: MemberId; units: number; holdIds: string }>()
    const { results: told } = await groupBuys
      .prepare("SELECT type FROM outbox WHERE event ->> 'aggregateId' = ? ORDER BY rowid")
      .bind(id)
      .all<{ type: string }>()
    if (row === null) throw new Error('no such group buy')
    return { row, claims, told: told.map(({ type }) => type) }
  }

  const walletOf = async (memberId: MemberId) =>
    (await alone.db
      .prepare('SELECT balance, held FROM accounts WHERE id = ?')
      .bind(accountOf(memberId))
      .first<{ balance: number; held: number }>()) ?? { balance: 0, held: 0 }
  const sumOfLedger = () => sumOfEntries(alone.db)

  return {
    ...{
      call,
      fund,
      rich,
      open,
      claim,
      leave,
      claimOf,
      read,
      evict,
      holdsOf,
      projectionOf,
      walletOf,
      sumOfLedger,
    },
    close: alone.close,
  }
}
export type Town = Awaited<ReturnType<typeof startTown>>
export const unknownGroupBuy = (): GroupBuyId => newId('gb', Date.now())
