import { describe, expect, it } from 'vitest'
import { pageDataOf, repliesIn } from './in-page.ts'
import { changesHands, isMoney, keyOf, neededFor, ruleFor } from './kept-rules.ts'

const at = (path: string) => new URL(path, 'https://madang.example')
const isKept = (path: string) => ruleFor(at(path)) !== null

describe('what is kept for offline reading', () => {
  it.each([
    '/api/v1/listings?near=37.5,127',
    '/api/v1/listings/lst_01arz3ndektsv4rrffq69g5fav',
    '/api/v1/chat/rooms',
    '/api/v1/chat/rooms/room_01arz3ndektsv4rrffq69g5fav/messages?limit=50',
    '/api/v1/group-buys?state=recruiting',
    '/together/gb_01arz3ndektsv4rrffq69g5fav/__data.json?x-sveltekit-invalidated=01',
    '/api/v1/me/listings',
  ])('%s', (path) => expect(isKept(path)).toBe(true))

  it.each([
    '/api/v1/wallet',
    '/api/v1/wallet/entries',
    '/api/v1/me',
    '/api/v1/me/sessions',
    '/api/v1/trades/trd_01arz3ndektsv4rrffq69g5fav',
    '/api/v1/trades',
    '/api/v1/notifications/devices',
    '/api/v1/auth/refresh',
    '/api/v1/chat/rooms/room_01arz3ndektsv4rrffq69g5fav/ticket',
    '/api/v1/chat/rooms/room_01arz3ndektsv4rrffq69g5fav/messages?limit=50&beforeSeq=9',
    '/api/v1/listings?cursor=x',
    '/api/v1/group-buys/gb_01arz3ndektsv4rrffq69g5fav/check-in',
    '/wallet/__data.json',
  ])('never %s', (path) => expect(isKept(path)).toBe(false))

  it('is under one name for a page, whatever part of its data was asked for', () => {
    expect(keyOf(at('/together/gb_1/__data.json?x-sveltekit-invalidated=11'))).toBe(
      '/together/gb_1/__data.json',
    )
    expect(keyOf(at('/api/v1/listings?near=1'))).toBe('/api/v1/listings?near=1')
  })

  it('is kept for every page that says what it needs', () => {
    for (const page of [
      '/',
      '/chat',
      '/chat/room_1',
      '/together',
      '/together/gb_1',
      '/listings/lst_1',
      '/me/wishes',
    ]) {
      const needed = neededFor(page)
      expect(needed === null ? page : isKept(needed)).toBe(true)
    }
    for (const page of ['/wallet', '/me/purchases', '/sign-in', '/operator', '/listings/lst_1/edit'])
      expect(neededFor(page)).toBeNull()
  })

  it('knows pages about money, and what changes hands', () => {
    expect(['/wallet', '/wallet/send', '/me/sales', '/me/trades/trd_1'].every(isMoney)).toBe(true)
    expect(['/', '/walleting', '/me', '/me/listings'].some(isMoney)).toBe(false)
    expect(['/session/end', '/sign-in', '/sign-up'].every(changesHands)).toBe(true)
    expect(changesHands('/session/refresh')).toBe(false)
  })
})

describe('a page that comes whole', () => {
  const html = `<p>x</p><script type="application/json" data-sveltekit-fetched data-url="/api/v1/listings?a=1&amp;b=2" data-hash="x1">{"status":200,"statusText":"","headers":{},"body":"{\\"items\\":[\\"\\u003Cb>\\"]}"}</script>
<script type="application/json" data-sveltekit-fetched data-url="/api/v1/coupons">{"status":503,"body":"no"}</script>
<script type="application/json" data-sveltekit-fetched data-url="/api/v1/x">{broken</script>`

  it('gives what it brought, and leaves out what failed or cannot be read', () => {
    expect(repliesIn(html)).toEqual([{ url: '/api/v1/listings?a=1&b=2', body: '{"items":["<b>"]}' }])
  })

  it('is put together from the frame and its own part', () => {
    const frame = '{"type":"data","nodes":[{"type":"data","data":[1],"uses":{}},null]}\n'
    const own = '{"type":"data","nodes":[{"type":"skip"},{"type":"data","data":[2],"uses":{}}]}\n'
    expect(JSON.parse(pageDataOf(frame, own) ?? '')).toEqual({
      type: 'data',
      nodes: [
        { type: 'data', data: [1], uses: {} },
        { type: 'data', data: [2], uses: {} },
      ],
    })
    expect(JSON.parse(pageDataOf(frame, null) ?? '').nodes).toHaveLength(1)
    expect(pageDataOf('sign in first', own)).toBeNull()
  })
})
