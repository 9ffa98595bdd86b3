import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Paced } from './paced.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('work at a pace', () => {
  it('is done once for all who asked within its time', () => {
    const work = vi.fn()
    const paced = new Paced(1_000, work)
    for (let times = 0; times < 5; times++) paced.ask()
    vi.advanceTimersByTime(999)
    expect(work).not.toHaveBeenCalled()
    vi.advanceTimersByTime(5_000)
    expect(work).toHaveBeenCalledTimes(1)
  })

  it('is done at once when it is in a hurry and somebody asked, and not again', () => {
    const work = vi.fn()
    const paced = new Paced(1_000, work)
    paced.hurry()
    expect(work).not.toHaveBeenCalled()
    paced.ask()
    paced.hurry()
    vi.advanceTimersByTime(5_000)
    expect(work).toHaveBeenCalledTimes(1)
  })

  it('is given up when it is stopped', () => {
    const work = vi.fn()
    const paced = new Paced(1_000, work)
    paced.ask()
    paced.stop()
    paced.hurry()
    vi.advanceTimersByTime(5_000)
    expect(work).not.toHaveBeenCalled()
  })
})
