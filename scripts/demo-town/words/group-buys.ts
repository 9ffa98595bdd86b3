/** What neighbours buy in bulk together. Numbers of members and hours are the town's own; the clock is the caller's. */
import type { Category } from '#contracts/listings'
import type { SceneKind } from '../scenes/index.ts'

export interface TownGroupBuy {
  /** Index into the town's members. */
  host: number
  scene: SceneKind
  title: string
  description: string
  category: Category
  unit: string
  unitPrice: number
  shopUnitPrice: number
  totalUnits: number
  minUnits: number
  hostUnits: number
  endsInHours: number
  openedHoursAgo: number
  place: string
  keywords: string[]
  /** Who is in it, with how many units. */
  joined: { member: number; units: number }[]
}

const joined = (...pairs: [member: number, units: number][]) =>
  pairs.map(([member, units]) => ({ member, units }))

export const GROUP_BUYS: readonly TownGroupBuy[] = [
  {
    ...{ host: 0, scene: 'fruit', category: 'food', title: '제주 노지 감귤 5kg, 산지에서 바로' },
    description:
      '서귀포 농가에서 따는 날 보내 주세요. 열두 상자부터 배송비 없이 옵니다. 터진 것이 있으면 그만큼 빼고 나눌게요.',
    ...{ unit: '상자', unitPrice: 14_000, shopUnitPrice: 19_900, totalUnits: 12, minUnits: 8, hostUnits: 2 },
    ...{ endsInHours: 50, openedHoursAgo: 20, place: '망원역 2번 출구 앞', keywords: ['귤', '과일'] },
    joined: joined([1, 2], [2, 1], [5, 2]),
  },
  {
    ...{ host: 1, scene: 'mug', category: 'food', title: '동네 로스터리 원두 1kg 같이 볶아요' },
    description:
      '에티오피아 중배전이에요. 열 봉지를 한 번에 볶으면 값이 많이 내려가요. 볶은 다음 날 나눕니다.',
    ...{ unit: '봉지', unitPrice: 21_000, shopUnitPrice: 29_000, totalUnits: 10, minUnits: 6, hostUnits: 2 },
    ...{ endsInHours: 22, openedHoursAgo: 40, place: '로스터리 앞 벤치', keywords: ['커피', '원두'] },
    joined: joined([0, 2], [4, 2], [6, 3]),
  },
  {
    ...{ host: 2, scene: 'candles', category: 'living', title: '소이캔들 만들기 재료, 왁스 20kg 나누기' },
    description: '1kg씩 소분해서 드려요. 심지와 유리 용기도 같이 주문해요.',
    ...{ unit: 'kg', unitPrice: 6_500, shopUnitPrice: 9_800, totalUnits: 20, minUnits: 12, hostUnits: 4 },
    ...{ endsInHours: 5, openedHoursAgo: 60, place: '주민센터 1층 로비', keywords: ['캔들', '재료'] },
    joined: joined([3, 3], [7, 4]),
  },
  {
    ...{ host: 7, scene: 'succulents', category: 'plants', title: '다육이 모둠 화분, 농원에서 한 판으로' },
    description: '한 판에 스물네 화분이에요. 골라 가실 수 있게 토요일 오전에 펼쳐 놓을게요.',
    ...{ unit: '화분', unitPrice: 3_000, shopUnitPrice: 5_500, totalUnits: 24, minUnits: 16, hostUnits: 6 },
    ...{ endsInHours: 96, openedHoursAgo: 8, place: '어린이공원 정자', keywords: ['다육이', '화분'] },
    joined: joined([2, 3], [8, 2]),
  },
  {
    ...{ host: 9, scene: 'bowls', category: 'living', title: '이천 도자기 밥공기 4개 묶음' },
    description: '공방에서 조금 흠 있는 것을 싸게 내놓는대요. 네 개씩 묶어서 나눠요.',
    ...{ unit: '묶음', unitPrice: 16_000, shopUnitPrice: 28_000, totalUnits: 8, minUnits: 4, hostUnits: 1 },
    ...{ endsInHours: 130, openedHoursAgo: 3, place: '도서관 앞 계단', keywords: ['그릇', '도자기'] },
    joined: [],
  },
  {
    ...{ host: 29, scene: 'yarn', category: 'hobby', title: 'Merino yarn by the cone' },
    description: 'The mill ships from ten cones on. Happy to wind smaller balls for you.',
    ...{ unit: 'cone', unitPrice: 18_000, shopUnitPrice: 26_000, totalUnits: 10, minUnits: 10, hostUnits: 3 },
    ...{ endsInHours: 75, openedHoursAgo: 12, place: 'Cafe by the park', keywords: ['yarn', 'knitting'] },
    joined: joined([0, 1], [11, 2]),
  },
]
