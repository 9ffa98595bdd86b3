import { type Cookies, fail, redirect } from '@sveltejs/kit'
import type { FieldError } from '#contracts/errors'
import type { Session } from '#contracts/identity'
import { call, type Fetch, type Trouble } from '$lib/api/client.ts'
import { sentenceOf } from '$lib/api/fail.ts'
import { m } from '$lib/paraglide/messages.js'
import { keepSession } from './cookies.ts'
import { suspendedUntilOf, suspendedWords } from './suspended.ts'

export type FieldErrors = Record<string, string>
const OUTAGE_STATUS = 503

/** The text of a form field; a file or a missing field counts as empty. */
export const textOf = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

const FIELD_WORDS: Record<string, () => string> = {
  loginId: m.field_login_id,
  email: m.field_email,
  password: m.field_password,
  nickname: m.field_nickname,
  code: m.field_code,
}

const inWords = (errors: FieldError[]): FieldErrors =>
  Object.fromEntries(
    errors.map(({ path, message }) => {
      const field = path.replace(/^\//, '')
      return [field, FIELD_WORDS[field]?.() ?? message]
    }),
  )

const FIELD_OF_CODE: Record<string, string> = {
  LOGIN_ID_TAKEN: 'loginId',
  NICKNAME_TAKEN: 'nickname',
  PASSWORD_WEAK: 'password',
  CODE_WRONG: 'code',
}

/** What a form shows after a refusal: the sentence beside its field when it has one, else above the button. */
export function refused<Kept extends Record<string, unknown>>(trouble: Trouble, kept: Kept) {
  const errors: FieldErrors = {}
  let note = ''
  if (trouble.kind !== 'refusal') note = `${m.trouble_server_title()}. ${m.trouble_server_body()}`
  else {
    const { code, title } = trouble.problem
    const suspendedUntilMs = suspendedUntilOf(trouble)
    const field = FIELD_OF_CODE[code]
    Object.assign(errors, inWords(trouble.problem.errors ?? []))
    if (field) errors[field] = title
    if (suspendedUntilMs !== null) note = suspendedWords(suspendedUntilMs)
    else if (Object.keys(errors).length === 0) note = sentenceOf(trouble)
  }
  const requestId = trouble.kind === 'refusal' ? trouble.problem.requestId : ''
  const status = trouble.kind === 'refusal' ? trouble.problem.status : OUTAGE_STATUS
  return fail(status, { ...kept, errors, note, requestId })
}

/** Only paths of our own: `?next=` must not send anyone elsewhere. */
export function nextOf(url: URL): string {
  const next = url.searchParams.get('next') ?? '/'
  const target = new URL(next, url.origin)
  return target.origin === url.origin ? target.pathname + target.search : '/'
}

const EMAIL_SHAPE = /^\S+@\S+\.\S+$/
const CODE_SHAPE = /^\d{6}$/

const codeStepOf = (form: FormData) => ({
  step: 'code' as const,
  email: textOf(form, 'email').trim(),
  asksEmail: textOf(form, 'asksEmail') === 'true',
  resent: false,
})

/** Confirms the mailed code; on success the reader is signed in and goes where they were going. */
export async function confirmCode(event: { fetch: Fetch; cookies: Cookies; url: URL }, form: FormData) {
  const kept = codeStepOf(form)
  const { email } = kept
  const code = textOf(form, 'code').replace(/\s/g, '')
  const errors: FieldErrors = {
    ...(EMAIL_SHAPE.test(email) ? {} : { email: m.field_email() }),
    ...(CODE_SHAPE.test(code) ? {} : { code: m.field_code() }),
  }
  if (Object.keys(errors).length > 0) return fail(400, { ...kept, errors, note: '', requestId: '' })
  const reply = await call<Session>(event.fetch, 'POST', '/auth/verify-email', { body: { email, code } })
  if (!reply.ok) return refused(reply.trouble, kept)
  keepSession(event.cookies, reply.value)
  redirect(303, nextOf(event.url))
}

export async function resendCode(event: { fetch: Fetch }, form: FormData) {
  const kept = codeStepOf(form)
  const { email } = kept
  if (!EMAIL_SHAPE.test(email))
    return fail(400, { ...kept, errors: { email: m.field_email() }, note: '', requestId: '' })
  const reply = await call(event.fetch, 'POST', '/auth/resend-code', { body: { email } })
  if (!reply.ok) return refused(reply.trouble, kept)
  return { ...kept, resent: true, errors: {}, note: '', requestId: '' }
}
