import { type Handle, type HandleFetch, type HandleServerError, redirect } from '@sveltejs/kit'
import { sequence } from '@sveltejs/kit/hooks'
import { groundsOf, isTheme } from '$lib/frame/theme.ts'
import { m } from '$lib/paraglide/messages.js'
import { paraglideMiddleware } from '$lib/paraglide/server.js'
import { ACCESS_COOKIE, REFRESH_COOKIE } from '$lib/session/cookies.ts'
import { refreshFromCookie } from '$lib/session/refresh.ts'
import { SDK_ORIGIN } from '$lib/wallet/checkout.ts'

/** What the edge says about the caller; passed on with each question we ask for them. */
const PASSED_ON = ['x-madang-visitor', 'x-madang-ip', 'x-request-id', 'traceparent', 'user-agent'] as const
/** The edge's mark on whoever just wrote: their reads pass its cache by. */
const WROTE_COOKIE = '__Host-madang_wrote'
/** A name, not an address: the binding decides where it goes. */
const GATEWAY = 'https://madang'
const TELLS_OF_SUSPENSION = /^\/(sign-in|notices\/)/
const PAGE_HEADERS = {
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-content-type-options': 'nosniff',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(self)',
} as const

const language: Handle = ({ event, resolve }) =>
  paraglideMiddleware(event.request, ({ request, locale }) => {
    event.request = request
    const kept = event.cookies.get('madang_theme')
    const theme = isTheme(kept) ? kept : 'system'
    const [byDay, byNight] = groundsOf(theme)
    return resolve(event, {
      transformPageChunk: ({ html }) =>
        html
          .replace('<html lang="ko"', `<html lang="${locale}"`)
          .replace('%theme%', theme)
          .replace('%manifest%', locale === 'ko' ? 'manifest' : `manifest.${locale}`)
          .replace('%ground-by-day%', byDay)
          .replace('%ground-by-night%', byNight),
      filterSerializedResponseHeaders: (name) => name === 'content-type',
    })
  })

/** The one page that lets the provider's window in: its script, its frames, and where they report to. */
const CHECKOUT = '/wallet/charges/[id]/pay'
const CHECKOUT_SOURCES: Record<string, string> = {
  'script-src': SDK_ORIGIN,
  'connect-src': 'https://*.portone.io',
  'frame-src': 'https:',
  'form-action': 'https:',
}
function letCheckoutIn(headers: Headers): void {
  const policy = headers.get('content-security-policy')
  if (policy === null) return
  const named = new Map(policy.split(';').map((line) => [line.trim().split(' ')[0] ?? '', line.trim()]))
  for (const [name, source] of Object.entries(CHECKOUT_SOURCES))
    named.set(name, `${named.get(name) ?? `${name} 'self'`} ${source}`)
  headers.set('content-security-policy', [...named.values()].filter(Boolean).join('; '))
}

const session: Handle = async ({ event, resolve }) => {
  event.locals.accessToken = event.cookies.get(ACCESS_COOKIE) ?? null
  // Our own refresh and sign-out endpoints trade the token themselves.
  const tradesItself = event.url.pathname.startsWith('/session/')
  if (event.locals.accessToken === null && event.cookies.get(REFRESH_COOKIE) !== undefined && !tradesItself) {
    const refreshed = await refreshFromCookie(event.fetch, event.cookies)
    if (refreshed.kind === 'fresh') event.locals.accessToken = refreshed.accessToken
    // Once, on the page on which it happens: they are told why they are signed out, unless they read just that.
    if (refreshed.kind === 'suspended' && !TELLS_OF_SUSPENSION.test(event.url.pathname))
      redirect(303, '/sign-in')
  }
  const response = await resolve(event)
  if (!event.isSubRequest) {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.headers.set(name, value)
    if (event.route.id === CHECKOUT) letCheckoutIn(response.headers)
    // A page knows its reader's language, theme and name: only the data behind it is shared.
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-cache')
  }
  return response
}

export const handle = sequence(language, session)

/** Questions to the API go through the edge's own binding, with the caller's access token and nothing else of their cookies. */
export const handleFetch: HandleFetch = ({ event, request, fetch }) => {
  const url = new URL(request.url)
  if (url.origin !== event.url.origin || !url.pathname.startsWith('/api/')) return fetch(request)
  const edge = event.platform?.env.EDGE
  if (edge === undefined) return Promise.reject(new Error('the EDGE binding is missing'))
  const headers = new Headers(request.headers)
  const cookies = [
    [ACCESS_COOKIE, event.locals.accessToken],
    [WROTE_COOKIE, event.cookies.get(WROTE_COOKIE)],
  ].filter(([, value]) => value)
  headers.set('cookie', cookies.map(([name, value]) => `${name}=${value}`).join('; '))
  for (const name of PASSED_ON) {
    const value = event.request.headers.get(name)
    if (value !== null) headers.set(name, value)
  }
  headers.set('origin', GATEWAY)
  return edge.fetch(new Request(`${GATEWAY}${url.pathname}${url.search}`, new Request(request, { headers })))
}

export const handleError: HandleServerError = ({ error, event, status }) => {
  // The edge names the request by its trace; what a reader quotes is what the logs of every worker carry.
  const requestId = event.request.headers.get('traceparent')?.split('-')[1] ?? ''
  if (status === 404) return { message: m.error_404_title(), requestId }
  console.error(JSON.stringify({ level: 'error', requestId, path: event.url.pathname, error: String(error) }))
  return { message: m.error_500_title(), requestId }
}
