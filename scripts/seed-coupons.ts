import { DAY_MS, townDay } from '#kit/clock'
import { Made, post } from './seed-api.ts'

const DAYS = 31
const OPEN_FOR_DAYS = 14

/**
 * The demo town's coupons: the daily rush at one o'clock, and a small one that is open right now for whoever tries the app. The keys make
 * a start that was cut short open neither twice. Answers the one that is open.
 */
export async function seedCampaigns(origin: string, operatorToken: string): Promise<string> {
  const nowMs = Date.now()
  const open = (key: string, campaign: object) =>
    post(`${origin}/api/v1/coupons/campaigns`, campaign, {
      authorization: `Bearer ${operatorToken}`,
      'idempotency-key': key,
    })
  const today = townDay(nowMs)
  await open(`seed-daily-${today}`, {
    title: '매일 13시, 3,000원 쿠폰 100장',
    description: '날마다 오후 1시에 열려요. 한 사람에 하루 한 장, 먼저 누른 100명이 받아요.',
    discount: { kind: 'amount', amount: 3_000 },
    minSpend: 5_000,
    categories: [],
    total: 100,
    rhythm: { kind: 'daily', opensAtTime: '13:00', from: today, until: townDay(nowMs + (DAYS - 1) * DAY_MS) },
    validForDays: DAYS,
  })
  const welcome = await open(`seed-welcome-${today}`, {
    title: '처음 온 이웃, 10% 쿠폰 30장',
    description: '지금 바로 받을 수 있어요. 최대 5,000원까지 깎아 드려요.',
    discount: { kind: 'percent', percent: 10, cap: 5_000 },
    minSpend: 1_000,
    categories: [],
    total: 30,
    perMemberInAll: 1,
    rhythm: {
      kind: 'once',
      // Whole days: a start that goes on within the day sends the same request under the same key.
      opensAt: startOf(today),
      closesAt: startOf(townDay(nowMs + OPEN_FOR_DAYS * DAY_MS)),
    },
    validForDays: DAYS,
  })
  return Made.parse(welcome).id
}

const startOf = (day: string): string => new Date(`${day}T00:00:00+09:00`).toISOString()
