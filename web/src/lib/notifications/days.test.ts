import { expect, it } from 'vitest'
import { NotificationId } from '#contracts/ids'
import type { Notification } from '#contracts/notifications'
import { byDay } from './days.ts'

const seoulDay = (at: Date) => new Intl.DateTimeFormat('sv', { timeZone: 'Asia/Seoul' }).format(at)
const line = (last: string, at: string): Notification => ({
  id: NotificationId.parse(`ntf_01kaj5v0e8q6r1x3n7w2z9c4b${last}`),
  type: 'comment',
  title: last,
  body: '',
  url: '/',
  photo: null,
  count: 1,
  readAt: null,
  at,
})

it('puts lines under the day the reader’s clock had, in the order they came', () => {
  const now = new Date('2026-11-21T16:00:00Z') // one in the morning of the 22nd in Seoul
  const days = byDay(
    [
      line('a', '2026-11-21T15:30:00Z'),
      line('b', '2026-11-21T14:59:00Z'),
      line('c', '2026-11-20T15:00:00Z'),
      line('d', '2026-11-20T14:59:59Z'),
    ],
    now,
    seoulDay,
  )
  expect(days.map(({ name, items }) => [name, items.map(({ title }) => title).join('')])).toEqual([
    ['today', 'a'],
    ['yesterday', 'bc'],
    ['earlier', 'd'],
  ])
})
