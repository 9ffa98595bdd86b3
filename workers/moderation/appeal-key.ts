import { createHmac, timingSafeEqual } from 'node:crypto'
import type { DecisionId, MemberId } from '#contracts/ids'
import { DAY_MS } from '#kit/clock'

/** As long as a mailed way to appeal stays open. */
export const APPEAL_KEY_LIFE_MS = 60 * DAY_MS
const KEY_BYTES = 32

type Judged = { id: DecisionId; memberId: MemberId; atMs: number }

/** The page of our own on which a suspended member, who can no longer sign in, reads a decision and appeals. */
export const appealPathOf = (secret: string, judged: Pick<Judged, 'id' | 'memberId'>): string =>
  `/notices/${judged.id}?key=${macOf(secret, judged).toString('base64url')}`

/** Whether a key was made for this decision about this member, and is not over yet. */
export function opensAppeal(secret: string, judged: Judged, key: string, atMs: number): boolean {
  const shown = Buffer.from(key, 'base64url')
  const isSpelledRight = shown.length === KEY_BYTES && shown.toString('base64url') === key
  const isInTime = atMs - judged.atMs < APPEAL_KEY_LIFE_MS
  return isSpelledRight && timingSafeEqual(macOf(secret, judged), shown) && isInTime
}

const macOf = (secret: string, { id, memberId }: Pick<Judged, 'id' | 'memberId'>): Buffer =>
  createHmac('sha256', secret).update(`appeal\n${id}\n${memberId}`).digest()
