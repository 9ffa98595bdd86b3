import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Draft, dropDraft, keepDraft, readDraft } from './draft.ts'

const BLANK = { title: '', unit: '개' }
const DRAFT: Draft<typeof BLANK> = {
  answers: { title: '의자', unit: '상자' },
  place: null,
  images: [{ id: 'img_1', width: 4, height: 3, urls: { thumb: '/1', card: '/1', full: '/1' } }],
}

beforeEach(() => {
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  })
  vi.useFakeTimers({ now: 0 })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

describe('a draft on this device', () => {
  it('comes back whole, under its own name, until it is dropped', () => {
    keepDraft('new', DRAFT)
    expect(readDraft('new', BLANK)).toEqual(DRAFT)
    expect(readDraft('together', BLANK)).toBeNull()
    dropDraft('new')
    expect(readDraft('new', BLANK)).toBeNull()
  })

  it('comes back without its photos once they may have been swept', () => {
    keepDraft('new', DRAFT)
    vi.setSystemTime(23 * 60 * 60 * 1000)
    expect(readDraft('new', BLANK)).toEqual({ ...DRAFT, images: [] })
  })

  it('of a form that has grown since has the new field empty', () => {
    keepDraft('new', { ...DRAFT, answers: { title: '의자' } })
    expect(readDraft('new', BLANK)?.answers).toEqual({ title: '의자', unit: '개' })
  })

  it('that cannot be read is none', () => {
    for (const kept of ['{', '7', '{"at":0}', '{"at":0,"draft":{}}']) {
      localStorage.setItem('madang.draft.new', kept)
      expect(readDraft('new', BLANK)).toBeNull()
    }
  })

  it('neither promises nor breaks anything where there is no storage', () => {
    vi.stubGlobal('localStorage', undefined)
    keepDraft('new', DRAFT)
    dropDraft('new')
    expect(readDraft('new', BLANK)).toBeNull()
  })
})
