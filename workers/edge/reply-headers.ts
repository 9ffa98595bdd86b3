/** What the domains say to the edge alone. */
const INTERNAL_HEADERS = ['cache-tag', 'x-madang-purge', 'x-madang-seen']

const SECURITY_HEADERS: readonly (readonly [string, string])[] = [
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'strict-origin-when-cross-origin'],
  ['x-frame-options', 'DENY'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), microphone=(), geolocation=(self), payment=()'],
  ['strict-transport-security', 'max-age=31536000; includeSubDomains'],
]
/** Replies that are no pages run nothing; a page or photo brings its own policy. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** Replaces what is for inside by what every reply to the outside carries. */
export function dressForOutside(headers: Headers): Headers {
  for (const name of INTERNAL_HEADERS) headers.delete(name)
  for (const [name, value] of SECURITY_HEADERS) headers.set(name, value)
  if (!headers.has('content-security-policy') && !isPage(headers))
    headers.set('content-security-policy', API_POLICY)
  return headers
}

const isPage = (headers: Headers): boolean => headers.get('content-type')?.startsWith('text/html') ?? false

/** The same reply with headers we may change, made fit for the outside; a WebSocket's stays as it is. */
export function dressed(reply: Response): Response {
  if (reply.webSocket) return reply
  const outward = new Response(reply.body, reply)
  dressForOutside(outward.headers)
  return outward
}
