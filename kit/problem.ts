import { ERRORS, type Problem, type Refusal } from '#contracts/errors'

export type Locale = 'ko' | 'en'

/** Korean unless the caller prefers English: the first of the two that `Accept-Language` names wins. */
export function localeOf(headers: Headers): Locale {
  const asked = headers.get('accept-language') ?? ''
  const english = asked.search(/\ben\b/i)
  const korean = asked.search(/\bko\b/i)
  return english >= 0 && (korean < 0 || english < korean) ? 'en' : 'ko'
}

/** When to come back to what is not available, unless the refusal knows better. */
const UNAVAILABLE_RETRY_SECONDS = 2

/** A refusal as RFC 9457 `application/problem+json`, in the caller's language; never cached. */
export function problemResponse(refusal: Refusal, locale: Locale, requestId: string): Response {
  const { status, title, detail } = ERRORS[refusal.code]
  const retryAfterSeconds =
    refusal.retryAfterSeconds ?? (status === 503 ? UNAVAILABLE_RETRY_SECONDS : undefined)
  const problem: Problem = {
    type: `/problems/${refusal.code.toLowerCase().replaceAll('_', '-')}`,
    title: title[locale],
    status,
    code: refusal.code,
    detail: detail[locale],
    requestId,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(refusal.errors === undefined ? {} : { errors: refusal.errors }),
  }
  const headers = new Headers({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    vary: 'Accept-Language',
  })
  if (retryAfterSeconds !== undefined) headers.set('retry-after', String(retryAfterSeconds))
  if (status === 401) headers.set('www-authenticate', 'Bearer')
  return new Response(JSON.stringify(problem), { status, headers })
}
