import { refreshFromCookie } from '$lib/session/refresh.ts'
import type { RequestHandler } from './$types.js'

const OUTAGE_STATUS = 503

/** What the browser asks when a call came back 401. 204: try again; 401: signed out; 503: nobody knows, cookies stay. */
export const POST: RequestHandler = async ({ request, url, fetch, cookies }) => {
  if (request.headers.get('origin') !== url.origin) return new Response(null, { status: 403 })
  const refreshed = await refreshFromCookie(fetch, cookies)
  if (refreshed.kind === 'fresh') return new Response(null, { status: 204 })
  return new Response(null, { status: refreshed.kind === 'unknown' ? OUTAGE_STATUS : 401 })
}
