import { describe, expect, it } from 'vitest'
import { ACCESS_COOKIE, cookieOf, credentialOf, isSameOrigin } from './credentials.ts'
import { freshnessOf, type KeptReply, PublicCache } from './public-cache.ts'
import { dressForOutside } from './reply-headers.ts'

const MINUTE_MS = 60_000

const reply = (bytes: number, tags: string[], freshForMs = MINUTE_MS): KeptReply => ({
  status: 200,
  body: new ArrayBuffer(bytes),
  headers: new Headers(),
  tags,
  seen: null,
  etag: null,
  freshUntilMs: Date.now() + freshForMs,
  staleUntilMs: Date.now() + freshForMs + MINUTE_MS,
})

describe('the public cache', () => {
  it('drops every reply that shows a thing which changed, and no other', () => {
    const cache = new PublicCache()
    cache.keep('list', reply(10, ['listings']), cache.now())
    cache.keep('detail', reply(10, ['lst_1']), cache.now())
    cache.keep('other', reply(10, ['lst_2']), cache.now())
    cache.purge(['lst_1', 'listings'])
    expect(cache.read('list').kind).toBe('none')
    expect(cache.read('detail').kind).toBe('none')
    expect(cache.read('other').kind).toBe('fresh')
  })

  it('does not keep what was asked for before a write and answered after it', () => {
    const cache = new PublicCache()
    const askedAt = cache.now()
    cache.purge(['lst_1'])
    cache.keep('detail', reply(10, ['lst_1']), askedAt)
    cache.keep('other', reply(10, ['lst_2']), askedAt)
    expect(cache.read('detail').kind).toBe('none')
    expect(cache.read('other').kind).toBe('fresh')
  })

  it('tells fresh from stale and forgets what is too old to show', () => {
    const cache = new PublicCache()
    cache.keep('stale', reply(10, [], -1), cache.now())
    cache.keep('gone', { ...reply(10, [], -1), staleUntilMs: Date.now() - 1 }, cache.now())
    expect(cache.read('stale').kind).toBe('stale')
    expect(cache.read('gone').kind).toBe('none')
  })

  it('never grows past its bound; what was kept first goes first', () => {
    const cache = new PublicCache()
    for (let index = 0; index < 100; index++)
      cache.keep(`k${index}`, reply(500 * 1024, [`t${index}`]), cache.now())
    const kept = Array.from({ length: 100 }, (_, index) => cache.read(`k${index}`).kind).filter(
      (kind) => kind !== 'none',
    )
    expect(kept.length).toBeGreaterThan(20)
    expect(kept.length).toBeLessThanOrEqual(32)
    expect(cache.read('k99').kind).toBe('fresh')
    expect(cache.read('k0').kind).toBe('none')
  })

  it('keeps only what its own Cache-Control gives to everyone', () => {
    expect(freshnessOf('public, max-age=0, s-maxage=1, stale-while-revalidate=30')).toEqual({
      freshMs: 1_000,
      staleMs: 30_000,
    })
    expect(freshnessOf('public, max-age=31536000, immutable')?.freshMs).toBe(31_536_000_000)
    for (const header of [
      null,
      'private, max-age=60',
      'no-store',
      'public, no-store, s-maxage=5',
      'public, max-age=0',
    ]) {
      expect(freshnessOf(header)).toBeNull()
    }
  })
})

describe('credentials', () => {
  it('find a cookie by its whole name', () => {
    const cookies = 'x__Host-a=1; __Host-a=2; b=3'
    expect(cookieOf(cookies, '__Host-a')).toBe('2')
    expect(cookieOf(cookies, 'b')).toBe('3')
    expect(cookieOf(cookies, 'c')).toBeNull()
  })

  it('are none when the cookie holds what no header can carry', () => {
    const of = (value: string) => credentialOf(new Headers(), `${ACCESS_COOKIE}=${value}`)
    expect(of('head.claims.seal')).toEqual({ kind: 'cookie', token: 'head.claims.seal' })
    for (const value of ['', 'x y', '쿠키', 'a\u0000b']) expect(of(value)).toEqual({ kind: 'none' })
  })

  it.each([
    ['https://madang.example', true],
    ['https://madang.example.evil', false],
    ['https://evil.madang.example', false],
    ['null', false],
    [null, false],
  ])('a write from origin %s is ours: %s', (origin, isOurs) => {
    const headers = new Headers(origin === null ? {} : { origin })
    expect(
      isSameOrigin(new Request('https://madang.example/api/v1/listings', { method: 'POST', headers })),
    ).toBe(isOurs)
  })
})

describe('replies to the outside', () => {
  it('lose what is for inside and gain what keeps a browser safe', () => {
    const headers = dressForOutside(
      new Headers({ 'cache-tag': 'lst_1', 'x-madang-purge': 'listings', 'content-type': 'application/json' }),
    )
    expect(headers.has('cache-tag')).toBe(false)
    expect(headers.has('x-madang-purge')).toBe(false)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })
})
