import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { GroupBuy } from '#contracts/group-buys'
import { MemberId } from '#contracts/ids'
import { HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { seedMembers } from '../../scripts/seed-town.ts'
import { tokenSigner } from '../../scripts/tokens.ts'
import { fillPurses, rowsOf, rowsOfFile } from './disk.ts'
import { killablePlatform } from './killable-platform.ts'

/** Longer than units wait for their money (30 s), a dead request holds its key (15 s) and a start takes. */
const GIVE_UP_AFTER_MS = 240_000
const ANSWERS_WITHIN_MS = 15_000
const RETRY_AFTER_MS = 100
const TOKEN_SECONDS = 12 * 3_600
const CLAIMS_FILES = join('v3', 'do', 'madang-group-buys-SlotClaims')

const Coded = z.object({ code: z.string() })
const Planned = z.object({ id: z.string() })

export type Request = {
  as: MemberId
  method: string
  path: string
  json?: object
  key?: string
  msAgo?: number
}
/** `lost`: nobody knows what became of it. */
export type Reply = { code: string; json: unknown; sentMs: number }

/** The whole platform with group buys' people in it: members with money, and hosts whom identity knows. It can be killed. */
export async function startGroupBuyTown({ members: count, hosts: hostCount, purseOf }: Options) {
  const stateDir = mkdtempSync(join(tmpdir(), 'madang-together-'))
  const platform = await killablePlatform(stateDir)
  const members = Array.from({ length: count }, () => newId('mem', Date.now()))
  const purses = new Map(members.map((memberId, index) => [memberId, purseOf(index)]))
  fillPurses(stateDir, purses)
  let origin = await platform.start()
  const accounts = Array.from({ length: hostCount }, (_, index) => ({
    ...{ loginId: `host${index}`, nickname: `이웃${index}호`, email: `host${index}@madang.example` },
    password: 'long-enough-word-7',
  }))
  const hosts = (await seedMembers(origin, accounts)).map((id) => MemberId.parse(id))
  const sign = await tokenSigner()
  const tokens = new Map(
    await Promise.all([...hosts, ...members].map(async (id) => [id, await sign(id, TOKEN_SECONDS)] as const)),
  )

  /** Asks once. */
  async function ask({ as, method, path, json, key, msAgo }: Request): Promise<Reply> {
    const sentMs = Date.now()
    const headers = {
      authorization: `Bearer ${tokens.get(as)}`,
      ...(json ? { 'content-type': 'application/json' } : {}),
      ...(key ? { 'idempotency-key': key } : {}),
      ...(msAgo === undefined ? {} : { 'dev-at-ms': String(sentMs - msAgo) }),
    }
    const body = json ? { body: JSON.stringify(json) } : {}
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS)
    // An answer whose body was cut off half-way tells nothing either.
    const reply = await fetch(`${origin}/api/v1/${path}`, { method, headers, ...body, signal })
      .then(async (answer) => ({ status: answer.status, json: readJson(await answer.text()) }))
      .catch(() => null)
    if (reply === null || reply.status >= 500) return { code: 'lost', json: null, sentMs }
    const refused = Coded.safeParse(reply.json).data?.code
    return { code: reply.status < 300 ? 'ok' : (refused ?? String(reply.status)), json: reply.json, sentMs }
  }

  /** A client that means it: what is lost or still under way is asked again, under the same key. `note` is told of each try. */
  async function insist(request: Request, note: (reply: Reply) => void = () => {}): Promise<Reply> {
    const untilMs = Date.now() + GIVE_UP_AFTER_MS
    for (;;) {
      const reply = await ask(request)
      note(reply)
      if (!LATER.has(reply.code)) return reply
      if (Date.now() > untilMs) throw new Error(`never let in: ${request.path} ${reply.code}`)
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS * (1 + Math.random())))
    }
  }

  /** Opened an hour ago, so that its deadline may be as near as can be. */
  async function open(host: MemberId, terms: Terms): Promise<GroupBuy> {
    const { deadlineMs, ...units } = terms
    const json = {
      ...{
        title: '제주 감귤 10kg',
        description: '나눠요',
        category: 'food',
        unit: '상자',
        pickup: '망원시장 앞',
      },
      ...{ ...units, deadline: new Date(deadlineMs).toISOString() },
    }
    const request = { as: host, method: 'POST', path: 'group-buys', json, key: crypto.randomUUID() }
    const { code, json: made } = await insist({ ...request, msAgo: HOUR_MS })
    if (code !== 'ok') throw new Error(`not opened: ${code}`)
    return GroupBuy.parse(made)
  }

  return {
    ...{ stateDir, members, purses, hosts, ask, insist, open },
    origin: () => origin,
    kill: platform.kill,
    start: async () => {
      origin = await platform.start()
    },
    rows: <Row extends z.ZodType>(database: string, row: Row, sql: string, ...params: (string | number)[]) =>
      rowsOf(stateDir, database, row, sql, ...params),
    /** The file of the object that decides about a group buy. */
    claimsFile: (id: string): string => {
      const dir = join(stateDir, CLAIMS_FILES)
      const plan = "SELECT plan ->> 'groupBuyId' AS id FROM facts"
      const isOf = (file: string) => rowsOfFile(file, Planned, plan).some((facts) => facts.id === id)
      const file = readdirSync(dir)
        .filter((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite')
        .map((name) => join(dir, name))
        .find(isOf)
      if (file === undefined) throw new Error(`no object of ${id}`)
      return file
    },
    close: async () => {
      await platform.end()
      rmSync(stateDir, { recursive: true, force: true })
    },
  }
}
const LATER = new Set(['lost', 'REQUEST_IN_FLIGHT', 'CONFLICT', 'TOO_MANY_REQUESTS'])

type Options = { members: number; hosts: number; purseOf: (index: number) => number }
export type Terms = {
  totalUnits: number
  minUnits: number
  hostUnits: number
  unitPrice: number
  deadlineMs: number
}
export type GroupBuyTown = Awaited<ReturnType<typeof startGroupBuyTown>>

const readJson = (text: string): unknown => (text === '' ? null : JSON.parse(text))
