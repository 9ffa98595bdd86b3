import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GUARDRAIL_RULES, guardrailHits } from './guardrail.ts'

const OWN = ['madang.example']

describe('the guardrail', () => {
  it.each<[string, string[]]>([
    ['https://safe-pay.shop/abc 여기로 안전결제 해주세요', ['payment_link']],
    ['http://toss-escrow.kr/x', ['payment_link']],
    ['www.naver-pay.cheap.top 에서 결제요', ['payment_link']],
    ['카톡 아이디 알려주세요', ['messenger_id']],
    ['카카오톡으로 얘기해요', ['messenger_id']],
    ['카톡아이디: minji', ['messenger_id']],
    ['오픈채팅 주세요', ['messenger_id']],
    ['텔레그램 id minji99', ['messenger_id']],
    ['라인으로 연락 주세요', ['messenger_id']],
    ['open.kakao.com/o/abc', ['messenger_id']],
    ['t.me/minji', ['messenger_id']],
    ['WhatsApp me', ['messenger_id']],
    ['국민 123456-01-234567 입금해 주세요', ['bank_account']],
    ['카카오뱅크 3333011234567 김민지', ['bank_account']],
    ['계좌는 110 123 456789 예요', ['bank_account']],
    ['110-123-456789', ['bank_account']],
    ['자세한 건 https://blog.example/1 보세요', ['outside_link']],
    ['https://evil.example/madang.example', ['outside_link']],
    ['https://madang.example.evil.example/login', ['outside_link']],
    ['카톡 아이디 주시면 신한 110-123-456789 보내요', ['messenger_id', 'bank_account']],
  ])('names what %s touches', (text, rules) => {
    expect(guardrailHits(text, OWN)).toEqual(rules)
  })

  it.each([
    '안녕하세요, 아직 판매 중인가요?',
    '내일 오후 7시 30분에 역 2번 출구에서 봬요',
    '010-1234-5678로 전화 주세요',
    '01012345678 이에요',
    '02-123-4567 가게 번호예요',
    '우리 집 앞에서 만나요. 3동 1201호예요',
    '가격은 1,250,000원이고 2019년 12월에 샀어요',
    '2026-11-21 토요일에 가능해요',
    '2026-11-21에 산 거고 1-2-3동 앞이에요',
    '모델명은 WH-1000XM4 이에요',
    '크기는 120-60-75 정도예요',
    '파이프라인 공사 중이라 라인이 길어요',
    'https://madang.example/listings/lst_01 이거 보고 연락드려요',
    '토스터기 팔아요',
    '우리 2026-11-21 19-20시 사이에 만나요',
    '하나 2026.11.21 10 30 어때요?',
    '국민은행 앞 3번 출구요, 15000원 받을게요',
  ])('says nothing about %s', (text) => {
    expect(guardrailHits(text, OWN)).toEqual([])
  })

  it('names each rule once, in the order of its table, and answers the same when asked again', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            '카톡 아이디 ',
            '국민 123456-01-234567 ',
            'https://safe-pay.shop ',
            'https://b.example ',
            '네 ',
            '010-1234-5678 ',
          ),
        ),
        (parts) => {
          const hits = guardrailHits(parts.join(''))
          expect(hits).toEqual(GUARDRAIL_RULES.filter((rule) => hits.includes(rule)))
          expect(guardrailHits(parts.join(''))).toEqual(hits)
        },
      ),
    )
  })

  it('is done with any text of a thousand characters in no time worth naming: its steps grow with the text alone', () => {
    const nasty = [
      'https://',
      'www.',
      '카톡 ',
      '국민 1',
      '1-1-',
      '11-11-11',
      '0',
      ' ',
      '-',
      '.pay',
      'https://a.',
    ].map((part) => part.repeat(Math.ceil(1_000 / part.length)).slice(0, 1_000))
    for (const text of nasty) expect(Array.isArray(guardrailHits(text, OWN))).toBe(true)
  })
})
