import { describe, expect, it } from 'vitest'
import { admission, LOOSE_PHOTOS_PER_DAY_MAX, SHELF_BYTES_MAX } from './quota.rules.ts'

describe('a member’s shelf', () => {
  it('takes photos up to the day’s number and not one more', () => {
    const use = { loosePhotosToday: LOOSE_PHOTOS_PER_DAY_MAX - 1, bytes: 0 }
    expect(admission(use, 1)).toBe('admitted')
    expect(admission({ ...use, loosePhotosToday: LOOSE_PHOTOS_PER_DAY_MAX }, 1)).toBe('too_many_today')
  })

  it('takes photos up to its last byte and not one more', () => {
    const use = { loosePhotosToday: 0, bytes: SHELF_BYTES_MAX - 10 }
    expect(admission(use, 10)).toBe('admitted')
    expect(admission(use, 11)).toBe('shelf_full')
  })
})
