import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { MessagePage } from '#contracts/chat'
import { seedMembers } from '../../scripts/seed-town.ts'
import { tokenSigner } from '../../scripts/tokens.ts'
import { randomOf } from '../promises/deliveries.ts'
import { connect } from '../promises/room-client.ts'
import { faultsOf, type Logged } from '../promises/room-log.ts'
import { talker } from '../promises/room-talker.ts'
import { killablePlatform } from './killable-platform.ts'

/** P9 on the whole platform through the edge, killed with -9 while both members talk on a network that is cut all the time. */
const NIGHTLY = process.env.MADANG_SCALE === 'nightly'
const SCALE = NIGHTLY ? { clients: 8, messages: 100, kills: 5 } : { clients: 4, messages: 20, kills: 1 }
const CUTS = 0.3
/** Longer than a room stays awake on one machine. */
const IDLE_MS = 13_000

const stateDir = mkdtempSync(join(tmpdir(), 'madang-p9-'))
const platform = await killablePlatform(stateDir)
let origin = ''
let tokens: [seller: string, buyer: string] = ['', '']
const Made = z.object({ id: z.string() })
const Ticket = z.object({ ticket: z.string() })

beforeAll(async () => {
  origin = await platform.start()
  const members = ['seller', 'buyer'].map((name) => ({
    loginId: `talk${name}`,
    nickname: `말하는 ${name}`,
    email: `talk${name}@madang.example`,
    password: 'long-enough-word-7',
  }))
  const sign = await tokenSigner()
  const [seller = '', buyer = ''] = await seedMembers(origin, members)
  tokens = [await sign(seller, 24 * 3600), await sign(buyer, 24 * 3600)]
})
afterAll(async () => {
  await platform.end()
  rmSync(stateDir, { recursive: true, force: true })
})

async function call(method: string, path: string, token: string, json?: unknown): Promise<unknown> {
  const response = await fetch(`${origin}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(json ? { 'content-type': 'application/json' } : {}) },
    ...(json ? { body: JSON.stringify(json) } : {}),
    signal: AbortSignal.timeout(15_000),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return await response.json()
}

async function socketUrl(roomId: string, token: string): Promise<string> {
  const { ticket } = Ticket.parse(await call('POST', `chat/rooms/${roomId}/ticket`, token))
  return `${origin.replace('http', 'ws')}/api/v1/chat/rooms/${roomId}/socket?ticket=${ticket}`
}

/** Everything the room has, by pages. */
async function historyOf(roomId: string, token: string): Promise<Logged[]> {
  const log: Logged[] = []
  for (;;) {
    const path = `chat/rooms/${roomId}/messages?afterSeq=${log.length}&limit=50`
    const { items } = MessagePage.parse(await call('GET', path, token))
    if (items.length === 0) return log
    log.push(...items.map(({ seq, clientId, senderId, text }) => ({ seq, clientId, senderId, text })))
  }
}

describe('P9 with the power cut', () => {
  test(
    `after ${SCALE.kills} kills amid ${SCALE.clients} clients with ${SCALE.messages} messages each, what was acknowledged is there once, in one order`,
    async () => {
      const thing = { title: '자전거', description: '잘 나가요', category: 'living', price: 50_000 }
      const listing = Made.parse(await call('POST', 'listings', tokens[0], thing))
      const room = Made.parse(await call('POST', 'chat/rooms', tokens[1], { listingId: listing.id }))
      const talkers = Array.from({ length: SCALE.clients }, (_, index) =>
        talker({
          name: `client${index}`,
          socketUrl: () => socketUrl(room.id, tokens[index % 2 ? 0 : 1]),
          messages: SCALE.messages,
          cuts: CUTS,
          random: randomOf(index + 1),
        }),
      )
      const acked = () => talkers.reduce((sum, one) => sum + Object.keys(one.acked).length, 0)
      const talked = Promise.all(talkers.map(({ talk }) => talk()))
      for (let kill = 1; kill <= SCALE.kills; kill++) {
        const killAt = (SCALE.clients * SCALE.messages * kill) / (SCALE.kills + 1)
        while (acked() < killAt) await new Promise((resolve) => setTimeout(resolve, 2))
        await platform.kill()
        origin = await platform.start()
      }
      await talked
      const history = await historyOf(room.id, tokens[0])
      await Promise.all(talkers.map(({ resume }) => resume(history.length)))
      const by = <Value>(value: (one: (typeof talkers)[number]) => Value) =>
        Object.fromEntries(talkers.map((one) => [one.name, value(one)]))
      const faults = faultsOf({
        sent: by(({ ids }) => ids),
        acked: Object.assign({}, ...talkers.map((one) => one.acked)),
        logs: { ...by(({ log }) => log), 'the history': history },
      })
      expect(faults).toEqual([])
      expect(history).toHaveLength(SCALE.clients * SCALE.messages)
      if (NIGHTLY) await expectAwakeAfterIdle(room.id, history.length)
    },
    SCALE.kills * 120_000 + 180_000,
  )
})

/** A room that fell asleep with its sockets open takes the next word on the same socket. */
async function expectAwakeAfterIdle(roomId: string, lastSeq: number): Promise<void> {
  const [seller, buyer] = [
    await connect(await socketUrl(roomId, tokens[0])),
    await connect(await socketUrl(roomId, tokens[1])),
  ]
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  seller.say({ t: 'send', clientId: 'after-the-idle', kind: 'text', text: '주무세요?' })
  expect(await seller.heard('ack')).toMatchObject({ seq: lastSeq + 1 })
  expect(await buyer.heard('message')).toMatchObject({ seq: lastSeq + 1, text: '주무세요?' })
  seller.close()
  buyer.close()
}
