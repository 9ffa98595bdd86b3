/** What people write around a thing: why they sell, in which state it is, how to hand it over, and how they talk below it. */
import type { Category } from '#contracts/listings'

type Phrases = readonly [string, ...string[]]

export const WHY: Phrases = [
  '이사하면서 짐을 줄이고 있어요.',
  '새로 장만해서 자리를 비우려고 해요.',
  '쓸 일이 생각보다 없네요.',
  '선물로 받았는데 저랑은 잘 안 맞아요.',
  '둘 곳이 마땅치 않아서 아쉽지만 보내요.',
  '같은 게 하나 더 생겨서 내놓습니다.',
  '방을 정리하다가 나왔어요.',
  '더 잘 써 주실 분께 갔으면 해요.',
  '올해는 물건을 좀 덜어내 보려고요.',
  '결혼하면서 살림이 겹쳐서 정리합니다.',
]
export const STATE: Phrases = [
  '사용감은 조금 있지만 기능은 멀쩡해요.',
  '상태는 사진 그대로예요.',
  '눈에 띄는 하자는 없어요.',
  '깨끗하게 닦아 두었습니다.',
  '생활 흠집은 감안해 주세요.',
  '산 지 일 년 조금 넘었어요.',
  '궁금한 부분은 사진 더 보내드릴게요.',
  '꼼꼼하게 쓰는 편이라 상태가 좋아요.',
]
/** Things that live, spoil or end: a word about use would sound wrong. */
export const FRESH: Phrases = [
  '사진은 오늘 찍었어요.',
  '필요한 만큼 말씀해 주세요.',
  '빨리 가져가실 분이면 좋겠어요.',
  '궁금한 건 편하게 물어봐 주세요.',
]
export const HANDOVER: Phrases = [
  '{place} 근처에서 평일 저녁 일곱 시 이후에 뵐 수 있어요.',
  '주말 오전이면 {place} 어디든 괜찮아요.',
  '{place} 주민센터 앞에서 건네드릴게요.',
  '직거래만 할게요, {place} 쪽이에요.',
  '집이 {place}라 가까운 분이면 문 앞까지 가져다드릴게요.',
  '역 앞에서 만나면 제일 편해요.',
  '먼저 연락 주신 분께 드려요.',
  '조금 깎아 달라는 말씀은 만나서 해 주세요.',
  '택배는 어렵고 직접 오실 분만 부탁드려요.',
  '주차 잠깐 할 수 있는 곳이에요.',
]
export const GIVEAWAY: Phrases = [
  '필요한 분께 그냥 드려요.',
  '돈은 안 받을게요, 잘 써 주시기만 하면 돼요.',
  '버리기 아까워서 나눔해요.',
  '시간 약속만 꼭 지켜 주세요.',
]
export const WHY_EN: Phrases = [
  'Moving out at the end of the month.',
  'I bought a bigger one.',
  'It deserves more use than I give it.',
  'Clearing out the spare room.',
]
export const STATE_EN: Phrases = [
  'Some signs of use, works perfectly.',
  'Just as you see in the photos.',
  'No damage that I know of.',
  'Cleaned and ready to go.',
]
export const HANDOVER_EN: Phrases = [
  'Pick-up near {place}, evenings after seven.',
  'Weekends are best, anywhere in {place}.',
  'I can meet you in front of the station.',
  'First come, first served.',
]
export const GIVEAWAY_EN: Phrases = ['Free to a good home.', 'No money, just please show up on time.']

/** A question under a thing, and the answers that fit it. */
export type Thread = readonly [question: string, ...answers: string[]]
type Threads = readonly [Thread, ...Thread[]]

export const THREADS: Threads = [
  [
    '아직 있을까요?',
    '네, 아직 있어요.',
    '네, 있어요. 채팅 주세요.',
    '오늘 보러 오시는 분이 계신데 내일 다시 말씀드릴게요.',
  ],
  [
    '혹시 조금 깎아 주실 수 있을까요?',
    '만나서 천 원 정도는 빼드릴게요.',
    '이미 많이 내린 값이라 어려워요, 죄송해요.',
  ],
  ['오늘 저녁에 받을 수 있을까요?', '오늘은 어렵고 내일 저녁은 괜찮아요.', '여덟 시 이후면 괜찮아요.'],
  [
    '실제 크기가 어느 정도 되나요?',
    '줄자로 재서 채팅으로 알려드릴게요.',
    '사진보다 조금 작다고 보시면 돼요.',
  ],
  ['언제 구입하신 건가요?', '작년 봄에 샀어요.', '이 년 조금 안 됐어요.'],
  [
    '사진 한 장만 더 볼 수 있을까요?',
    '채팅 주시면 사진 더 보내드릴게요.',
    '저녁에 밝은 데서 찍어 올려 둘게요.',
  ],
  ['주말에 가지러 가도 괜찮을까요?', '토요일 오전이면 좋겠어요.', '일요일 오후에 집에 있어요.'],
  ['차 없이 들고 갈 수 있을까요?', '혼자 들기에는 조금 무거워요.', '큰 장바구니 하나면 충분해요.'],
  ['색이 사진이랑 비슷한가요?', '햇빛에서 보면 조금 더 진해요.', '네, 거의 똑같아요.'],
  ['예약 취소되면 알려 주세요.', '순서대로 연락드릴게요.'],
  ['부모님 드리려고 하는데 괜찮을까요?', '저희 어머니도 잘 쓰셨어요.', '네, 마음에 드실 거예요.'],
  ['저도 같은 거 쓰는데 정말 좋아요.', '그렇죠, 보내려니 아쉽네요.'],
  ['가격이 참 좋네요.', '빨리 정리하고 싶어서요.', '관심 가져 주셔서 고마워요.'],
  ['직접 보고 결정해도 될까요?', '그럼요, 편하게 보고 가세요.'],
]
export const THREADS_EN: Threads = [
  ['Is this still available?', 'Yes, still here.', 'Yes, send me a chat.'],
  ['Could I pick it up tomorrow evening?', 'Tomorrow after seven works for me.'],
  ['What are the measurements?', 'Send me a chat and I will measure it.'],
  ['Would you take a little less?', 'A little, if you come this week.', 'The price is already low, sorry.'],
  ['한국어로 여쭤봐도 될까요?', '네, 한국어도 괜찮아요.', 'Korean is fine, 편하게 물어보세요.'],
]

export const NICKNAMES: readonly string[] = [
  '민지',
  '준호',
  '서연',
  '감나무집',
  '골목고양이',
  '빵굽는하루',
  '느린산책',
  '도윤아빠',
  '초록손',
  '유자청',
  '자전거탄풍경',
  '책읽는곰',
  '하은맘',
  '필름한롤',
  '새벽조깅',
  '국수한그릇',
  '은빛물결',
  '마당쓸기',
  '살구',
  '두부장수',
  '바닷바람',
  '동네기타',
  '재봉틀언니',
  '귤밭지기',
  '오늘의화분',
  '태양이네',
  'Haru Park',
  'Emma',
  'Daniel K',
  'slow.june',
]
/** Sign-in names, in the order of the nicknames. */
export const LOGIN_IDS: readonly string[] = [
  'minji',
  'junho',
  'seoyeon',
  'gamnamu',
  'alleycat',
  'breadday',
  'slowwalk',
  'doyundad',
  'greenhand',
  'yuzutea',
  'bikeview',
  'bookbear',
  'haeunmom',
  'filmroll',
  'dawnrun',
  'noodlebowl',
  'silverwave',
  'madangsweep',
  'salgu',
  'tofuman',
  'seabreeze',
  'townguitar',
  'sewingsis',
  'mandarin',
  'todaypot',
  'taeyang',
  'harupark',
  'emma',
  'danielk',
  'slowjune',
]

export const WITHOUT_STATE: ReadonlySet<Category> = new Set<Category>([
  'food',
  'plants',
  'tickets',
  'handmade',
])
