import fc from 'fast-check'
import type { MemberId } from '#contracts/ids'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#kit/clock'
import { type ClaimsAlone, codeOf, type GroupBuyAlone } from './p2-claims-alone.ts'
import { type ClaimsModel, RESERVED_FOR_MS } from './p2-claims-model.ts'

export type Real = { groupBuy: GroupBuyAlone; claims: ClaimsAlone; members: MemberId[] }
type Step = fc.AsyncCommand<ClaimsModel, Real>

/** By then money that came too late has gone back. */
const STRAGGLERS_MS = 6 * MINUTE_MS

const step = (name: string, run: (model: ClaimsModel, real: Real) => Promise<void>): Step => ({
  check: () => true,
  run: async (model, real) => {
    await run(model, real)
    await expectAgreement(model, real)
  },
  toString: () => name,
})

function agree(what: string, expected: unknown, found: unknown): void {
  if (JSON.stringify(expected) !== JSON.stringify(found))
    throw new Error(`${what}: ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`)
}

/** Everything that can be asked agrees with the model, and the money of each claim is there to the won. */
async function expectAgreement(model: ClaimsModel, { groupBuy, members }: Real): Promise<void> {
  const { standing, claims } = await groupBuy.settled(members)
  agree(
    'standing',
    {
      takenUnits: model.plan.totalUnits - model.remaining,
      remainingUnits: model.remaining,
      members: model.members,
      waiting: model.waiting,
      state: model.state,
    },
    standing,
  )
  if (standing.takenUnits > model.plan.totalUnits) throw new Error('more than there are')
  const { holds } = await groupBuy.books()
  for (const [index, memberId] of members.entries()) {
    const { holdIds, ...seen } = claims[index] ?? { holdIds: [] }
    agree(`member ${index}`, model.see(memberId), seen)
    const amounts = holdIds.map(
      (id) => holds.find(({ holdId, state }) => holdId === id && state === 'open')?.amount,
    )
    const held = amounts.reduce<number>((sum, amount) => sum + (amount ?? Number.NaN), 0)
    agree(`money of member ${index}`, model.unitsOf(memberId) * model.plan.unitPrice, held)
  }
}

async function advance(model: ClaimsModel, { claims, groupBuy, members }: Real, ms: number): Promise<void> {
  model.advance(ms)
  await claims.setClock(model.nowMs)
  await groupBuy.settled(members)
}

/** What becomes of who asks, and where in it the object is cut off. */
const OUTCOMES = [
  ...(['pays', 'pays', 'pays', 'dies before paying', 'dies after paying', 'pays late'] as const),
  ...(['is cut off before paying', 'is cut off after paying', 'is cut off and asks again'] as const),
] as const
type Outcome = (typeof OUTCOMES)[number]

const asks = (who: number, units: number, wait: boolean, outcome: Outcome): Step =>
  step(`${who} wants ${units}${wait ? ', or waits' : ''}, and ${outcome}`, async (model, real) => {
    const { groupBuy, members } = real
    const memberId = memberOf(members, who)
    const had = model.unitsOf(memberId)
    const expected = model.reserve(memberId, units, wait)
    const key = crypto.randomUUID()
    const reserved = await groupBuy.reserve(memberId, units, { wait, key })
    agree('answer', expected.code, codeOf(reserved))
    const pay = reserved.ok ? reserved.value.pay : null
    agree('to pay', expected.claim !== null, pay !== null)
    if (pay === null || expected.claim === null || outcome === 'dies before paying') return
    if (outcome === 'is cut off before paying' || outcome === 'is cut off and asks again')
      await groupBuy.evict()
    if (outcome === 'is cut off and asks again') {
      const again = await groupBuy.reserve(memberId, units, { wait, key })
      agree('to pay, asked again', pay.claimId, again.ok && again.value.pay?.claimId)
    }
    if (outcome === 'pays late') await advance(model, real, RESERVED_FOR_MS)
    const canPay = model.canPay(memberId, units - had)
    const held = await groupBuy.pay(memberId, pay)
    agree('payment', canPay, isHeld(held))
    if (outcome === 'is cut off after paying') await groupBuy.evict()
    if (outcome === 'dies after paying') return
    if (!canPay) {
      model.abandon(expected.claim)
      await groupBuy.abandon(pay.claimId)
      return
    }
    const stands = model.confirm(expected.claim)
    agree('confirmed', stands, (await groupBuy.confirm(memberId, pay)).ok)
    agree('confirmed again', stands, (await groupBuy.confirm(memberId, pay)).ok)
  })
const isHeld = (answer: unknown): boolean => (answer as { ok: boolean }).ok

const lessens = (who: number, units: number): Step =>
  step(
    units === 0 ? `${who} leaves` : `${who} takes no more than ${units}`,
    async (model, { groupBuy, members }) => {
      const memberId = memberOf(members, who)
      agree('answer', model.lessen(memberId, units).code, codeOf(await groupBuy.lessen(memberId, units)))
    },
  )

const cancels = (): Step =>
  step('the host calls it off', async (model, { groupBuy }) => {
    agree('answer', model.cancel(), codeOf(await groupBuy.cancel()))
  })

const passes = (ms: number): Step => step(`${ms} ms pass`, (model, real) => advance(model, real, ms))
/** Right before the deadline, and on it. */
const comesTo = (shiftMs: number): Step =>
  step(`it is ${shiftMs} ms to the deadline`, async (model, real) => {
    const ms = model.plan.deadlineMs - shiftMs - model.nowMs
    if (ms > 0) await advance(model, real, ms)
  })
const isEvicted = (): Step => step('the object is evicted', (_model, { groupBuy }) => groupBuy.evict())

const memberOf = (members: MemberId[], who: number): MemberId => {
  const member = members[who % members.length]
  if (member === undefined) throw new Error('nobody')
  return member
}

const who = fc.nat({ max: 4 })
export const lives = (steps: number) =>
  fc.commands(
    [
      fc
        .tuple(who, fc.integer({ min: 1, max: 6 }), fc.boolean(), fc.constantFrom(...OUTCOMES))
        .map((drawn) => asks(...drawn)),
      fc
        .tuple(who, fc.integer({ min: 1, max: 6 }), fc.boolean())
        .map(([one, units, wait]) => asks(one, units, wait, 'pays')),
      fc.tuple(who, fc.nat({ max: 3 })).map((drawn) => lessens(...drawn)),
      who.map((one) => lessens(one, 0)),
      fc.constantFrom(1, 10 * SECOND_MS, RESERVED_FOR_MS, HOUR_MS).map(passes),
      // Ends are rarer than what comes before them.
      fc.constantFrom(isEvicted(), isEvicted(), isEvicted(), comesTo(1), comesTo(0), cancels()),
    ],
    { maxCommands: steps, size: 'max' },
  )

/** Past everything: what is still held is what stands, and each end was told once. */
export async function expectEnd(model: ClaimsModel, real: Real): Promise<void> {
  const { groupBuy, members } = real
  await advance(model, real, Math.max(0, model.plan.deadlineMs - model.nowMs) + STRAGGLERS_MS)
  await advance(model, real, STRAGGLERS_MS)
  const { claims } = await groupBuy.settled(members)
  const { holds, parts } = await groupBuy.books()
  const open = holds.filter(({ state }) => state === 'open').map(({ holdId }) => holdId)
  agree('what is held', claims.flatMap(({ holdIds }) => holdIds).sort(), open.sort())
  agree(
    'resolved twice',
    [],
    holds.filter(({ resolved }) => resolved > 1),
  )
  const happened = new Map(parts.flatMap((part) => part.happened).map((each) => [each.number, each.type]))
  const ends = [...happened.values()].filter((type) => ['filled', 'failed', 'cancelled'].includes(type))
  agree('how it ended', model.ends, ends)
  const last = parts.at(-1)
  agree(
    'in the database',
    [model.filled, model.members, model.state],
    [last?.filledUnits, last?.members, last?.state],
  )
  const rows = new Map<string, number>()
  for (const { memberId, units } of parts.flatMap(({ changed }) => changed)) rows.set(memberId, units)
  const inDatabase = members.map((memberId) => rows.get(memberId) ?? 0)
  agree(
    'claims in the database',
    members.map((memberId) => model.unitsOf(memberId)),
    inDatabase,
  )
}
