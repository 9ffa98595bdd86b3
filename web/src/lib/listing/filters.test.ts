import { describe, expect, it } from 'vitest'
import { countOn, type Filters, filtersOf, hrefWith, parametersOf } from './filters.ts'

const NONE: Filters = {
  category: null,
  status: null,
  free: false,
  minPrice: null,
  maxPrice: null,
  sort: null,
}
const at = (query: string) => new URL(`https://madang.test/search${query}`)

describe('filters in the address', () => {
  it('are what the address says', () => {
    const found = filtersOf(
      at('?category=plants&status=on_sale&free=true&minPrice=1000&maxPrice=20000&sort=views'),
    )
    expect(found).toEqual({
      category: 'plants',
      status: 'on_sale',
      free: true,
      minPrice: 1_000,
      maxPrice: 20_000,
      sort: 'views',
    })
  })

  it('leave nonsense out instead of failing', () => {
    const odd = '?category=constructor&status=hidden&free=yes&minPrice=-1&maxPrice=1e9&sort=toString'
    expect(filtersOf(at(odd))).toEqual(NONE)
  })

  it('come back the same after a trip through an address', () => {
    const filters: Filters = { ...NONE, category: 'books', free: true, maxPrice: 5_000, sort: 'price_asc' }
    expect(filtersOf(new URL(hrefWith(at(''), filters), 'https://madang.test'))).toEqual(filters)
  })

  it('keep the search words and drop everything else', () => {
    expect(hrefWith(at('?q=자전거&cursor=abc&sort=views'), NONE)).toBe(
      `/search?q=${encodeURIComponent('자전거')}`,
    )
  })

  it('ask for giveaways only when that is on', () => {
    expect(parametersOf(NONE).free).toBeNull()
    expect(parametersOf({ ...NONE, free: true }).free).toBe(true)
  })

  it('count what hides things; a category and an order show by themselves', () => {
    expect(countOn({ ...NONE, category: 'pet', sort: 'newest' })).toBe(0)
    expect(countOn({ ...NONE, status: 'sold', free: true, minPrice: 0 })).toBe(3)
  })
})
