import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventOf } from '#contracts/events'
import type { MemberId } from '#contracts/ids'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import { ofAppointment, ofChange, ofComment, ofTrade, type Telling } from './tellings.rules.ts'

const [minji, junho, seoyeon] = [newId('mem', 1), newId('mem', 2), newId('mem', 3)]
const member = fc.constantFrom(minji, junho, seoyeon)
const told = (tellings: Telling[]): MemberId[] => tellings.flatMap(({ to }) => (Array.isArray(to) ? to : []))
const noName = () => null
const envelope = { aggregateId: 'x', version: 1, requestId: 'test' }

const commentBy = (authorId: MemberId, sellerId: MemberId, parentAuthorId: MemberId | null) =>
  eventOf(
    {
      ...{ ...envelope, type: 'comment.posted', actorId: authorId },
      data: {
        id: newId('cmt', 1),
        listingId: newId('lst', 1),
        authorId,
        sellerId,
        parentAuthorId,
        text: '네',
      },
    },
    1,
  )

const changeFrom = (
  before: { price: number; status: 'on_sale' | 'sold' },
  after: { price: number; status: 'on_sale' | 'sold' },
): EventOf<'listing.changed'> =>
  eventOf(
    {
      ...{ ...envelope, type: 'listing.changed', actorId: minji },
      data: {
        ...{
          id: newId('lst', 1),
          seller: { id: minji, nickname: '민지', photo: null },
          title: '의자',
          ...after,
        },
        ...{ description: '', category: 'furniture', images: [], region: null, location: null },
        ...{ counts: { views: 0, wishes: 0, comments: 0, chats: 0 }, createdAtMs: 1, bumpedAtMs: 1 },
        ...{ changed: ['price'], before },
      },
    },
    1,
  )

describe('who is told', () => {
  it('of a comment: never its author, and nobody twice', () => {
    fc.assert(
      fc.property(member, member, fc.option(member), (author, seller, parent) => {
        const ids = told(ofComment(commentBy(author, seller, parent), noName))
        expect(ids).not.toContain(author)
        expect(new Set(ids).size).toBe(ids.length)
        const concerned = [seller, parent].filter((id) => id !== null && id !== author)
        expect(new Set(ids)).toEqual(new Set(concerned))
      }),
    )
  })

  it('of an appointment: the other one; an hour before it: both', () => {
    const data = {
      ...{ appointmentId: newId('apt', 1), roomId: newId('room', 1), listingId: newId('lst', 1) },
      ...{ sellerId: minji, buyerId: junho, place: '공원', meetAtMs: 1 },
    }
    const set = eventOf({ ...envelope, type: 'appointment.set', actorId: junho, data }, 1)
    expect(told(ofAppointment(set, noName))).toEqual([minji])
    const due = eventOf({ ...envelope, type: 'appointment.due', actorId: null, data }, 1)
    expect(told(ofAppointment(due, noName))).toEqual([minji, junho])
  })

  it('of a trade: the buyer, unless it was the buyer who did it', () => {
    const facts = { tradeId: newId('trd', 1), listingId: newId('lst', 1), listingTitle: '의자', price: 1 }
    const data = { ...facts, sellerId: minji, buyerId: junho }
    const by = (actorId: MemberId) => eventOf({ ...envelope, type: 'trade.completed', actorId, data }, 1)
    expect(told(ofTrade(by(minji), noName))).toEqual([junho])
    expect(told(ofTrade(by(junho), noName))).toEqual([])
  })

  it('of a change: its watchers, when it got cheaper or stands otherwise, and of nothing else', () => {
    const typeOf = (event: EventOf<'listing.changed'>) => ofChange(event).map(({ params }) => params.type)
    const onSale = { price: 10, status: 'on_sale' } as const
    expect(typeOf(changeFrom(onSale, { ...onSale, price: 9 }))).toEqual(['price_drop'])
    expect(typeOf(changeFrom(onSale, { ...onSale, price: 11 }))).toEqual([])
    expect(typeOf(changeFrom(onSale, { price: 9, status: 'sold' }))).toEqual(['listing_status'])
    expect(typeOf(changeFrom({ ...onSale, status: 'sold' }, { price: 9, status: 'sold' }))).toEqual([])
    expect(ofChange(changeFrom(onSale, { ...onSale, price: 9 }))[0]?.to).toMatchObject({
      except: [minji, minji],
    })
  })
})
