import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { seedMembers } from '../../scripts/seed-town.ts'
import { tickOnce } from '../../scripts/tick.ts'
import { tokenSigner } from '../../scripts/tokens.ts'
import { openStream } from '../platform/notifications/readers.ts'
import { Reader, resumeWrongs } from '../promises/resume.ts'
import { killablePlatform } from './killable-platform.ts'

/** P11 on the crash rig: kill -9 amid comments and lost lines, the same checker as in tests/promises. */
const SCALE =
  process.env.MADANG_SCALE === 'nightly'
    ? { events: 1_000, drops: 100, kills: 3 }
    : { events: 30, drops: 4, kills: 1 }
/** A member may write 60 comments an hour. */
const EVENTS_PER_AUTHOR = 50
const SETTLE_WITHIN_MS = 60_000
const SESSION_SECONDS = 24 * 3600

const stateDir = mkdtempSync(join(tmpdir(), 'madang-p11-'))
const platform = await killablePlatform(stateDir)
const WithId = z.object({ id: z.string() })
let origin = ''
let tokens: string[] = []

beforeAll(async () => {
  origin = await platform.start()
  const count = Math.ceil(SCALE.events / EVENTS_PER_AUTHOR) + 1
  const members = Array.from({ length: count }, (_, index) => ({
    loginId: `resume${index}`,
    nickname: `이웃${index}호`,
    email: `resume${index}@madang.example`,
    password: 'long-enough-word-7',
  }))
  const sign = await tokenSigner()
  tokens = await Promise.all((await seedMembers(origin, members)).map((id) => sign(id, SESSION_SECONDS)))
}, 240_000)

afterAll(async () => {
  await platform.end()
  rmSync(stateDir, { recursive: true, force: true })
})

async function post(path: string, token: string | undefined, json: unknown): Promise<string | null> {
  const reply = await fetch(`${origin}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(json),
  }).catch(() => null)
  const text = await reply?.text().catch(() => '')
  return reply?.status === 201 && text ? WithId.parse(JSON.parse(text)).id : null
}

describe('P11: a stream that is resumed', () => {
  test(
    `has told everything in rising numbers after ${SCALE.kills} kills and ${SCALE.drops} lost lines amid ${SCALE.events} comments`,
    async () => {
      const [seller, ...authors] = tokens
      const listing = await post('listings', seller, {
        ...{ title: '의자', description: '튼튼해요', category: 'living', price: 1000 },
      })
      const reader = new Reader((after) =>
        openStream(new URL('/api/v1/notifications/stream', origin), {
          authorization: `Bearer ${seller}`,
          ...(after === undefined ? {} : { 'last-event-id': after }),
        }).catch(() => null),
      )
      const sent = new Set<string>()
      await reader.connect()
      for (let number = 0; number < SCALE.events; number++) {
        const text = `질문 ${number}`
        const author = authors[Math.floor(number / EVENTS_PER_AUTHOR)]
        if ((await post(`listings/${listing}/comments`, author, { text })) !== null) sent.add(text)
        if (number % Math.ceil(SCALE.events / SCALE.drops) === 1) reader.drop()
        if (
          number % Math.ceil(SCALE.events / (SCALE.kills + 1)) ===
          Math.floor(SCALE.events / (SCALE.kills + 2))
        ) {
          await platform.kill()
          origin = await platform.start()
        }
        await reader.connect()
      }
      const lateMs = Date.now() + SETTLE_WITHIN_MS
      while (resumeWrongs(reader.take(), sent).length > 0 && Date.now() < lateMs) {
        await tickOnce(origin)
        await reader.connect()
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
      expect(sent.size).toBe(SCALE.events)
      expect(resumeWrongs(reader.seen, sent)).toEqual([])
      reader.drop()
    },
    SCALE.kills * 120_000 + SCALE.events * 2_000 + 240_000,
  )
})
