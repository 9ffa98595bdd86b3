import { describe, expect, it } from 'vitest'
import { dayBefore, historyOf } from './history.ts'

const asked = (search: string) => historyOf(new URL(`https://madang.example/wallet/history${search}`))

describe('the address of a history', () => {
  it('says which lines are asked for', () => {
    expect(asked('?direction=in&cause=trade&from=2026-11-01&until=2026-11-21')).toEqual({
      direction: 'in',
      cause: 'trade',
      from: '2026-11-01',
      until: '2026-11-21',
    })
  })

  it('shows everything where it makes no sense, and turns a span round', () => {
    const all = { direction: null, cause: null, from: null, until: null }
    expect(asked('?direction=up&cause=theft&from=yesterday')).toEqual(all)
    expect(asked('?from=2026-11-21&until=2026-11-01')).toEqual({
      ...all,
      from: '2026-11-01',
      until: '2026-11-21',
    })
  })

  it('counts days by the town, where the day begins nine hours before UTC', () => {
    expect(dayBefore(Date.parse('2026-11-20T15:30:00Z'), 0)).toBe('2026-11-21')
    expect(dayBefore(Date.parse('2026-11-20T14:30:00Z'), 7)).toBe('2026-11-13')
  })
})
