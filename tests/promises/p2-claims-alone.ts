import { join } from 'node:path'
import { createTestHarness } from 'wrangler'
import { z } from 'zod'
import { ERROR_CODES } from '#contracts/errors'
import { GroupBuyId, HoldId, MemberId } from '#contracts/ids'
import type { ClaimsPlan } from '#do/slot-claims/claims.api'
import { DAY_MS } from '#kit/clock'
import { newId } from '#kit/id'

const ROOT = join(import.meta.dirname, '..', '..')

/** The sound object, and the broken ones that a checker has to catch. */
const CLASSES = {
  ...{ sound: 'Sound', pausing: 'Pausing', tardy: 'Tardy', miserly: 'Miserly' },
  ...{ forgetful: 'Forgetful', fragile: 'Fragile' },
} as const
export type ClaimsKind = keyof typeof CLASSES

const Standing = z.object({
  takenUnits: z.int(),
  remainingUnits: z.int(),
  members: z.int(),
  waiting: z.int(),
  state: z.enum(['recruiting', 'filled', 'failed', 'cancelled']),
})
export type Standing = z.infer<typeof Standing>
const MemberClaim = z.object({
  units: z.int(),
  holdIds: z.array(HoldId),
  waiting: z.union([z.object({ units: z.int(), place: z.int() }), z.null()]),
})
export type MemberClaim = z.infer<typeof MemberClaim>
const ToPay = z.object({ claimId: z.string(), holdId: HoldId, addUnits: z.int(), unitPrice: z.int() })
const Refused = z.object({ ok: z.literal(false), refusal: z.looseObject({ code: z.enum(ERROR_CODES) }) })
const Claimed = z.object({ claim: MemberClaim, standing: Standing })
const Answer = z.union([z.object({ ok: z.literal(true), value: Claimed }), Refused])
const Reserved = z.union([
  z.object({
    ok: z.literal(true),
    value: z.union([z.object({ pay: ToPay }), Claimed.extend({ pay: z.null() })]),
  }),
  Refused,
])
const Stood = z.union([z.object({ ok: z.literal(true), value: Standing }), Refused])
const Member = z.object({ memberId: MemberId, units: z.int(), holdIds: z.array(HoldId), joinedAtMs: z.int() })
const Part = z.object({
  version: z.int(),
  filledUnits: z.int(),
  members: z.int(),
  waiting: z.int(),
  state: Standing.shape.state,
  terminalAtMs: z.int().nullable(),
  changed: z.array(Member.extend({ version: z.int() })),
  happened: z.array(
    z.object({
      number: z.int(),
      type: z.string(),
      memberId: MemberId.nullable(),
      units: z.int(),
      atMs: z.int(),
    }),
  ),
})
export type Part = z.infer<typeof Part>
const Settled = z.object({ standing: Standing, claims: z.array(MemberClaim) })
const Held = z.object({
  holdId: HoldId,
  memberId: MemberId,
  amount: z.int(),
  state: z.enum(['open', 'voided']),
  resolved: z.int(),
})
const Books = z.object({ holds: z.array(Held), parts: z.array(Part) })
export type Books = z.infer<typeof Books>

export const codeOf = (answer: { ok: true } | z.infer<typeof Refused>): string =>
  answer.ok ? 'ok' : answer.refusal.code

/** Claims objects alone in workerd, with a ledger in place of payments and of the database, and a clock that can be set. */
export async function startClaims() {
  const bindings = [
    ...Object.entries(CLASSES).map(([kind, class_name]) => ({ name: kind.toUpperCase(), class_name })),
    { name: 'LEDGER', class_name: 'Ledger' },
  ]
  const server = createTestHarness({
    root: ROOT,
    workers: [
      {
        config: {
          name: 'claims',
          main: 'tests/promises/p2-claims-alone.worker.ts',
          compatibility_date: '2026-11-01',
          compatibility_flags: ['nodejs_compat'],
          durable_objects: { bindings },
          migrations: [{ tag: 'v1', new_sqlite_classes: bindings.map(({ class_name }) => class_name) }],
        },
      },
    ],
  })
  await server.listen()
  const worker = server.getWorker('claims')

  async function call(path: string, args: unknown[]): Promise<unknown> {
    const response = await worker.fetch(`/${path}`, { method: 'POST', body: JSON.stringify(args) })
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return await response.json()
  }

  /** A group buy of 10 units at 1,000 won with the host's one, at least 5, open for a day, unless said otherwise. */
  function groupBuy(kind: ClaimsKind = 'sound', over: Partial<ClaimsPlan> = {}) {
    const plan: ClaimsPlan = { ...planOfToday(), ...over }
    const name = plan.groupBuyId
    const ask = (method: string, ...args: unknown[]) => call(`${kind}/${name}/${method}`, args)
    const ledger = (method: string, ...args: unknown[]) => call(`ledger/${name}/${method}`, args)
    const orderOf = (
      memberId: MemberId,
      units: number,
      { wait = false, key = null, ...told }: Asking = {},
    ) => ({
      ...{ plan: { ...plan, ...told }, memberId, units, wait, key },
    })
    return {
      plan,
      /** Reserves, pays and confirms. */
      join: async (memberId: MemberId, units: number, asking?: Asking) =>
        Answer.parse(await ask('claim', orderOf(memberId, units, asking))),
      reserve: async (memberId: MemberId, units: number, asking?: Asking) =>
        Reserved.parse(await ask('reserve', orderOf(memberId, units, asking))),
      pay: (memberId: MemberId, { holdId, addUnits, unitPrice }: z.infer<typeof ToPay>) =>
        ledger('hold', [{ memberId, holdId, amount: addUnits * unitPrice }], null),
      confirm: async (memberId: MemberId, { claimId, holdId }: z.infer<typeof ToPay>) =>
        Answer.parse(await ask('confirm', { claimId, holdId, memberId })),
      abandon: (claimId: string) => ask('abandon', claimId),
      lessen: async (memberId: MemberId, units: number, key: string | null = null) =>
        Answer.parse(await ask('lessen', { plan, memberId, units, key })),
      replan: async (changed: Partial<ClaimsPlan>) => Stood.parse(await ask('plan', { ...plan, ...changed })),
      cancel: async () => Stood.parse(await ask('cancel', plan)),
      claimOf: async (memberId: MemberId) => MemberClaim.parse(await ask('claimOf', memberId)),
      standing: async () => Standing.parse(await ask('standing')),
      members: async () => z.array(Member).parse(await ask('members')),
      ring: () => ask('ring'),
      isArmed: async () => z.boolean().parse(await ask('isArmed')),
      /** How it stands for these, once nothing is under way. */
      settled: async (memberIds: MemberId[]) => Settled.parse(await ask('settled', memberIds)),
      evict: () => worker.evictDurableObject(kind.toUpperCase(), { name }),
      give: (memberId: MemberId, won: number) => ledger('give', memberId, won),
      away: (what: 'hold' | 'release' | 'flush' | 'flush answer', times: number) =>
        ledger('away', what, times),
      books: async () => Books.parse(await ledger('books')),
    }
  }

  const setClock = (atMs: number | 'real') => call(`clock/${atMs}`, [])
  return { groupBuy, setClock, close: () => server.close() }
}
type Asking = { wait?: boolean; key?: string | null } & Partial<ClaimsPlan>
export type ClaimsAlone = Awaited<ReturnType<typeof startClaims>>
export type GroupBuyAlone = ReturnType<ClaimsAlone['groupBuy']>

const planOfToday = (): ClaimsPlan => ({
  groupBuyId: GroupBuyId.parse(newId('gb', Date.now())),
  hostId: newId('mem', Date.now()),
  title: '제주 감귤 10kg',
  totalUnits: 10,
  minUnits: 5,
  hostUnits: 1,
  unitPrice: 1_000,
  deadlineMs: Date.now() + DAY_MS,
  version: 1,
})
