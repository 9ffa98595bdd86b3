import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GroupBuy } from '#contracts/group-buys'
import type { MemberId } from '#contracts/ids'
import { HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { atOnce } from './claim-log.ts'
import { randomOf } from './deliveries.ts'
import { startTown, type Town } from './p2-town.ts'

/** P2 through the routes and the real ledger: a crowd at one group buy, its object dying under them, and then the books. */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const MEMBERS = NIGHTLY ? 500 : 60
const OPS = NIGHTLY ? 5_000 : 300
const SEED = 20_261_121
const LANES = 8
const TOTAL = 30
const MINIMUM = 20
const HOST_UNITS = 2
const PRICE = 1_000
const PURSE = 20_000
/** Near enough that the deadline falls into the crowd's doings, or after them; both must come out right. */
const NEAR_MS = NIGHTLY ? 60_000 : 8_000

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town.close())

type Ending = 'cancel' | 'deadline'
type Said = { from: number; status: number; code: string | undefined }
type Night = { groupBuy: GroupBuy; members: MemberId[]; said: Said[]; seen: number[]; closedAt: number }

async function crowd(ending: Ending): Promise<Night> {
  const random = randomOf(SEED)
  const host = newId('mem', Date.now())
  const members = await atOnce(Array.from({ length: MEMBERS }, random), LANES, (luck) =>
    town.rich(luck < 0.1 ? 1_500 : PURSE),
  )
  const terms = { totalUnits: TOTAL, minUnits: MINIMUM, hostUnits: HOST_UNITS, unitPrice: PRICE }
  const groupBuy = await town.open(host, terms, ending === 'deadline' ? NEAR_MS : 48 * HOUR_MS)
  const { id } = groupBuy
  const night: Night = { groupBuy, members, said: [], seen: [], closedAt: Number.POSITIVE_INFINITY }
  const inIt: MemberId[] = []
  let place = 0
  let taken = HOST_UNITS

  async function act(anybody: MemberId, which: number, many: number): Promise<void> {
    const isLeaving = which < (taken >= 16 ? 0.75 : 0.25)
    const member = isLeaving ? (inIt.shift() ?? anybody) : anybody
    const from = place++
    const answer =
      isLeaving && many < 0.6
        ? await town.leave(member, id)
        : await town.claim(member, id, 1 + Math.floor(many * 2.2), which > 0.9)
    night.said.push({ from, status: answer.status, code: answer.code })
    if (answer.status !== 200) return
    const claim = town.claimOf(answer)
    taken = TOTAL - claim.remainingUnits
    night.seen.push(taken)
    if (claim.units > 0) inIt.push(member)
  }

  const draws = Array.from({ length: OPS }, (_, index) => ({
    index,
    dice: [random(), random(), random()] as const,
  }))
  await atOnce(draws, LANES, async ({ index, dice: [who, which, many] }) => {
    if (index % Math.ceil(OPS / 4) === Math.ceil(OPS / 8)) await town.evict(id)
    if (ending === 'cancel' && index === Math.floor(OPS * 0.7)) {
      expect(await town.call('DELETE', `group-buys/${id}`, host)).toMatchObject({ status: 204 })
      night.closedAt = place++
    }
    const member = members[Math.floor(who * members.length)]
    if (member) await act(member, which, many)
    if (index % 10 === 0) night.seen.push((await town.read(host, id)).filledUnits)
  })
  return night
}

/** What is refused for what it is; whoever's call died with the object may ask again. */
const EXPECTED = [
  'SLOTS_EXHAUSTED',
  'GROUP_BUY_CLOSED',
  'INSUFFICIENT_BALANCE',
  'REQUEST_IN_FLIGHT',
  'UNAVAILABLE',
  'INTERNAL',
]

describe(`30 units, wanted and given up ${OPS} times by ${MEMBERS} members with real wallets`, () => {
  it.each<Ending>(['cancel', 'deadline'])(
    'are never promised beyond; %s is the one end, nothing is acknowledged after it, and the books are whole',
    async (ending) => {
      const { groupBuy, members, said, seen, closedAt } = await crowd(ending)
      const { id } = groupBuy
      await expect
        .poll(async () => (await town.projectionOf(id)).row.state, { timeout: 60_000, interval: 100 })
        .not.toBe('recruiting')
      expect(seen.filter((units) => units > TOTAL)).toEqual([])
      expect(said.filter(({ from, status }) => from > closedAt && status === 200)).toEqual([])
      expect(
        said.flatMap(({ code }) => (code === undefined || EXPECTED.includes(code) ? [] : [code])),
      ).toEqual([])
      expect(said.filter(({ status }) => status === 200).length).toBeGreaterThan(10)

      const { row, claims, told } = await town.projectionOf(id)
      const filled = HOST_UNITS + claims.reduce((sum, { units }) => sum + units, 0)
      expect(row).toMatchObject({ filled, members: claims.length, waiting: 0 })
      if (ending === 'deadline') expect(row.state).toBe(filled >= MINIMUM ? 'filled' : 'failed')
      else expect(row.state).toBe('cancelled')
      const ends = told.filter((type) => /filled|failed|cancelled/.test(type))
      expect(ends).toEqual(
        ends.length > 1 ? ['group_buy.filled', 'group_buy.cancelled'] : [`group_buy.${row.state}`],
      )

      // What stands is held to the won; everything else is back, once.
      const standing = row.state === 'filled' ? claims : []
      const owed = new Map(standing.map(({ memberId, units }) => [memberId, units * PRICE]))
      await expect.poll(() => wrongOf(id, members, owed), { timeout: 60_000, interval: 200 }).toEqual([])
      expect(await town.sumOfLedger()).toBe(0)
      expect(await town.claim(members[0] ?? newId('mem', 0), id, 1)).toMatchObject({
        code: 'GROUP_BUY_CLOSED',
      })
    },
    600_000,
  )
})

/** Members whose held money is not what they owe, by their wallets and by their holds. */
async function wrongOf(id: string, members: MemberId[], owed: Map<MemberId, number>): Promise<string[]> {
  const holds = await town.holdsOf(id)
  const faults = holds.filter(({ posted }) => posted !== 0).map(() => 'something was taken')
  for (const memberId of members) {
    const open = holds.filter(({ payer, state }) => payer === memberId && state === 'open')
    const sum = open.reduce((all, { amount }) => all + amount, 0)
    const { held } = await town.walletOf(memberId)
    const due = owed.get(memberId) ?? 0
    if (sum !== due || held !== due)
      faults.push(`${sum} and ${held} won are held of ${memberId}, who owes ${due}`)
  }
  return faults
}
