import { describe, expect, it } from 'vitest'
import { forgetOthers, Outbox } from './outbox.ts'
import type { Unsent } from './room-state.ts'

function device() {
  const kept = new Map<string, string>()
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
    key: (index: number) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size
    },
  }
}
const unsent = (clientId: string, atMs: number): Unsent => ({
  clientId,
  body: { clientId, kind: 'text', text: clientId },
  image: null,
  atMs,
})

describe('what is not sent yet', () => {
  it('is there again after a reload, in the order it was written', () => {
    const store = device()
    const before = new Outbox(store, 'me', 'room')
    before.keep(unsent('c-2', 2))
    before.keep(unsent('c-1', 1))
    expect(new Outbox(store, 'me', 'room').read()).toEqual([unsent('c-1', 1), unsent('c-2', 2)])
  })

  it('is gone once the room has it', () => {
    const outbox = new Outbox(device(), 'me', 'room')
    outbox.keep(unsent('c-1', 1))
    outbox.forget('c-1')
    expect(outbox.read()).toEqual([])
  })

  it('belongs to one room and one member', () => {
    const store = device()
    new Outbox(store, 'me', 'room').keep(unsent('c-1', 1))
    expect(new Outbox(store, 'me', 'other').read()).toEqual([])
    forgetOthers(store, 'someone else')
    expect(store.kept.size).toBe(0)
  })

  it('is thrown away when it cannot be read, and said when it cannot be kept', () => {
    const store = device()
    store.kept.set('madang_unsent:me:room:c-1', '{')
    expect(new Outbox(store, 'me', 'room').read()).toEqual([])
    expect(store.kept.size).toBe(0)
    const full = {
      ...device(),
      length: 0,
      setItem: () => {
        throw new Error('full')
      },
    }
    expect(new Outbox(full, 'me', 'room').keep(unsent('c-1', 1))).toBe(false)
  })
})
