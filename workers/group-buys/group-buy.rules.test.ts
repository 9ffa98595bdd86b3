import { describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '#kit/clock'
import { deadlineWithin, nextLookMs, remindedFromTheStart, reminderDue } from './group-buy.rules.ts'

const DEADLINE_MS = 1_800_000_000_000
const hoursBefore = (hours: number) => DEADLINE_MS - hours * HOUR_MS

describe('reminders of a deadline', () => {
  it('come at their hours, each once', () => {
    const told = { deadlineMs: DEADLINE_MS, remindedHours: null }
    expect(reminderDue(told, hoursBefore(24) - 1)).toBeNull()
    expect(reminderDue(told, hoursBefore(24))).toBe(24)
    expect(reminderDue({ ...told, remindedHours: 24 }, hoursBefore(24) + 5)).toBeNull()
    expect(reminderDue({ ...told, remindedHours: 24 }, hoursBefore(12))).toBe(12)
  })

  it('that a late tick has missed are skipped but for the latest', () => {
    expect(reminderDue({ deadlineMs: DEADLINE_MS, remindedHours: null }, hoursBefore(2))).toBe(3)
    expect(reminderDue({ deadlineMs: DEADLINE_MS, remindedHours: 24 }, DEADLINE_MS)).toBeNull()
  })

  it('whose time was over at the opening are never told', () => {
    expect(remindedFromTheStart(DEADLINE_MS, hoursBefore(5))).toBe(6)
    expect(remindedFromTheStart(DEADLINE_MS, hoursBefore(48))).toBeNull()
  })

  it('are looked for when they come, and behind the deadline a minute later', () => {
    const row = { deadlineMs: DEADLINE_MS, remindedHours: null }
    expect(nextLookMs(row, hoursBefore(30))).toBe(hoursBefore(24))
    expect(nextLookMs(row, hoursBefore(1))).toBe(DEADLINE_MS + MINUTE_MS)
  })
})

describe('a deadline', () => {
  it('is at least ten minutes and at most sixty days ahead', () => {
    expect(deadlineWithin(DEADLINE_MS, DEADLINE_MS - 10 * MINUTE_MS).ok).toBe(true)
    expect(deadlineWithin(DEADLINE_MS, DEADLINE_MS - 10 * MINUTE_MS + 1).ok).toBe(false)
    expect(deadlineWithin(DEADLINE_MS, hoursBefore(60 * 24)).ok).toBe(true)
    expect(deadlineWithin(DEADLINE_MS, hoursBefore(60 * 24) - 1).ok).toBe(false)
  })
})
