import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { MadangEvent } from '#contracts/events'
import { newId } from './id.ts'
import { eventOf } from './outbox.ts'
import { relayTogether, tell } from './telling.ts'

/** A database that only takes notes of what was marked as sent, and a queue of what it was sent. */
function outboxAlone() {
  const sendings: string[][] = []
  const marked: string[][] = []
  const db = {
    prepare: () => ({
      bind: (_atMs: number, ids: string) => ({ run: async () => void marked.push(JSON.parse(ids)) }),
    }),
  } as unknown as D1Database
  const queue = {
    sendBatch: async (batch: { body: MadangEvent }[]) => void sendings.push(batch.map(({ body }) => body.id)),
  } as unknown as Queue
  return { db, queues: { NOTIFICATIONS_INBOX: queue }, sendings, marked }
}

const fact = (): MadangEvent =>
  eventOf<'wallet.transferred'>(
    {
      ...{ type: 'wallet.transferred', aggregateId: 'xfr_1', version: 1, actorId: null, requestId: 'r' },
      data: {
        ...{ transferId: newId('xfr', 1), fromId: newId('mem', 1), toId: newId('mem', 2) },
        ...{ amount: 1, memo: null },
      },
    },
    1,
  )

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('facts committed in the same moment', () => {
  it('go to the queue and are noted as sent together, in the order they were told', async () => {
    const { db, queues, sendings, marked } = outboxAlone()
    const facts = Array.from({ length: 5 }, fact)
    const work = facts.map((one) => relayTogether(db, queues, [one]))
    await vi.advanceTimersByTimeAsync(1_000)
    await Promise.all(work)
    expect(sendings).toEqual([facts.map(({ id }) => id)])
    expect(marked).toEqual(sendings)
  })

  it('do not wait for those of a moment later, nor for those of another database', async () => {
    const [here, there] = [outboxAlone(), outboxAlone()]
    void relayTogether(here.db, here.queues, [fact()])
    void relayTogether(there.db, there.queues, [fact()])
    await vi.advanceTimersByTimeAsync(500)
    void relayTogether(here.db, here.queues, [fact()])
    await vi.advanceTimersByTimeAsync(500)
    expect([here.sendings.length, there.sendings.length]).toEqual([2, 1])
  })

  it('go with the next when who gathered them before has died', async () => {
    const { db, queues, sendings } = outboxAlone()
    void relayTogether(db, queues, [fact()])
    vi.clearAllTimers()
    vi.setSystemTime(Date.now() + 2_000)
    const next = fact()
    void relayTogether(db, queues, [next])
    await vi.advanceTimersByTimeAsync(500)
    expect(sendings).toEqual([[next.id]])
  })

  it('are told behind the reply, and nothing is done where nothing is told', async () => {
    const { db, queues, sendings } = outboxAlone()
    const behind: Promise<unknown>[] = []
    const c = {
      env: { DB: db, ...queues },
      executionCtx: { waitUntil: (work: Promise<unknown>) => void behind.push(work) },
    }
    tell(c, [])
    expect(behind).toEqual([])
    tell(c, [fact()])
    await vi.advanceTimersByTimeAsync(500)
    await Promise.all(behind)
    expect(sendings).toHaveLength(1)
  })
})
