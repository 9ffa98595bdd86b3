import type { MemberId } from '#contracts/ids'
import type { Line } from '#do/inbox/index'
import { callWithin } from '#kit/call'
import { SECOND_MS } from '#kit/clock'
import type { Locale } from '#kit/problem'
import type { NotificationsEnv } from './env.ts'
import { letterOf } from './letter.rules.ts'
import { notificationOf } from './notification.rules.ts'

const WRITTEN_WITHIN_MS = 5 * SECOND_MS

/**
 * Has identity write to the member, who alone knows the address; the line's id is the letter's key, so that it is sent once. False when
 * it must be tried again; a member without an address is not written to.
 */
export async function writeTo(
  env: NotificationsEnv,
  memberId: MemberId,
  line: Line,
  locale: Locale,
): Promise<boolean> {
  const ctx = {
    actor: { kind: 'worker', worker: 'notifications' },
    requestId: line.id,
    idempotencyKey: `${line.id}:letter`,
  } as const
  const letter = letterOf(notificationOf(line, locale), locale, env.SITE_ORIGIN ?? '')
  return await callWithin(
    'identity.letter',
    WRITTEN_WITHIN_MS,
    async () => {
      const written = await env.IDENTITY.letter(ctx, { memberId, key: line.id, ...letter })
      return written.ok || written.refusal.code !== 'UNAVAILABLE'
    },
    () => false,
  )
}
