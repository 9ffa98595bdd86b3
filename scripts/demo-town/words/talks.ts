import type { ReviewTag } from '#contracts/trades'

/** Who says it, and what. */
export type Line = readonly [by: 'buyer' | 'seller', text: string]

/** A list a chance can pick from is never empty. */
type Some<Item> = readonly [Item, ...Item[]]

/** Talks about a thing, as neighbours have them; each stops where it could be answered. */
export const TALKS: Some<readonly Line[]> = [
  [
    ['buyer', '안녕하세요, 아직 있을까요?'],
    ['seller', '네, 있어요.'],
    ['buyer', '오늘 저녁에 보러 가도 될까요? 7시쯤이요.'],
    ['seller', '7시 좋아요. 역 2번 출구에서 뵐게요.'],
    ['buyer', '네, 도착하면 말씀드릴게요.'],
  ],
  [
    ['buyer', '사진에 보이는 긁힌 자국이 깊은가요?'],
    ['seller', '손톱에 안 걸릴 정도예요. 가까이 찍어서 더 보내 드릴게요.'],
    ['buyer', '고맙습니다. 괜찮아 보여요.'],
  ],
  [
    ['buyer', '혹시 2천 원만 빼 주실 수 있을까요?'],
    ['seller', '오늘 가져가시면 그렇게 할게요.'],
    ['buyer', '그럼 퇴근하고 8시에 갈게요.'],
    ['seller', '네, 현관 앞에 내려가 있을게요.'],
  ],
  [
    ['buyer', '크기가 어떻게 되나요? 차에 실을 수 있을지 몰라서요.'],
    ['seller', '가로 60, 세로 40이에요. 승용차 뒷자리에 들어가요.'],
    ['buyer', '딱 좋네요. 주말에도 괜찮으세요?'],
    ['seller', '토요일 오전이면 좋아요.'],
  ],
  [['buyer', '거래 장소를 도서관 앞으로 해도 될까요?']],
]

export const TALKS_EN: Some<readonly Line[]> = [
  [
    ['buyer', 'Hi, is this still available?'],
    ['seller', 'Yes, it is.'],
    ['buyer', 'Could I come by on Saturday morning?'],
    ['seller', 'Saturday at ten works for me.'],
  ],
]

export const MEETING_PLACES = [
  '역 2번 출구',
  '도서관 앞',
  '주민센터 정문',
  '공원 시계탑 아래',
  '편의점 앞',
] as const

type Said = { score: number; tags: readonly ReviewTag[]; text: string }
export const REVIEWS_OF_SELLER: Some<Said> = [
  { score: 5, tags: ['kind', 'as_described'], text: '설명 그대로였고 정말 친절하셨어요.' },
  { score: 5, tags: ['punctual', 'well_kept'], text: '시간 맞춰 나와 주셨고 물건도 깨끗해요.' },
  { score: 4, tags: ['quick_reply', 'good_price'], text: '답이 빨라서 편했어요.' },
]
export const REVIEWS_OF_BUYER: Some<Said> = [
  { score: 5, tags: ['punctual', 'kind'], text: '약속 시간을 잘 지켜 주셨어요.' },
  { score: 5, tags: ['quick_reply'], text: '이야기가 잘 통했어요.' },
]
