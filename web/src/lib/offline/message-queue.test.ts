import { describe, expect, it } from 'vitest'
import type { Shelf } from './database.ts'
import { MessageQueue, SENT_BY_ITSELF_MS, TOO_OLD, WAITING_MAX, type Waiting } from './message-queue.ts'
import { type Asking, drain } from './sending.ts'

const NOW_MS = Date.parse('2026-11-21T09:12:00Z')

function shelfInMemory() {
  const rows = new Map<string, unknown>()
  const shelf: Shelf = {
    all: async () => [...rows.values()],
    put: async (row) => void rows.set(row.clientId, structuredClone(row)),
    remove: async (clientId) => void rows.delete(clientId),
    clear: async () => rows.clear(),
  }
  return { rows, shelf, queue: new MessageQueue(shelf, () => NOW_MS) }
}
const waiting = (clientId: string, agoMs: number, me = 'mem_a', roomId = 'room_1'): Waiting => ({
  clientId,
  body: { clientId, kind: 'text', text: clientId },
  image: null,
  atMs: NOW_MS - agoMs,
  me,
  roomId,
  refused: null,
})
const ids = (rows: Waiting[]) => rows.map(({ clientId }) => clientId)

describe('what is not sent yet', () => {
  it('is there again after a reload, in the order it was written', async () => {
    const { shelf, queue } = shelfInMemory()
    await queue.keep(waiting('c-2', 10))
    await queue.keep(waiting('c-1', 20))
    expect(ids(await new MessageQueue(shelf, () => NOW_MS).of('mem_a'))).toEqual(['c-1', 'c-2'])
  })

  it('belongs to one member, and goes when another sits here', async () => {
    const { queue } = shelfInMemory()
    await queue.keep(waiting('c-1', 1))
    expect(await queue.of('mem_b')).toEqual([])
    await queue.keepOnlyOf('mem_b')
    expect(await queue.read()).toEqual([])
  })

  it('stays with the reason when a room refuses it, and says so again after a reload', async () => {
    const { queue } = shelfInMemory()
    await queue.keep(waiting('c-1', 1))
    await queue.refuse('c-1', 'ROOM_CLOSED')
    expect((await queue.of('mem_a'))[0]?.refused).toBe('ROOM_CLOSED')
    await queue.refuse('c-gone', 'ROOM_CLOSED')
    expect(await queue.read()).toHaveLength(1)
  })

  it('is not sent by itself after a week, and gone after a month', async () => {
    const { queue } = shelfInMemory()
    await queue.keep(waiting('c-old', SENT_BY_ITSELF_MS + 1))
    await queue.keep(waiting('c-ancient', 5 * SENT_BY_ITSELF_MS))
    expect((await queue.read()).map(({ clientId, refused }) => [clientId, refused])).toEqual([
      ['c-old', TOO_OLD],
    ])
  })

  it('has an end: what a full device cannot keep is said', async () => {
    const { queue, shelf } = shelfInMemory()
    for (let index = 0; index < WAITING_MAX; index++) await queue.keep(waiting(`c-${index}`, index))
    expect(await queue.keep(waiting('c-more', 0))).toBe(false)
    expect(await queue.keep(waiting('c-0', 0))).toBe(true)
    const forbidden = { ...shelf, put: () => Promise.reject(new Error('full')) }
    expect(await new MessageQueue(forbidden, () => NOW_MS).keep(waiting('c-0', 0))).toBe(false)
  })

  it('is thrown out of sight when it cannot be read', async () => {
    const { rows, queue } = shelfInMemory()
    rows.set('c-1', { clientId: 'c-1', text: 'from another age' })
    expect(await queue.read()).toEqual([])
  })
})

describe('sending what waits', () => {
  /** A server that knows who asks and answers each message as told; by default it takes it. */
  function server(me: string | null, answers: Record<string, 'later' | 'refused'> = {}) {
    const got: string[] = []
    const asking: Asking = {
      whoAmI: async () => me,
      post: async ({ clientId }) => {
        const answer = answers[clientId]
        if (answer === 'later') return { kind: 'later' }
        if (answer === 'refused') return { kind: 'refused', code: 'ROOM_CLOSED' }
        got.push(clientId)
        return { kind: 'sent', message: {} }
      },
    }
    return { got, asking }
  }

  it('goes in the order it was written, over all rooms, and leaves nothing', async () => {
    const { queue } = shelfInMemory()
    for (const [id, agoMs, room] of [
      ['c-3', 1, 'room_2'],
      ['c-1', 3, 'room_1'],
      ['c-2', 2, 'room_2'],
    ] as const)
      await queue.keep(waiting(id, agoMs, 'mem_a', room))
    const { got, asking } = server('mem_a')
    expect(await drain(queue, asking)).toBe(true)
    expect(got).toEqual(['c-1', 'c-2', 'c-3'])
    expect(await queue.read()).toEqual([])
  })

  it('ends at the first that finds no way, so that none overtakes it, and asks for another try', async () => {
    const { queue } = shelfInMemory()
    for (const [id, agoMs] of [
      ['c-1', 3],
      ['c-2', 2],
      ['c-3', 1],
    ] as const)
      await queue.keep(waiting(id, agoMs))
    const first = server('mem_a', { 'c-2': 'later' })
    expect(await drain(queue, first.asking)).toBe(false)
    expect(first.got).toEqual(['c-1'])
    const second = server('mem_a')
    expect(await drain(queue, second.asking)).toBe(true)
    expect(second.got).toEqual(['c-2', 'c-3'])
  })

  it('passes a refused one by, keeps it with its reason and never sends it again by itself', async () => {
    const { queue } = shelfInMemory()
    await queue.keep(waiting('c-1', 2))
    await queue.keep(waiting('c-2', 1))
    const { got, asking } = server('mem_a', { 'c-1': 'refused' })
    expect(await drain(queue, asking)).toBe(true)
    expect(got).toEqual(['c-2'])
    expect((await queue.read()).map(({ clientId, refused }) => [clientId, refused])).toEqual([
      ['c-1', 'ROOM_CLOSED'],
    ])
    const again = server('mem_a')
    await drain(queue, again.asking)
    expect(again.got).toEqual([])
  })

  it('sends nothing of another member, and nothing for a guest', async () => {
    const { queue } = shelfInMemory()
    await queue.keep(waiting('c-1', 1))
    for (const who of ['mem_b', null]) {
      const { got, asking } = server(who)
      await drain(queue, asking)
      expect(got).toEqual([])
    }
    expect(ids(await queue.read())).toEqual(['c-1'])
  })
})
