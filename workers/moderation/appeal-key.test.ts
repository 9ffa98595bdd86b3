import { describe, expect, it } from 'vitest'
import { newId } from '#kit/id'
import { APPEAL_KEY_LIFE_MS, appealPathOf, opensAppeal } from './appeal-key.ts'

const SECRET = 'a-secret-of-the-tests-of-appeal-keys'
const atMs = Date.UTC(2026, 10, 1)
const judged = { id: newId('dec', atMs), memberId: newId('mem', atMs), atMs }
const keyOf = (path: string) => new URL(path, 'https://madang.example').searchParams.get('key') ?? ''
const key = keyOf(appealPathOf(SECRET, judged))

describe('a mailed key', () => {
  it('opens the decision it was made for', () => {
    expect(appealPathOf(SECRET, judged)).toContain(`/notices/${judged.id}?key=`)
    expect(opensAppeal(SECRET, judged, key, atMs)).toBe(true)
  })

  it('opens neither another decision, nor another member’s, nor with another secret', () => {
    expect(opensAppeal(SECRET, { ...judged, id: newId('dec', atMs) }, key, atMs)).toBe(false)
    expect(opensAppeal(SECRET, { ...judged, memberId: newId('mem', atMs) }, key, atMs)).toBe(false)
    expect(opensAppeal(`${SECRET}-2`, judged, key, atMs)).toBe(false)
  })

  it.each(['', 'x', key.slice(1), `${key}A`, `${key}=`, '한글'])('is not %j', (other) => {
    expect(opensAppeal(SECRET, judged, other, atMs)).toBe(false)
  })

  it('is over after sixty days', () => {
    expect(opensAppeal(SECRET, judged, key, atMs + APPEAL_KEY_LIFE_MS - 1)).toBe(true)
    expect(opensAppeal(SECRET, judged, key, atMs + APPEAL_KEY_LIFE_MS)).toBe(false)
  })
})
