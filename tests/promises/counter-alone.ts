import { join } from 'node:path'
import { createTestHarness } from 'wrangler'
import { z } from 'zod'
import { ReceiptLink } from '#contracts/coupons'
import { ERROR_CODES } from '#contracts/errors'
import { type CampaignId, MemberId } from '#contracts/ids'
import type { DayPlan } from '#do/coupon-counter/counter.api'
import { DAY_MS, HOUR_MS, townDay } from '#kit/clock'
import { newId } from '#kit/id'

const ROOT = join(import.meta.dirname, '..', '..')

/** The sound counter, and the broken ones that a checker has to catch. */
export type CounterKind = 'sound' | 'pausing' | 'forgetful' | 'skipping'
const CLASSES = { sound: 'Sound', pausing: 'Pausing', forgetful: 'Forgetful', skipping: 'Skipping' } as const

export const Issued = ReceiptLink.extend({ memberId: MemberId, title: z.string(), expiresAtMs: z.int() })
export type Issued = z.infer<typeof Issued>
const Answer = z.union([
  z.object({ ok: z.literal(true), value: z.object({ link: Issued, replayed: z.boolean() }) }),
  z.object({ ok: z.literal(false), refusal: z.looseObject({ code: z.enum(ERROR_CODES) }) }),
])
export type Answer = z.infer<typeof Answer>
const Part = z.looseObject({ issued: z.int(), head: z.string(), links: z.array(Issued) })
const Look = z.object({ issued: z.int(), head: z.string(), closed: z.boolean() })
const Audit = z.object({ issued: z.int(), head: z.string(), faults: z.array(z.string()) })
const ALL_LINKS = 20_000

/** Counters alone in workerd, with a ledger in place of the coupons worker's database, and a clock that can be set. */
export async function startCounters() {
  const bindings = [
    ...Object.entries(CLASSES).map(([kind, class_name]) => ({ name: kind.toUpperCase(), class_name })),
    { name: 'LEDGER', class_name: 'Ledger' },
  ]
  const server = createTestHarness({
    root: ROOT,
    workers: [
      {
        config: {
          name: 'counters',
          main: 'tests/promises/counter-alone.worker.ts',
          compatibility_date: '2026-11-01',
          compatibility_flags: ['nodejs_compat'],
          durable_objects: { bindings },
          migrations: [{ tag: 'v1', new_sqlite_classes: bindings.map(({ class_name }) => class_name) }],
        },
      },
    ],
  })
  await server.listen()
  const worker = server.getWorker('counters')

  async function call(path: string, args: unknown[]): Promise<unknown> {
    const response = await worker.fetch(`/${path}`, { method: 'POST', body: JSON.stringify(args) })
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return await response.json()
  }

  /** A day of a campaign, open all day today unless said otherwise. */
  function day(kind: CounterKind = 'sound', over: Partial<DayPlan> = {}) {
    const plan = { ...planOfToday(newId('cmp', Date.now())), ...over }
    const name = `${plan.campaignId}:${plan.day}`
    const ask = (method: string, ...args: unknown[]) => call(`${kind}/${name}/${method}`, args)
    return {
      plan,
      claim: async (
        memberId: MemberId,
        key: string | null = null,
        told: Partial<DayPlan> & { earlier?: number } = {},
      ): Promise<Answer> => {
        const { earlier = 0, ...changed } = told
        return Answer.parse(await ask('claim', { plan: { ...plan, ...changed }, memberId, key, earlier }))
      },
      answered: async (memberId: MemberId, key: string) =>
        z.union([Issued, z.null()]).parse(await ask('answered', memberId, key)),
      replan: (changed: Partial<DayPlan>) => ask('replan', { ...plan, ...changed }),
      look: async () => Look.parse(await ask('look')),
      winnersIfSoldOut: () => ask('winnersIfSoldOut'),
      flushed: () => ask('flushed'),
      links: async () => z.array(Issued).parse(await ask('links', 1, ALL_LINKS)),
      audit: async () => Audit.parse(await ask('audit')),
      ring: () => ask('ring'),
      evict: () => worker.evictDurableObject(kind.toUpperCase(), { name }),
      failFlushes: (how: 'before' | 'after', times: number) =>
        call(`ledger/${plan.campaignId}/fail`, [how, times]),
      parts: async () => z.array(Part).parse(await call(`ledger/${plan.campaignId}/parts`, [])),
    }
  }

  const setClock = (atMs: number | 'real') => call(`clock/${atMs}`, [])
  return { day, setClock, close: () => server.close() }
}
export type Counters = Awaited<ReturnType<typeof startCounters>>
export type CounterDay = ReturnType<Counters['day']>

function planOfToday(campaignId: CampaignId): DayPlan {
  const today = townDay(Date.now())
  const opensAtMs = Date.parse(`${today}T00:00:00.000Z`) - 9 * HOUR_MS
  return {
    campaignId,
    day: today,
    title: '첫눈 쿠폰',
    version: 1,
    state: 'running',
    opensAtMs,
    closesAtMs: opensAtMs + DAY_MS,
    total: 100,
    perMemberADay: 1,
    perMemberInAll: null,
    validForMs: 31 * DAY_MS,
  }
}
