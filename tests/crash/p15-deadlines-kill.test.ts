import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type GroupBuy, UnitsClaim } from '#contracts/group-buys'
import type { MemberId } from '#contracts/ids'
import { MINUTE_MS } from '#kit/clock'
import { tickOnce } from '../../scripts/tick.ts'
import { atOnce } from '../promises/claim-log.ts'
import { randomOf } from '../promises/deliveries.ts'
import { eventually } from '../support/platform.ts'
import { rowsOfFile } from './disk.ts'
import { type GroupBuyTown, startGroupBuyTown } from './group-buy-town.ts'
import { type End, faultsOf, lateMsOf, type Up, WITHIN_MS } from './p15-ends.ts'

/**
 * P15 with the power cut: deadlines of group buys that nobody looks at, ended by their objects' alarms alone, while the whole platform is
 * killed with -9 again and again. Each end comes once, not before its time, soon after the power is back, and with all it brings about.
 */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
/** A host may have ten open at once, and those that filled stay open. */
const SCALE = NIGHTLY ? { deadlines: 200, kills: 20, hosts: 25 } : { deadlines: 8, kills: 1, hosts: 2 }
/**
 * Before each cut some are opened whose deadlines are so near (as near as opening them took the time before), spread over so long: some come
 * before it, some while it is dark, some after.
 */
const A_CUT = SCALE.deadlines / SCALE.kills
const LEAD_MS = 5_000
const SPREAD_MS = 6_000
const SEED = 20_261_121
const PRICE = 1_000
const PURSE = 10_000
const LANES = 6
const LOOK_EVERY_MS = 50
const OFF_FOR_AT_MOST_MS = 1_500
const INBOXES = join('v3', 'do', 'madang-notifications-Inbox')

let town: GroupBuyTown
beforeAll(async () => {
  town = await startGroupBuyTown({
    ...{ members: SCALE.deadlines, hosts: SCALE.hosts, purseOf: () => PURSE },
  })
}, 5 * MINUTE_MS)
afterAll(() => town.close())

type Open = { groupBuy: GroupBuy; deadlineMs: number; memberId: MemberId; units: number; minUnits: number }

/** Each has a host with one unit and one member; in every second one that is not enough. */
async function openSome(cutNumber: number, leadMs: number, random: () => number): Promise<Open[]> {
  const firstMs = Date.now() + leadMs
  const plans = Array.from({ length: A_CUT }, (_, each) => {
    const index = cutNumber * A_CUT + each
    return { index, minUnits: 2 + (index % 2), deadlineMs: firstMs + Math.floor(random() * SPREAD_MS) }
  })
  return await atOnce(plans, LANES, async ({ index, deadlineMs, minUnits }) => {
    const [host, memberId] = [town.hosts[index % SCALE.hosts], town.members[index]]
    if (!host || !memberId) throw new Error('nobody')
    const terms = { totalUnits: 4, hostUnits: 1, unitPrice: PRICE, minUnits, deadlineMs }
    const groupBuy = await town.open(host, terms)
    const path = `group-buys/${groupBuy.id}/claim`
    const joined = await town.insist({ as: memberId, method: 'PUT', path, json: { units: 1 } })
    // On a slow machine the deadline may be there first: then nobody is in it, and it has one all the same.
    const units = joined.code === 'ok' ? UnitsClaim.parse(joined.json).units : 0
    return { groupBuy, deadlineMs, memberId, units, minUnits }
  })
}

const Over = z.object({ id: z.string() })
/** Looks at the disk and notes when each was first seen to be over. */
function look(seen: Map<string, number>): void {
  const over = town.rows('madang-group-buys', Over, "SELECT id FROM group_buys WHERE state <> 'recruiting'")
  const atMs = Date.now()
  for (const { id } of over) if (!seen.has(id)) seen.set(id, atMs)
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)))

/** Cuts the power amid the deadlines of each lot. Answers them, and when the platform was there. */
async function openAndCut(random: () => number): Promise<{ opened: Open[]; ups: Up[] }> {
  const opened: Open[] = []
  const ups: Up[] = []
  let fromMs = Date.now()
  let leadMs = LEAD_MS
  for (let kill = 0; kill < SCALE.kills; kill++) {
    const openingMs = Date.now()
    const lot = await openSome(kill, leadMs, random)
    leadMs = Math.max(LEAD_MS, Date.now() - openingMs)
    opened.push(...lot)
    const times = lot.map(({ deadlineMs }) => deadlineMs)
    await sleep(Math.min(...times) + random() * (Math.max(...times) - Math.min(...times)) - Date.now())
    ups.push({ fromMs, untilMs: Date.now() })
    await town.kill()
    await sleep(OFF_FOR_AT_MOST_MS * random())
    await town.start()
    fromMs = Date.now()
  }
  return { opened, ups: [...ups, { fromMs, untilMs: Number.POSITIVE_INFINITY }] }
}

const Ended = z.object({ id: z.string(), state: z.string(), told: z.int() })
const Held = z.object({ id: z.string(), held: z.int() })
const Notices = z.object({ url: z.string(), times: z.int() })

/** What the disk says of each by now. */
function endsOf(opened: readonly Open[], seen: ReadonlyMap<string, number>): End[] {
  const rows = town.rows(
    'madang-group-buys',
    Ended,
    `SELECT g.id, g.state, (SELECT count(*) FROM outbox WHERE event ->> 'aggregateId' = g.id
       AND type IN ('group_buy.filled', 'group_buy.failed', 'group_buy.cancelled')) AS told FROM group_buys g`,
  )
  const held = town.rows(
    'madang-payments',
    Held,
    "SELECT cause_id AS id, sum(amount) AS held FROM holds WHERE cause_kind = 'group_buy' AND state = 'open' GROUP BY cause_id",
  )
  const [rowOf, heldOf] = [byId(rows), byId(held)]
  const noticesOf = Map.groupBy(noticesOnDisk(), ({ url }) => url)
  return opened.map(({ groupBuy: { id }, deadlineMs, units, minUnits }) => {
    const expected = 1 + units >= minUnits ? 'filled' : 'failed'
    return {
      ...{ id, deadlineMs, expected, seenAtMs: seen.get(id) ?? null },
      ...{ state: rowOf.get(id)?.state ?? 'nowhere', told: rowOf.get(id)?.told ?? 0 },
      notices: (noticesOf.get(`/together/${id}`) ?? []).map(({ times }) => times),
      people: 1 + units,
      held: heldOf.get(id)?.held ?? 0,
      owed: expected === 'filled' ? units * PRICE : 0,
    }
  })
}
const byId = <Row extends { id: string }>(rows: Row[]) => new Map(rows.map((row) => [row.id, row]))

/** Notices of an end, as each inbox has them. */
function noticesOnDisk(): z.infer<typeof Notices>[] {
  const dir = join(town.stateDir, INBOXES)
  const files = readdirSync(dir).filter((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite')
  return files.flatMap((name) =>
    rowsOfFile(
      join(dir, name),
      Notices,
      `SELECT url, sum(count) AS times FROM notifications
       WHERE params ->> '$.what.kind' IN ('filled', 'failed') GROUP BY url`,
    ),
  )
}

describe('P15 with the power cut: deadlines of group buys', () => {
  let ends: End[] = []
  test(
    `all ${SCALE.deadlines} come once, none before its time, each at most ${WITHIN_MS / 1_000} s after it could, over ${SCALE.kills} kills`,
    async () => {
      const random = randomOf(SEED)
      const seen = new Map<string, number>()
      const eyes = setInterval(() => look(seen), LOOK_EVERY_MS)
      const { opened, ups } = await openAndCut(random)
        .then(async (day) => {
          const lastMs = Math.max(...day.opened.map(({ deadlineMs }) => deadlineMs))
          await sleep(lastMs - Date.now())
          await eventually(async () => expect(seen.size).toBe(day.opened.length), MINUTE_MS)
          return day
        })
        .finally(() => clearInterval(eyes))
      // What an end brings about may have the help of the minute tick, as in production.
      await eventually(async () => {
        await tickOnce(town.origin())
        ends = endsOf(opened, seen)
        expect(faultsOf(ends, ups)).toEqual([])
      }, 3 * MINUTE_MS)
      expect(new Set(ends.map(({ expected }) => expected)).size).toBe(2)
      expect(Math.max(...ends.map((end) => lateMsOf(end, ups)))).toBeLessThan(WITHIN_MS)
    },
    SCALE.kills * 3 * MINUTE_MS + 5 * MINUTE_MS,
  )

  test('kept early, late, never, otherwise, twice, silently or without its money would be caught', () => {
    const [end] = ends
    if (!end) throw new Error('no deadline came')
    const up = [{ fromMs: 0, untilMs: Number.POSITIVE_INFINITY }]
    const sound = { ...end, seenAtMs: end.deadlineMs + 100 }
    const faults = (over: Partial<End>) => faultsOf([{ ...sound, ...over }], up).join('\n')
    expect(faults({})).toBe('')
    expect(faults({ seenAtMs: end.deadlineMs - 1 })).toContain('before its time')
    expect(faults({ seenAtMs: end.deadlineMs + WITHIN_MS + 1 })).toContain('ms late')
    expect(faults({ seenAtMs: null })).toContain('never ended')
    expect(faults({ state: 'cancelled' })).toContain('is cancelled')
    expect(faults({ told: 2 })).toContain('was told 2 times')
    expect(faults({ notices: [2, 1] })).toContain('2 and 1 notices')
    expect(faults({ notices: [] })).toContain('no notices')
    expect(faults({ held: end.owed + PRICE })).toContain('won are held')
  })
})
