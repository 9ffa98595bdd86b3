import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newCode } from './code.rules.ts'
import { networkOf } from './limits.rules.ts'
import {
  distanceKm,
  findNeighbourhoods,
  nearestNeighbourhoods,
  neighbourhoodById,
} from './neighbourhood.rules.ts'
import { keyedHash, sameText, seal, unseal } from './vault.ts'

describe('a mailed code', () => {
  it('has six digits whatever was drawn, and never comes from the unfair end', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (drawn) => {
        const draws = [drawn, 7]
        const code = newCode(() => draws.shift() ?? 7)
        return /^\d{6}$/.test(code) && (drawn < 4_294_000_000 || code === '000007')
      }),
    )
  })
})

describe('a network', () => {
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('of %s is %s', (ip, network) => expect(networkOf(ip)).toBe(network))
})

describe('the vault', () => {
  const text = fc.string({ unit: 'binary' })

  it('gives back what it sealed, and only under the same secret and purpose', () => {
    fc.assert(
      fc.property(text, text, (secret, plain) => {
        const sealed = seal(secret, 'a', plain)
        expect(unseal(secret, 'a', sealed)).toBe(plain)
        expect(() => unseal(`${secret}x`, 'a', sealed)).toThrow()
        expect(() => unseal(secret, 'b', sealed)).toThrow()
      }),
      { numRuns: 30 },
    )
  })

  it('never seals the same text to the same bytes', () => {
    expect(seal('secret', 'a', 'plain')).not.toBe(seal('secret', 'a', 'plain'))
  })

  it('keys hashes by secret and purpose', () => {
    const hashes = [keyedHash('a', 'x', '1'), keyedHash('b', 'x', '1'), keyedHash('a', 'y', '1')]
    expect(new Set(hashes).size).toBe(3)
    expect(sameText('abc', 'abd')).toBe(false)
    expect(sameText('abc', 'abcd')).toBe(false)
  })
})

describe('neighbourhoods', () => {
  it('are nearest to themselves', () => {
    const jongno = neighbourhoodById('plc_kr11110')
    if (!jongno) throw new Error('the list lost Jongno')
    expect(nearestNeighbourhoods(jongno)[0]).toEqual(jongno)
    expect(distanceKm(jongno, jongno)).toBe(0)
  })

  it('come nearest first wherever one stands', () => {
    const position = fc.record({
      lat: fc.double({ min: -90, max: 90, noNaN: true }),
      lng: fc.double({ min: -180, max: 180, noNaN: true }),
    })
    fc.assert(
      fc.property(position, (here) => {
        const km = nearestNeighbourhoods(here).map((place) => distanceKm(here, place))
        return km.every((distance, index) => index === 0 || distance >= (km[index - 1] ?? 0))
      }),
      { numRuns: 20 },
    )
  })

  it('are found with spaces, accents and case left out', () => {
    expect(findNeighbourhoods('서울특별시 종로')[0]?.id).toBe('plc_kr11110')
    expect(findNeighbourhoods('JONGNO-GU')[0]?.id).toBe('plc_kr11110')
    expect(findNeighbourhoods('  ')).toEqual([])
  })
})
