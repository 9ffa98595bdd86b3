import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MemberId } from '#contracts/ids'
import { type NotificationsAlone, newMember, startNotifications } from '../platform/notifications/alone.ts'
import { comment } from '../platform/notifications/facts.ts'
import { randomOf } from './deliveries.ts'
import { Reader, resumeWrongs, type Seen, wordsFor } from './resume.ts'

/** P11: whoever loses the line goes on behind the last number they saw, and has seen everything in the end, and nothing of others. */
const SCALE =
  process.env.MADANG_SCALE === 'nightly'
    ? { events: 1_000, drops: 100, evictions: 30 }
    : { events: 60, drops: 12, evictions: 4 }
const SETTLE_WITHIN_MS = 20_000

let town: NotificationsAlone
beforeAll(async () => {
  town = await startNotifications()
})
afterAll(() => town.close())

/** Lets things happen to two members while the first one's line drops and their object is put out of memory. */
async function roughDay(reader: Reader, me: MemberId, other: MemberId, seed: number): Promise<Set<string>> {
  const random = randomOf(seed)
  const author = newMember()
  const sent = new Set<string>()
  await reader.connect()
  for (let number = 0; number < SCALE.events; number++) {
    const text = wordsFor(me, number)
    sent.add(text)
    const isEvicted = random() < SCALE.evictions / SCALE.events
    if (isEvicted || random() < SCALE.drops / SCALE.events) reader.drop()
    await town.hear([
      comment({ sellerId: me }, author, text),
      comment({ sellerId: other }, author, wordsFor(other, number)),
    ])
    // An object with an open stream stays in memory; that its reader has gone it learns by telling it something.
    if (isEvicted) await town.evict(me)
    // Some things happen while nobody listens.
    if (random() < 0.6) await reader.connect()
  }
  await settled(reader, sent)
  return sent
}

async function settled(reader: Reader, sent: ReadonlySet<string>): Promise<void> {
  const lateMs = Date.now() + SETTLE_WITHIN_MS
  const isThere = () => new Set(reader.take().map(({ text }) => text)).size >= sent.size
  while (!isThere() && Date.now() < lateMs) {
    await reader.connect()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A line that breaks while it is opened is one more lost line. */
const readerOf = (me: MemberId) =>
  new Reader((after) => town.streamOf(me, after === undefined ? {} : { after }).catch(() => null))

describe('P11: a stream that is resumed', () => {
  it(
    `has told everything, in rising numbers, after ${SCALE.drops} lost lines amid ${SCALE.events} events, and nothing of another member`,
    async () => {
      const [me, other] = [newMember(), newMember()]
      const reader = readerOf(me)
      const sent = await roughDay(reader, me, other, 11)
      expect(resumeWrongs(reader.seen, sent)).toEqual([])
      expect(new Set(reader.seen.map(({ connection }) => connection)).size).toBeGreaterThan(SCALE.drops / 4)
      reader.drop()
    },
    10 * 60_000,
  )

  it('would be caught when a reader’s last number is not heeded', async () => {
    const [me, author] = [newMember(), newMember()]
    const forgetful = new Reader(async () => await town.streamOf(me), false)
    const sent = new Set(['하나', '둘', '셋'])
    await forgetful.connect()
    await town.hear([comment({ sellerId: me }, author, '하나')])
    await expect.poll(() => forgetful.take().length).toBe(1)
    forgetful.drop()
    await town.hear([comment({ sellerId: me }, author, '둘')])
    await forgetful.connect()
    await town.hear([comment({ sellerId: me }, author, '셋')])
    await expect.poll(() => forgetful.take().length).toBe(2)
    expect(resumeWrongs(forgetful.seen, sent)).toEqual(['둘 never came'])
    forgetful.drop()
  })

  it('would be caught telling another’s, out of order, again under another number, or one number for two', () => {
    const line = (id: number, text: string, over: Partial<Seen> = {}): Seen => ({
      ...{ connection: 1, after: id - 1, id, notificationId: `n-${text}`, text, ...over },
    })
    const sent = new Set(['a', 'b'])
    const [a, b] = [line(1, 'a'), line(2, 'b')]
    expect(resumeWrongs([a, b], sent)).toEqual([])
    expect(resumeWrongs([a, b, { ...b, connection: 2 }], sent)).toEqual([])
    expect(resumeWrongs([a], sent)).toEqual(['b never came'])
    expect(resumeWrongs([a, b, line(3, 'x')], sent)).toEqual(['x is another’s'])
    expect(resumeWrongs([b, a], sent)).toEqual(['a came as 1 after 2'])
    expect(resumeWrongs([a, b, line(5, 'b')], sent)).toEqual(['b came as 2 and as 5'])
    expect(resumeWrongs([a, line(1, 'b', { connection: 2 })], sent)).toEqual([
      '1 stood for two notifications',
    ])
    expect(resumeWrongs([a, line(2, 'b', { after: 2 })], sent)).toEqual([
      'b came as 2 though everything up to 2 was seen',
    ])
  })
})
