import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { newOperator, openPlatform, type Platform, unique } from '../../support/platform.ts'

/** What the hearing domains gave up on is the operator's to see and to have handled anew, and nobody else's. */
let platform: Platform
let operatorToken: string

const DEAD = '/api/v1/operator/search/dead-letters'
const ENDED = `lst_${'0'.repeat(25)}1`

beforeAll(async () => {
  platform = await openPlatform()
  operatorToken = (await newOperator(platform)).accessToken
})

async function giveUp(body: unknown): Promise<string> {
  const id = unique('dead')
  const { DB } = z
    .object({ DB: z.custom<D1Database>() })
    .parse(await platform.server.getWorker('madang-search').getEnv())
  await DB.prepare(
    "INSERT INTO dead_letters (id, queue, body, error, died_at_ms) VALUES (?, 'madang-search-inbox', ?, 'x', 1)",
  )
    .bind(id, JSON.stringify(body))
    .run()
  return id
}

const deletion = () => ({
  id: `evt_${Date.now().toString().padStart(26, '0')}`,
  type: 'listing.deleted',
  v: 1,
  at: 1,
  aggregateId: ENDED,
  version: 2,
  actorId: null,
  requestId: 'r',
  data: { id: ENDED, sellerId: `mem_${'0'.repeat(26)}` },
})

describe('dead letters', () => {
  it('are no business of guests and members', async () => {
    const member = await platform.signUp()
    for (const [method, path] of [
      ['GET', DEAD],
      ['POST', `${DEAD}/replay`],
    ] as const) {
      expect((await platform.call(method, path)).status).toBe(401)
      expect((await platform.call(method, path, { token: member.accessToken })).status).toBe(403)
    }
  })

  it('are shown to the operator and handled once their cause is mended; what still fails stays', async () => {
    const mended = await giveUp(deletion())
    const poison = await giveUp({ type: 'listing.exploded' })
    const shown = await platform.call('GET', DEAD, { token: operatorToken })
    expect(shown.text).toContain(mended)
    const replayed = await platform.call('POST', `${DEAD}/replay`, { token: operatorToken })
    expect(replayed.json).toEqual({ replayed: 1, failed: 1 })
    const left = await platform.call('GET', DEAD, { token: operatorToken })
    expect(left.text).not.toContain(mended)
    expect(left.text).toContain(poison)
    expect((await platform.call('POST', `${DEAD}/replay`, { token: operatorToken })).json).toEqual({
      replayed: 0,
      failed: 1,
    })
  })
})
