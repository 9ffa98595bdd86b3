import { describe, expect, it } from 'vitest'
import { nearOf, readPlace } from './place.ts'

const MAPO = { id: 'kr-1', name: '마포구', nameEn: 'Mapo-gu', lat: 37.56624, lng: 126.90178, radiusKm: 5 }

describe('the neighbourhood kept in a cookie', () => {
  it('is read back whole', () => {
    expect(readPlace(JSON.stringify(MAPO))).toEqual(MAPO)
  })

  it('counts as none when it is absent or tampered with', () => {
    const odd = [undefined, '', '{', 'null', '5', '[]', JSON.stringify({ ...MAPO, lat: 'north' })]
    expect(odd.map(readPlace)).toEqual(odd.map(() => null))
  })

  it('is told to lists only as finely as positions are known', () => {
    expect(nearOf(MAPO)).toEqual({ near: '37.566,126.902', radiusKm: 5 })
    expect(nearOf(null)).toEqual({})
  })
})
