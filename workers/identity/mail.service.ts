import { DAY_MS, nowMs, SECOND_MS } from '#kit/clock'
import { describeError, log } from '#kit/log'
import type { Locale } from '#kit/problem'
import type { IdentityEnv } from './env.ts'
import { CODE_LIFE_MS } from './limits.rules.ts'
import { cloudflareSender } from './mail/cloudflare.ts'
import { type LetterCause, letterOf } from './mail/letters.ts'
import type { MailSender } from './mail/port.ts'
import { resendSender } from './mail/resend.ts'
import { mailPut, markMailSent, takeMail, waitingMails } from './mail.store.ts'

/** A letter written in the batch of its cause: stands or falls with it, and is sent after it. */
export type WrittenMail = { id: string; statement: D1PreparedStatement }

/** Writes a letter. One with a code is worthless once the code is over, and is not sent then. */
export function writeMail(
  env: IdentityEnv,
  reader: { email: string; locale: Locale },
  cause: LetterCause,
  atMs: number,
): WrittenMail {
  const id = crypto.randomUUID()
  const expiresAtMs = atMs + ('code' in cause ? CODE_LIFE_MS : DAY_MS)
  const letter = letterOf(reader.email, reader.locale, cause)
  return {
    id,
    statement: mailPut(env.DB, env.IDENTITY_SECRET, { id, kind: cause.kind, letter, atMs, expiresAtMs }),
  }
}

/** Sends a committed letter, in `waitUntil`. When that fails, or the process dies, the tick sends it later. */
export async function deliverMail(env: IdentityEnv, id: string): Promise<void> {
  try {
    const letter = await takeMail(env.DB, env.IDENTITY_SECRET, id, nowMs())
    if (letter === null) return
    await senderOf(env).send(id, letter)
    await markMailSent(env.DB, id, nowMs())
  } catch (error) {
    log('warn', 'letter put off to the tick', { mailId: id, ...describeError(error) })
  }
}

/** A sweep sends this many at a time, and begins no more of them after the budget: the tick has other things to do. */
const SWEEP_AT_ONCE = 10
const SWEEP_BUDGET_MS = 15 * SECOND_MS

/** The tick's sweep: sends what is still unsent. What it leaves, or fails to send, is the next one's. */
export async function deliverWaitingMails(env: IdentityEnv, atMs: number): Promise<void> {
  const ids = await waitingMails(env.DB, atMs)
  const untilMs = nowMs() + SWEEP_BUDGET_MS
  for (let start = 0; start < ids.length && nowMs() < untilMs; start += SWEEP_AT_ONCE) {
    await Promise.all(ids.slice(start, start + SWEEP_AT_ONCE).map((id) => deliverMail(env, id)))
  }
}

function senderOf(env: IdentityEnv): MailSender {
  if (env.EMAIL) return cloudflareSender({ binding: env.EMAIL, from: env.MAIL_FROM })
  const http = env.MAIL_HTTP ?? {
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
  }
  return resendSender({ http, apiKey: env.RESEND_API_KEY, from: env.MAIL_FROM })
}
