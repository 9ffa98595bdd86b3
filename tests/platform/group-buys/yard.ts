import { expect } from 'vitest'
import { z } from 'zod'
import { GroupBuy, MyGroupBuy, UnitsClaim } from '#contracts/group-buys'
import { HOUR_MS } from '#kit/clock'
import { eventually, type Platform, type SignedUp, unique } from '../../support/platform.ts'

const Charge = z.object({ id: z.string() })
const Wallet = z.object({ balance: z.int(), held: z.int() })
const Coded = z.object({ code: z.string() })

/** What a host opens a group buy with: ten boxes of 귤 at 9,000 won each, of which they take two. */
export const BOXES = {
  title: '제주 귤 5kg',
  description: '산지에서 바로 와요.',
  category: 'food',
  unitPrice: 9_000,
  unit: '상자',
  totalUnits: 10,
  minUnits: 6,
  hostUnits: 2,
  pickup: '망원역 2번 출구',
}

/** What people do with group buys, through the edge of the whole platform. */
export function yardOf(platform: Platform) {
  async function rich(amount = 200_000): Promise<SignedUp> {
    const who = await platform.signUp()
    const token = who.accessToken
    const charge = await platform.call('POST', 'wallet/charges', { token, json: { amount } })
    const { id } = Charge.parse(charge.json)
    await platform.call('POST', `/dev/pay/checkout/${id}/approve`)
    const confirmed = await platform.call('POST', `wallet/charges/${id}/confirm`, { token, json: {} })
    expect(confirmed.status, confirmed.text).toBe(200)
    return who
  }

  const as = (who: SignedUp, method: string, path: string, json?: unknown, headers = {}) =>
    platform.call(method, path, { token: who.accessToken, headers, ...(json === undefined ? {} : { json }) })

  /** `atMs` is when it was opened, so that its deadline can be near. */
  async function open(host: SignedUp, over: object = {}, atMs = Date.now()): Promise<GroupBuy> {
    const deadline = new Date(Date.now() + 48 * HOUR_MS).toISOString()
    const reply = await platform.call('POST', 'group-buys', {
      ...{ token: host.accessToken, json: { ...BOXES, deadline, ...over } },
      ...{ headers: { 'dev-at-ms': String(atMs) }, idempotencyKey: unique('k') },
    })
    expect(reply.status, reply.text).toBe(201)
    return GroupBuy.parse(reply.json)
  }

  async function join(who: SignedUp, id: string, units: number, wait = false): Promise<UnitsClaim> {
    const reply = await as(who, 'PUT', `group-buys/${id}/claim`, { units, wait })
    expect(reply.status, reply.text).toBe(200)
    return UnitsClaim.parse(reply.json)
  }

  async function mine(who: SignedUp, id: string): Promise<MyGroupBuy> {
    const reply = await as(who, 'GET', `group-buys/${id}/mine`)
    expect(reply.status, reply.text).toBe(200)
    return MyGroupBuy.parse(reply.json)
  }

  async function act(who: SignedUp, id: string, what: string, json: object = {}): Promise<MyGroupBuy> {
    const reply = await as(who, what === 'vote' ? 'PUT' : 'POST', `group-buys/${id}/${what}`, json)
    expect(reply.status, `${what}: ${reply.text}`).toBe(200)
    return MyGroupBuy.parse(reply.json)
  }

  const refusal = async (who: SignedUp, method: string, path: string, json?: unknown) => {
    const reply = await as(who, method, path, json)
    return [reply.status, Coded.safeParse(reply.json).data?.code]
  }

  const wallet = async (who: SignedUp) => Wallet.parse((await as(who, 'GET', 'wallet')).json)
  const read = async (id: string) => GroupBuy.parse((await platform.call('GET', `group-buys/${id}`)).json)
  const until = (id: string, state: string) =>
    eventually(async () => {
      const groupBuy = await read(id)
      expect(groupBuy.state).toBe(state)
      return groupBuy
    })

  return { rich, as, open, join, mine, act, refusal, wallet, read, until }
}
