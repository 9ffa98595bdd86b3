import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MemberId } from '#contracts/ids'
import { newId } from '#kit/id'
import { eventOf } from '#kit/outbox'
import { ofCharge, ofCompletion, ofCoupon, ofEscrow, ofPayout, ofTransfer } from './money-tellings.rules.ts'
import { Params } from './params.rules.ts'
import type { Telling } from './tellings.rules.ts'
import { wordsOf } from './words.rules.ts'

const [seller, buyer] = [newId('mem', 1), newId('mem', 2)]
const nameOf = (id: MemberId) => (id === seller ? '민지' : '준호')
const envelope = { aggregateId: 'x', version: 1, requestId: 'test' }
const FACTS = {
  ...{ tradeId: newId('trd', 1), listingId: newId('lst', 1), listingTitle: '책상', sellerId: seller },
  ...{ buyerId: buyer, price: 12_000, paid: 9_000, discount: 3_000, refunded: 4_000 },
}

const escrowBy = (actorId: MemberId | null) => [
  eventOf({ ...envelope, type: 'trade.paid', actorId, data: { ...FACTS, releaseAtMs: 1 } }, 1),
  eventOf({ ...envelope, type: 'trade.cancelled', actorId, data: FACTS }, 1),
  eventOf({ ...envelope, type: 'trade.disputed', actorId, data: { ...FACTS, reason: '고장' } }, 1),
  eventOf(
    { ...envelope, type: 'trade.decided', actorId, data: { ...FACTS, refund: 4_000, reason: '반' } },
    1,
  ),
  eventOf({ ...envelope, type: 'trade.refunded', actorId, data: { ...FACTS, refund: 1_000 } }, 1),
  eventOf({ ...envelope, type: 'trade.release_due', actorId, data: { ...FACTS, releaseAtMs: 1 } }, 1),
]
const completedBy = (actorId: MemberId | null) =>
  eventOf(
    {
      ...{ ...envelope, type: 'trade.completed', actorId },
      data: { ...FACTS, escrow: { paid: 9_000, discount: 3_000, refunded: 4_000 } },
    },
    1,
  )
const told = (tellings: Telling[]) => tellings.flatMap(({ to }) => (Array.isArray(to) ? to : []))
const said = (tellings: Telling[], language: 'ko' | 'en' = 'ko') =>
  tellings.map(({ params }) => wordsOf(Params.parse(JSON.parse(JSON.stringify(params))), 1, language))

describe('the money of a trade', () => {
  it('is told to both but to whoever moved it, at the page of the trade', () => {
    fc.assert(
      fc.property(fc.constantFrom(seller, buyer, null), fc.integer({ min: 0, max: 5 }), (actorId, index) => {
        const event = escrowBy(actorId)[index]
        const tellings = event === undefined ? [] : ofEscrow(event, nameOf)
        expect(told(tellings)).toEqual([seller, buyer].filter((id) => id !== actorId))
        for (const { url } of tellings) expect(url).toBe(`/me/trades/${FACTS.tradeId}`)
      }),
    )
    expect(told(ofCompletion(completedBy(buyer), nameOf))).toEqual([seller])
    expect(told(ofCompletion(completedBy(seller), nameOf))).toEqual([buyer])
  })

  it('is put in words that say how much it is for whom who reads them', () => {
    const both = escrowBy(null).map((event) => said(ofEscrow(event, nameOf)))
    const words = both.map((sides) => sides.map(({ title, body }) => `${title} / ${body}`))
    expect(words).toEqual([
      [
        '준호 님이 12,000원을 결제했어요 / 책상 · 물건을 건네고 인수 번호를 받아 주세요.',
        '9,000원을 결제했어요 / 책상 · 물건을 받을 때까지 마당이 맡아 둬요.',
      ],
      [
        '결제가 취소됐어요 / 책상 · 맡아 둔 돈은 구매자에게 돌아갔어요.',
        '결제가 취소됐어요 / 책상 · 9,000원이 지갑에 돌아왔어요.',
      ],
      [
        '거래에 문제가 신고됐어요 / 책상 · 12,000원은 운영자가 결정할 때까지 움직이지 않아요.',
        '거래에 문제가 신고됐어요 / 책상 · 12,000원은 운영자가 결정할 때까지 움직이지 않아요.',
      ],
      [
        '운영자가 거래 문제를 결정했어요 / 책상 · 받는 돈은 8,000원이에요.',
        '운영자가 거래 문제를 결정했어요 / 책상 · 4,000원이 지갑에 돌아왔어요.',
      ],
      [
        '1,000원을 돌려줬어요 / 책상 · 지갑에서 내역을 볼 수 있어요.',
        '1,000원을 돌려받았어요 / 책상 · 지갑에서 내역을 볼 수 있어요.',
      ],
      [
        '내일 8,000원이 들어와요 / 책상 · 문제가 없으면 저절로 전해져요.',
        '내일 판매자에게 돈이 전해져요 / 책상 · 물건에 문제가 있으면 그 전에 알려 주세요.',
      ],
    ])
    expect(said(ofCompletion(completedBy(buyer), nameOf))[0]?.title).toBe('판매 대금 8,000원이 들어왔어요')
    expect(said(ofCompletion(completedBy(buyer), nameOf), 'en')[0]?.title).toBe('You received ₩8,000')
    for (const event of escrowBy(null))
      for (const { title, body } of said(ofEscrow(event, nameOf), 'en'))
        expect(`${title} ${body}`).not.toMatch(/[가-힣]{3}/)
  })

  it('is worth a letter when it is disputed or decided', () => {
    const mailed = escrowBy(null).filter((event) =>
      ofEscrow(event, nameOf).some(({ byMail }) => byMail !== 'never'),
    )
    expect(mailed.map(({ type }) => type)).toEqual(['trade.disputed', 'trade.decided'])
  })
})

describe('the money of a wallet', () => {
  it('is told to whom it comes, not to who moved it; a failed pay-out always, and by letter', () => {
    const charge = { chargeId: newId('chg', 1), memberId: buyer, amount: 50_000 }
    const charged = (actorId: MemberId | null) =>
      ofCharge(eventOf({ ...envelope, type: 'wallet.charged', actorId, data: charge }, 1))
    expect([told(charged(buyer)), told(charged(null))]).toEqual([[], [buyer]])
    const data = { transferId: newId('xfr', 1), fromId: seller, toId: buyer, amount: 7_000, memo: '점심' }
    const sent = ofTransfer(
      eventOf({ ...envelope, type: 'wallet.transferred', actorId: seller, data }, 1),
      nameOf,
    )
    expect(told(sent)).toEqual([buyer])
    expect(said(sent)).toEqual([{ title: '민지 님이 7,000원을 보냈어요', body: '점심' }])
    const payout = { payoutId: newId('pay', 1), memberId: buyer, amount: 7_000 }
    const failed = ofPayout(
      eventOf({ ...envelope, type: 'wallet.payout_failed', actorId: buyer, data: payout }, 1),
    )
    expect([told(failed), failed[0]?.byMail]).toEqual([[buyer], undefined])
    expect(said(failed)[0]?.title).toBe('7,000원을 계좌로 보내지 못했어요')
    const paid = ofPayout(eventOf({ ...envelope, type: 'wallet.paid_out', actorId: null, data: payout }, 1))
    expect([told(paid), paid[0]?.byMail]).toEqual([[buyer], 'never'])
  })
})

describe('a coupon', () => {
  it('that ends soon is told once, whoever tells it again', () => {
    const data = {
      ...{ couponId: newId('cpn', 1), campaignId: newId('cmp', 1), memberId: buyer, title: '3,000원 쿠폰' },
      expiresAtMs: Date.UTC(2026, 10, 22, 5, 30),
    }
    const [telling] = ofCoupon(eventOf({ ...envelope, type: 'coupon.expiring', actorId: null, data }, 1))
    expect(telling).toMatchObject({
      to: [buyer],
      url: '/me/coupons',
      source: `coupon:${data.couponId}`,
    })
    expect(said(telling === undefined ? [] : [telling])[0]?.body).toContain('11월 22일')
  })
})
