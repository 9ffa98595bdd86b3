import { describe, expect, it } from 'vitest'
import type { ListingRoom } from '#contracts/chat'
import type { Appointment } from '#contracts/trades'
import { mayBuy, mayChooseBuyer, nextStepOf } from './next-step.ts'

const NOW = Date.parse('2026-11-21T07:00:00Z')
const HOUR = 60 * 60 * 1000
const inHours = (hours: number) => new Date(NOW + hours * HOUR).toISOString()

type Asked = {
  status?: ListingRoom['listing']['status']
  state?: ListingRoom['state']
  blocked?: ListingRoom['blocked']
  appointment?: Partial<Pick<Appointment, 'state' | 'mySaying' | 'canSayFrom' | 'canSayUntil'>>
  traded?: boolean
  isKnown?: boolean
}
/** Only what the step depends on. */
function kind(asked: Asked) {
  const { status = 'on_sale', state = 'open', blocked = null, appointment } = asked
  const { traded = false, isKnown = true } = asked
  const set = { state: 'set', mySaying: null, canSayFrom: inHours(1), canSayUntil: inHours(100) } as const
  return nextStepOf({
    room: { listing: { status }, state, blocked, peerWithdrawn: false },
    appointment: appointment ? { ...set, ...appointment } : null,
    trade: traded ? 'a deal' : null,
    isKnown,
    nowMs: NOW,
  }).kind
}

describe('the next step of a talk', () => {
  it('is to agree where to meet, as long as the thing is to be had', () => {
    expect(kind({})).toBe('make_appointment')
    expect(kind({ status: 'reserved' })).toBe('make_appointment')
    expect(kind({ status: 'deleted' })).toBe('nothing')
    expect(kind({ state: 'closed' })).toBe('nothing')
    expect(kind({ blocked: 'by_peer' })).toBe('nothing')
  })

  it('is not guessed at before the appointment and the trade were read', () => {
    expect(kind({ isKnown: false })).toBe('unknown')
    expect(kind({ status: 'sold', isKnown: false })).toBe('unknown')
  })

  it('is to meet, then to say how it went, once', () => {
    expect(kind({ appointment: {} })).toBe('meet')
    expect(kind({ appointment: { canSayFrom: inHours(-1) } })).toBe('say_how_it_went')
    expect(kind({ appointment: { canSayFrom: inHours(-1), mySaying: 'kept' } })).toBe('meet')
    expect(kind({ appointment: { state: 'cancelled' } })).toBe('make_appointment')
  })

  it('is the review once the thing went here, and nothing when it went elsewhere', () => {
    expect(kind({ status: 'sold', traded: true })).toBe('done')
    expect(kind({ status: 'sold' })).toBe('sold_elsewhere')
  })

  it('lets the seller alone choose to whom it went', () => {
    const may = (role: ListingRoom['role'], status: ListingRoom['listing']['status']) =>
      mayChooseBuyer({ role, listing: { status } })
    expect([may('seller', 'reserved'), may('seller', 'sold'), may('buyer', 'on_sale')]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('lets the buyer pay where they talk, as long as it is to be had for money', () => {
    const may = (
      role: ListingRoom['role'],
      status: ListingRoom['listing']['status'],
      price = 9000,
      blocked: ListingRoom['blocked'] = null,
    ) => mayBuy({ role, state: 'open', blocked, peerWithdrawn: false, listing: { status, price } })
    expect(may('buyer', 'on_sale')).toBe(true)
    expect([may('seller', 'on_sale'), may('buyer', 'reserved'), may('buyer', 'on_sale', 0)]).toEqual([
      false,
      false,
      false,
    ])
    expect(may('buyer', 'on_sale', 9000, 'by_peer')).toBe(false)
  })
})
