import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { MemberId } from '#contracts/ids'
import { Transfer } from '#contracts/payments'
import { seedMembers } from '../../scripts/seed-town.ts'
import { tokenSigner } from '../../scripts/tokens.ts'
import {
  type Answered,
  drive,
  faultsIn,
  faultsOf,
  type Intent,
  intentsOf,
  MOVED,
  SNAPSHOT,
} from '../promises/p3-money.ts'
import { fillPurses, rowsOf } from './disk.ts'
import { killablePlatform } from './killable-platform.ts'

/** P3 with the power cut: what was answered is booked, once, and no reader of the disk ever sees the books out of balance. */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const SCALE = NIGHTLY
  ? { transfers: 10_000, clients: 32, kills: 20 }
  : { transfers: 300, clients: 16, kills: 1 }
const SEED = NIGHTLY ? Date.now() % 1_000_000 : 20_261_121
const ACCOUNTS = 20
/** What one account may send in a day is 5,000,000; nightly they send about 500 times. */
const OPENING = 60_000
const MOST = 8_000
/** Two starts and some sign-ups, however slow the machine is. */
const STARTS_WITHIN_MS = 5 * 60_000
const READ_EVERY_MS = 50
/** Longer than a dead request holds its key (15 s) and a start takes. */
const GIVE_UP_AFTER_MS = 120_000
const PAUSE_MS = 150

const stateDir = mkdtempSync(join(tmpdir(), 'madang-p3-'))
const platform = await killablePlatform(stateDir)
let origin = ''
let members: MemberId[] = []
let tokens: string[] = []

beforeAll(async () => {
  origin = await platform.start()
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => ({
    loginId: `payer${index}`,
    nickname: `이웃${index}호`,
    email: `payer${index}@madang.example`,
    password: 'long-enough-word-7',
  }))
  members = (await seedMembers(origin, accounts)).map((id) => MemberId.parse(id))
  const sign = await tokenSigner()
  tokens = await Promise.all(members.map((id) => sign(id, 24 * 3600)))
  await platform.end()
  fillPurses(stateDir, new Map(members.map((member) => [member, OPENING])))
  origin = await platform.start()
}, STARTS_WITHIN_MS)
afterAll(async () => {
  await platform.end()
  rmSync(stateDir, { recursive: true, force: true })
})

const onDisk = <Row extends z.ZodType>(sql: string, row: Row) => rowsOf(stateDir, 'madang-payments', row, sql)
const Seen = z.object({ balances: z.int(), entries: z.int(), lowest: z.int(), unlike: z.int() })
const Moved = z.object({ id: z.string(), memo: z.string().nullable(), entries: z.int() })

/** A client that means it: whatever is lost or still in flight is sent again under the same key. */
async function send({ mark, from, to, amount }: Intent): Promise<Answered> {
  const untilMs = Date.now() + GIVE_UP_AFTER_MS
  for (;;) {
    const response = await fetch(`${origin}/api/v1/wallet/transfers`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${tokens[from]}`,
        'idempotency-key': mark,
      },
      body: JSON.stringify({ toMemberId: members[to], amount, memo: mark }),
      signal: AbortSignal.timeout(15_000),
    }).catch(() => null)
    const text = await response?.text().catch(() => '')
    const answer = response && text ? answerTo(mark, response.status, text) : null
    if (answer) return answer
    if (Date.now() > untilMs) throw new Error(`${mark} was never answered: ${response?.status} ${text}`)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * (1 + Math.random())))
  }
}

/** The final answer; null when it is to be asked again. */
function answerTo(mark: string, status: number, text: string): Answered | null {
  if (status === 201) return { mark, status, id: Transfer.parse(JSON.parse(text)).id }
  return status === 409 && text.includes('INSUFFICIENT_BALANCE') ? { mark, status, id: null } : null
}

describe('P3: money is conserved', () => {
  test(
    `after ${SCALE.kills} kills amid ${SCALE.transfers} transfers, in every read of the disk meanwhile (seed ${SEED})`,
    async () => {
      const seen = { reads: 0, faults: [] as string[] }
      const read = () => {
        seen.reads += 1
        seen.faults.push(...onDisk(SNAPSHOT, Seen).flatMap(faultsIn))
      }
      const reader = setInterval(read, READ_EVERY_MS)
      const killsAt = Array.from({ length: SCALE.kills }, (_, index) =>
        Math.floor(((index + 0.5) * SCALE.transfers) / SCALE.kills),
      )
      let restarting = Promise.resolve()
      const killAndStart = async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
        await platform.kill()
        read()
        origin = await platform.start()
      }
      const intents = intentsOf(SCALE.transfers, ACCOUNTS, { most: MOST, seed: SEED })
      const answers = await drive(intents, SCALE.clients, async (intent, index) => {
        if (killsAt.includes(index)) restarting = restarting.then(killAndStart)
        return await send(intent)
      })
      await restarting
      clearInterval(reader)
      expect(seen.reads).toBeGreaterThan(SCALE.kills)
      expect(seen.faults).toEqual([])
      expect(answers).toHaveLength(SCALE.transfers)
      expect(faultsOf(answers, onDisk(MOVED, Moved))).toEqual([])
    },
    SCALE.kills * 60_000 + 300_000,
  )
})
