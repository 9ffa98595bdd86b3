import { z } from 'zod'
import { type GroupBuy, UnitsClaim } from '#contracts/group-buys'
import type { GroupBuyId, MemberId } from '#contracts/ids'
import { rowsOfFile } from './disk.ts'
import type { GroupBuyTown, Terms } from './group-buy-town.ts'
import type { Night, Rest, Sight, Try } from './p2-night.ts'

const LANES = 8
/** The crowd leaves what is nearly full and joins what is not, so that it goes on for long near the minimum and the brim. */
const NEARLY_FULL = 20
const LEAVING = { whenNearlyFull: 0.85, before: 0.2 }
/** Some want so many more that they have to wait for them. */
const WAITING = { share: 0.08, more: 5 }
/** At first nobody takes the last ones, since that would be the end; who would asks for more than there are. Then anybody does. */
const CAREFUL = { share: 0.8, leaves: 4 }
const SIGHT_EVERY_MS = 50
const AFTER_THE_END = 20
const PAUSE_MS = 20

export type Crowd = {
  town: GroupBuyTown
  groupBuy: GroupBuy
  terms: Terms
  acts: number
  /** Their acts are spread until then, however fast the machine is; before it nobody takes the last ones. */
  untilMs: number
  /** Whether the power was cut: until it was they go on asking, also after the end. */
  isCut: () => boolean
  random: () => number
  /** Told before each act, how many there were. */
  before: (act: number) => void
}
export type Doings = Pick<Night, 'tries' | 'sights' | 'calledOffAt'>

/** Many join, change and leave until so many acts are done and the end was seen; what they were told and what could be seen meanwhile. */
export function crowdAt({ town, groupBuy, terms, acts, untilMs, isCut, random, before }: Crowd) {
  const { id } = groupBuy
  const log: Doings = { tries: [], sights: [], calledOffAt: null }
  const inIt: MemberId[] = []
  const busy = new Set<MemberId>()
  let place = 0
  let done = 0
  let taken = terms.hostUnits
  let wanted = 0
  let afterTheEnd = 0

  function draw(): { memberId: MemberId; units: number; wait: boolean } {
    const isNearlyFull = taken >= NEARLY_FULL
    const isLeaving = random() < (isNearlyFull ? LEAVING.whenNearlyFull : LEAVING.before)
    const free = town.members.filter((each) => !busy.has(each))
    const anybody = free[Math.floor(random() * free.length)]
    if (anybody === undefined) throw new Error('everybody is busy')
    const leaver = isLeaving ? inIt.findIndex((each) => !busy.has(each)) : -1
    const memberId = inIt.splice(leaver === -1 ? inIt.length : leaver, 1)[0] ?? anybody
    if (isLeaving && (isNearlyFull || random() < 0.6)) return { memberId, units: 0, wait: false }
    const wait = random() < WAITING.share
    const units = 1 + Math.floor(random() * 2.2) + (wait ? WAITING.more : 0)
    const left = terms.totalUnits - taken - wanted
    const isCareful = done < acts * CAREFUL.share || Date.now() < untilMs
    const isLast = isCareful && left - units < CAREFUL.leaves
    return { memberId, units: isLast ? terms.totalUnits - terms.hostUnits : units, wait }
  }

  async function act(): Promise<void> {
    const { memberId, units, wait } = draw()
    const number = done++
    before(number)
    busy.add(memberId)
    const adds = units < terms.totalUnits - terms.hostUnits ? units : 0
    wanted += adds
    const method = units === 0 ? 'DELETE' : 'PUT'
    const order = units === 0 ? {} : { json: { units, wait } }
    const request = { as: memberId, method, path: `group-buys/${id}/claim`, key: `act-${number}`, ...order }
    let from = place++
    await town.insist(request, ({ code, json, sentMs }) => {
      const claim = code === 'ok' ? UnitsClaim.parse(json) : null
      log.tries.push({ memberId, act: number, units, from, to: place++, sentMs, code, claim })
      if (claim) taken = terms.totalUnits - claim.remainingUnits
      if (claim && claim.units > 0) inIt.push(memberId)
      if (code === 'GROUP_BUY_CLOSED') afterTheEnd += 1
      from = place++
    })
    wanted -= adds
    busy.delete(memberId)
  }

  const look = () => {
    const from = place++
    log.sights.push(...sightsOf(town, id).map((sight) => ({ ...sight, from, to: place++ })))
  }

  return {
    log,
    look,
    done: () => done,
    run: async (): Promise<void> => {
      const eyes = setInterval(look, SIGHT_EVERY_MS)
      const beganMs = Date.now()
      const paceMs = Math.max(0, untilMs - beganMs) / acts
      const lane = async () => {
        while (done < acts || afterTheEnd < AFTER_THE_END || !isCut()) {
          const untilTurnMs = Math.max(0, beganMs + done * paceMs - Date.now())
          await new Promise((resolve) => setTimeout(resolve, untilTurnMs))
          await act()
          // Past their number they only wait for the end.
          if (done >= acts) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
        }
      }
      await Promise.all(Array.from({ length: LANES }, lane)).finally(() => clearInterval(eyes))
    },
    /** The host calls it off, however often the power goes. */
    callOff: async (): Promise<string> => {
      const path = `group-buys/${id}`
      const { code } = await town.insist({ as: groupBuy.host.id, method: 'DELETE', path })
      if (code === 'ok') log.calledOffAt = place++
      return code
    },
  }
}

const Sighted = z.object({ filledUnits: z.int(), state: z.string() })
const sightsOf = (town: GroupBuyTown, id: GroupBuyId): Omit<Sight, 'from' | 'to'>[] =>
  town.rows(
    'madang-group-buys',
    Sighted,
    'SELECT filled_units AS filledUnits, state FROM group_buys WHERE id = ?',
    id,
  )

const Row = z.object({
  ...{ state: z.string(), filledUnits: z.int(), members: z.int(), waiting: z.int() },
  terminalAtMs: z.int().nullable(),
})
const Claim = z.object({
  ...{ memberId: z.string(), units: z.int() },
  holdIds: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
})
const InObject = z.object({ memberId: z.string(), units: z.int() })
const Share = z.object({ memberId: z.string(), share: z.int(), taken: z.int().nullable() })
const Held = z.object({
  ...{ id: z.string(), payer: z.string(), amount: z.int(), posted: z.int(), state: z.string() },
  ...{ transfers: z.int(), moved: z.int() },
})
const Account = z.object({
  ...{ memberId: z.string(), balance: z.int(), held: z.int(), open: z.int(), paid: z.int() },
})

/** What the disk holds of a group buy and of everybody's money. */
export function restOf(town: GroupBuyTown, id: GroupBuyId): Rest {
  const of = <Shape extends z.ZodType>(shape: Shape, sql: string) =>
    town.rows('madang-group-buys', shape, sql, id)
  const [row] = of(
    Row,
    'SELECT state, filled_units AS filledUnits, members, waiting, terminal_at_ms AS terminalAtMs FROM group_buys WHERE id = ?',
  )
  const file = town.claimsFile(id)
  const [facts] = rowsOfFile(file, z.object({ state: z.string() }), 'SELECT state FROM facts')
  if (!row || !facts) throw new Error(`${id} is nowhere`)
  return {
    row,
    claims: of(
      Claim,
      'SELECT member_id AS memberId, units, hold_ids AS holdIds FROM claims WHERE group_buy_id = ? AND units > 0',
    ),
    object: {
      state: facts.state,
      claims: rowsOfFile(
        file,
        InObject,
        'SELECT member_id AS memberId, sum(units) AS units FROM holds GROUP BY member_id',
      ),
    },
    told: of(
      z.object({ type: z.string() }),
      `SELECT substr(type, 11) AS type FROM outbox WHERE event ->> 'aggregateId' = ?
         AND type IN ('group_buy.filled', 'group_buy.failed', 'group_buy.cancelled') ORDER BY rowid`,
    ).map(({ type }) => type),
    shares: of(Share, 'SELECT member_id AS memberId, share, taken FROM shares WHERE group_buy_id = ?'),
    ...moneyOf(town, id),
  }
}

function moneyOf(town: GroupBuyTown, id: GroupBuyId): Pick<Rest, 'holds' | 'purses' | 'sumOfEntries'> {
  const holds = town.rows(
    'madang-payments',
    Held,
    `SELECT h.id, substr(h.account_id, 8) AS payer, h.amount, h.posted, h.state,
       (SELECT count(*) FROM transfers t WHERE t.hold_id = h.id) AS transfers,
       (SELECT coalesce(sum(t.amount), 0) FROM transfers t WHERE t.hold_id = h.id) AS moved
     FROM holds h WHERE h.cause_kind = 'group_buy' AND h.cause_id = ?`,
    id,
  )
  const accounts = town.rows(
    'madang-payments',
    Account,
    `SELECT substr(a.id, 8) AS memberId, a.balance, a.held,
       (SELECT coalesce(sum(amount), 0) FROM holds h WHERE h.account_id = a.id AND h.state = 'open') AS open,
       (SELECT coalesce(sum(amount), 0) FROM transfers t WHERE t.debit = a.id) AS paid
     FROM accounts a WHERE a.kind = 'member'`,
  )
  const opened = new Map<string, number>(town.purses)
  const purses = accounts.flatMap((account) => {
    const opening = opened.get(account.memberId)
    return opening === undefined ? [] : [{ ...account, opening }]
  })
  const [sums] = town.rows(
    'madang-payments',
    z.object({ sum: z.int() }),
    'SELECT coalesce(sum(amount), 0) AS sum FROM entries',
  )
  return { holds, purses, sumOfEntries: sums?.sum ?? Number.NaN }
}
export const triesOf = (tries: Try[], code: string): number =>
  tries.filter((each) => each.code === code).length
