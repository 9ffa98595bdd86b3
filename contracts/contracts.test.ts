import { describe, expect, it } from 'vitest'
import { ERRORS } from './errors.ts'
import { MadangEvent } from './events.ts'
import { ListListingsQuery, PostListingRequest } from './listings.ts'
import { NearQuery } from './place.ts'
import { PRODUCERS, SUBSCRIPTIONS } from './subscriptions.ts'

describe('the contracts', () => {
  it('give every refusal a title and a next step in both languages', () => {
    for (const { title, detail } of Object.values(ERRORS)) {
      for (const sentence of [title.ko, title.en, detail.ko, detail.en])
        expect(sentence.length).toBeGreaterThan(3)
      expect(title.ko).toMatch(/[가-힣]/)
      expect(title.en).not.toMatch(/[가-힣]/)
    }
  })

  it('say of every event who writes it and who hears it', () => {
    const types = MadangEvent.options.map((option) => option.shape.type.value).sort()
    expect(Object.keys(SUBSCRIPTIONS).sort()).toEqual(types)
    expect(Object.keys(PRODUCERS).sort()).toEqual(types)
  })

  it('refuse a field nobody asked for, so that no price, seller or role slips in', () => {
    const body = { title: '자전거', description: '잘 굴러가요', category: 'sports', price: 10_000 }
    expect(PostListingRequest.safeParse(body).success).toBe(true)
    for (const key of ['sellerId', 'status', 'id', 'createdAt', 'counts']) {
      expect(PostListingRequest.safeParse({ ...body, [key]: 'x' }).success).toBe(false)
    }
  })

  it.each([-1, 0.5, 1e15, '100', null, [100], Number.NaN])('refuse the price %s', (price) => {
    const body = { title: '자전거', description: '잘 굴러가요', category: 'sports', price }
    expect(PostListingRequest.safeParse(body).success).toBe(false)
  })

  it('bound every list, however large a page is asked for', () => {
    expect(ListListingsQuery.parse({}).limit).toBe(20)
    for (const limit of ['0', '51', '-1', '1e9', 'many', ['5', '6']]) {
      expect(ListListingsQuery.safeParse({ limit }).success).toBe(false)
    }
  })

  it('read a position only from two numbers on the globe', () => {
    expect(NearQuery.parse('37.5563,126.9019')).toEqual({ lat: 37.5563, lng: 126.9019 })
    for (const near of ['37.5', '91,0', '0,181', 'NaN,NaN', '37.5,126.9,1', '']) {
      expect(NearQuery.safeParse(near).success).toBe(false)
    }
  })
})
