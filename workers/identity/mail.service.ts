import { DAY_MS, nowMs } from '#kit/clock'
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

/** The tick's sweep: sends what is still unsent. Returns how many it tried. */
export async function deliverWaitingMails(env: IdentityEnv, atMs: number): Promise<number> {
  const ids = await waitingMails(env.DB, atMs)
  for (const id of ids) await deliverMail(env, id)
  return ids.length
}

function senderOf(env: IdentityEnv): MailSender {
  if (env.EMAIL) return cloudflareSender({ binding: env.EMAIL, from: env.MAIL_FROM })
  const http = env.MAIL_HTTP ?? {
    fetch: (input: RequestInfo | URL, init?: RequestInit) => fetch(input, init),
  }
  return resendSender({ http, apiKey: env.RESEND_API_KEY, from: env.MAIL_FROM })
}
