import { z } from 'zod'
import type { Result } from '#contracts/errors'
import { MemberId } from '#contracts/ids'
import { DAY_MS, nowMs } from '#kit/clock'
import { ok, refuse } from '#kit/result'
import type { IdentityEnv } from './env.ts'
import { mailPutOnce } from './mail.store.ts'
import { accountById } from './member.store.ts'
import { sha256 } from './vault.ts'

const KEY_LENGTH_MAX = 255
const SUBJECT_LENGTH_MAX = 200
const TEXT_LENGTH_MAX = 10_000
/** What another worker writes to a member. A subject is one line: what would end it becomes a space. */
export const LetterFor = z.object({
  memberId: MemberId,
  key: z.string().min(1).max(KEY_LENGTH_MAX),
  subject: z
    .string()
    .min(1)
    .max(SUBJECT_LENGTH_MAX)
    .transform((subject) => subject.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()),
  text: z.string().min(1).max(TEXT_LENGTH_MAX),
})

/**
 * Puts a letter to the member's confirmed address into the outbox of mails; nobody else gets to know the address. The key makes its
 * id: asked again, the letter that is there stays, and is sent once. Not sent within a day, it is given up like every letter.
 */
export async function letterTo(
  env: IdentityEnv,
  { memberId, key, subject, text }: z.infer<typeof LetterFor>,
): Promise<Result<{ mailId: string }>> {
  const account = await accountById(env.DB, memberId)
  if (account === null) return refuse('NOT_FOUND')
  const mailId = `asked-${sha256(`${memberId} ${key}`)}`
  const atMs = nowMs()
  const letter = { to: account.email, subject, text }
  const expiresAtMs = atMs + DAY_MS
  await mailPutOnce(env.DB, env.IDENTITY_SECRET, {
    id: mailId,
    kind: 'asked',
    letter,
    atMs,
    expiresAtMs,
  }).run()
  return ok({ mailId })
}
