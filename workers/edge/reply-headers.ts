/** What the domains say to the edge alone. */
const INTERNAL_HEADERS = ['cache-tag', 'x-madang-purge', 'x-madang-seen']

type Header = readonly [name: string, value: string]

const EVERY_REPLY: readonly Header[] = [
  ['x-content-type-options', 'nosniff'],
  ['cross-origin-resource-policy', 'same-origin'],
  ['strict-transport-security', 'max-age=31536000; includeSubDomains'],
]
/** What only means something where there is a document. */
const PAGES: readonly Header[] = [
  ['referrer-policy', 'strict-origin-when-cross-origin'],
  ['x-frame-options', 'DENY'],
  ['cross-origin-opener-policy', 'same-origin'],
  ['permissions-policy', 'camera=(), microphone=(), geolocation=(self), payment=()'],
]
/** Replies that are no pages run nothing and stand in no frame; a page or photo brings its own policy. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** Replaces what is for inside by what a reply to the outside carries. */
export function dressForOutside(headers: Headers): Headers {
  for (const name of INTERNAL_HEADERS) headers.delete(name)
  for (const [name, value] of EVERY_REPLY) headers.set(name, value)
  if (isPage(headers)) for (const [name, value] of PAGES) headers.set(name, value)
  else if (!headers.has('content-security-policy')) headers.set('content-security-policy', API_POLICY)
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
