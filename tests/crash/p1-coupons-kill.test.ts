import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Campaign, Claim, Coupon, ReceiptChain } from '#contracts/coupons'
import { HOUR_MS } from '#kit/clock'
import { newId } from '#kit/id'
import { tokenSigner } from '../../scripts/tokens.ts'
import { atOnce, faultsOf } from '../promises/claim-log.ts'
import { randomOf } from '../promises/deliveries.ts'
import { eventually } from '../support/platform.ts'
import { killablePlatform } from './killable-platform.ts'

/** P1 on the whole platform through the edge, killed with -9 in the middle of the rush; every claim is repeated until it is answered. */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const SCALE = NIGHTLY
  ? { members: 5_000, lanes: 256, runs: 20, killsMax: 3 }
  : { members: 300, lanes: 64, runs: 1, killsMax: 1 }
const TOTAL = 100
const SEED = NIGHTLY ? Date.now() % 1_000_000 : 20_261_121
const random = randomOf(SEED)
const TOKEN_SECONDS = 6 * 3_600
const RETRY_MS = 50

const stateDir = mkdtempSync(join(tmpdir(), 'madang-p1-'))
const platform = await killablePlatform(stateDir)
const Mine = z.object({ items: z.array(Coupon) })
let origin = ''

beforeAll(async () => {
  origin = await platform.start()
})
afterAll(async () => {
  await platform.end()
  rmSync(stateDir, { recursive: true, force: true })
})

type Asked = { method?: string; token?: string; json?: object; key?: string }
/** Asks until there is an answer that is neither an outage nor silence: whoever is cut off asks again with the same key. */
async function call(path: string, { method = 'GET', token, json, key }: Asked) {
  const headers = {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(json ? { 'content-type': 'application/json' } : {}),
    ...(key ? { 'idempotency-key': key } : {}),
  }
  for (;;) {
    const reply = await fetch(`${origin}/api/v1/${path}`, {
      method,
      headers,
      ...(json ? { body: JSON.stringify(json) } : {}),
      signal: AbortSignal.timeout(15_000),
    })
      .then(async (response) => ({ status: response.status, text: await response.text() }))
      .catch(() => null)
    if (reply && reply.status < 500) return reply
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}

describe(`P1 with the power cut: ${SCALE.members} members for ${TOTAL} coupons (seed ${SEED})`, () => {
  test.each(Array.from({ length: SCALE.runs }, (_, index) => index + 1))(
    'run %d: exactly 100 win, each once, and all who were told so have their coupon',
    async () => {
      const sign = await tokenSigner()
      const operator = await sign(newId('mem', Date.now()), TOKEN_SECONDS, 'operator')
      const opened = await call('coupons/campaigns', { method: 'POST', token: operator, json: campaign() })
      const { id, day } = Campaign.parse(JSON.parse(opened.text))
      const crowd = await Promise.all(
        Array.from({ length: SCALE.members }, async () => {
          const memberId = newId('mem', Date.now())
          return { memberId, token: await sign(memberId, TOKEN_SECONDS) }
        }),
      )
      const path = `coupons/campaigns/${id}/claims`
      let answered = 0
      const rush = atOnce(crowd, SCALE.lanes, async ({ memberId, token }) => {
        const reply = await call(path, { method: 'POST', token, key: `key-${memberId}` })
        answered += 1
        return { memberId, token, reply }
      })
      const kills = 1 + Math.floor(random() * SCALE.killsMax)
      const killAt = Array.from({ length: kills }, () => Math.floor(random() * 2 * TOTAL)).toSorted(
        (a, b) => a - b,
      )
      for (const at of killAt) {
        while (answered < at) await new Promise((resolve) => setTimeout(resolve, 1))
        await platform.kill()
        origin = await platform.start()
      }
      const winners = (await rush).filter(({ reply }) => reply.status === 201)
      const retried = await atOnce(winners, 16, async ({ memberId, token, reply }) => {
        const again = await call(path, { method: 'POST', token, key: `key-${memberId}` })
        return { memberId, first: reply.text, again: again.text }
      })
      const mine = await atOnce(winners, 16, async ({ memberId, token }) =>
        Mine.parse(JSON.parse((await call('me/coupons', { token })).text)).items.map((coupon) => ({
          ...{ memberId, couponId: coupon.id, sequence: coupon.sequence },
        })),
      )
      const chain = await eventually(async () => {
        const { text } = await call(`coupons/campaigns/${id}/days/${day}/chain`, {})
        const read = ReceiptChain.parse(JSON.parse(text))
        if (!read.closed) throw new Error('not closed yet')
        return read
      })
      const won = winners.map(({ memberId, reply }) => {
        const { couponId, sequence } = Claim.parse(JSON.parse(reply.text))
        return { memberId, couponId, sequence }
      })
      // The lists are read from the database: they are its projection as members see it.
      const projected = mine.flat()
      expect(await faultsOf({ total: TOTAL, won, retried, chain, projected, mine: projected })).toEqual([])
    },
    SCALE.killsMax * 120_000 + 240_000,
  )
})

const campaign = () => ({
  title: '전기가 나가도 백 장',
  discount: { kind: 'amount', amount: 3_000 },
  minSpend: 0,
  categories: [],
  total: TOTAL,
  rhythm: {
    kind: 'once',
    opensAt: new Date(Date.now() - 1_000).toISOString(),
    closesAt: new Date(Date.now() + 6 * HOUR_MS).toISOString(),
  },
})
