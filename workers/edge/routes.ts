import type { Upstream } from './env.ts'

declare const MADANG_STAND_INS: boolean

/**
 * Who answers what. The longest prefix wins, by whole path segments, and `{id}` stands for any one segment behind a collection
 * (`/api/v1/listings/…/buyer`); what no line names is a page. Deny by default: an
 * unknown path under /api is refused here and reaches nobody. scripts/check-wiring holds this table against the workers.
 */
export const ROUTES: readonly (readonly [prefix: string, upstream: Upstream])[] = [
  ['/.well-known/jwks.json', 'IDENTITY'],
  ['/api/v1/auth', 'IDENTITY'],
  ['/api/v1/me', 'IDENTITY'],
  ['/api/v1/members', 'IDENTITY'],
  ['/api/v1/neighbourhoods', 'IDENTITY'],
  ['/api/v1/listings', 'LISTINGS'],
  ['/api/v1/comments', 'LISTINGS'],
  ['/api/v1/me/listings', 'LISTINGS'],
  ['/api/v1/me/wishes', 'LISTINGS'],
  ['/api/v1/media', 'MEDIA'],
  ['/img', 'MEDIA'],
  ['/api/v1/search', 'SEARCH'],
  ['/api/v1/chat', 'CHAT'],
  ['/api/v1/notifications', 'NOTIFICATIONS'],
  ['/api/v1/trades', 'TRADES'],
  ['/api/v1/appointments', 'TRADES'],
  ['/api/v1/listings/{id}/buyer', 'TRADES'],
  ['/api/v1/members/{id}/reviews', 'TRADES'],
  ['/api/v1/members/{id}/reputation', 'TRADES'],
  ['/api/v1/me/sales', 'TRADES'],
  ['/api/v1/me/purchases', 'TRADES'],
  ['/api/v1/wallet', 'PAYMENTS'],
  ['/api/v1/payments', 'PAYMENTS'],
  ['/api/v1/coupons', 'COUPONS'],
  ['/api/v1/me/coupons', 'COUPONS'],
  ['/api/v1/group-buys', 'GROUP_BUYS'],
  ['/api/v1/me/group-buys', 'GROUP_BUYS'],
  ['/api/v1/reports', 'MODERATION'],
  ['/api/v1/me/blocks', 'MODERATION'],
  ['/api/v1/me/decisions', 'MODERATION'],
  ['/api/v1/decisions', 'MODERATION'],
  ['/api/v1/operator/cases', 'MODERATION'],
  ['/api/v1/operator/appeals', 'MODERATION'],
  ['/api/v1/operator/audit', 'MODERATION'],
  ['/api/v1/operator/chat', 'CHAT'],
  ['/api/v1/operator/notifications', 'NOTIFICATIONS'],
  ['/api/v1/operator/listings', 'LISTINGS'],
  ['/api/v1/operator/media', 'MEDIA'],
  ['/api/v1/operator/search', 'SEARCH'],
  ['/api/v1/operator/trades', 'TRADES'],
  ['/api/v1/operator/payments', 'PAYMENTS'],
  ['/api/v1/operator/coupons', 'COUPONS'],
  ['/api/v1/operator/group-buys', 'GROUP_BUYS'],
]

/** Development only; the define is false in production, where the bundler drops these lines. */
const STAND_IN_ROUTES: readonly (readonly [prefix: string, upstream: Upstream])[] = MADANG_STAND_INS
  ? [
      ['/dev', 'STAND_INS'],
      ['/api/v1/dev', 'STAND_INS'],
      ['/dev/members', 'IDENTITY'],
    ]
  : []

const upstreams = new Map<string, Upstream>([...ROUTES, ...STAND_IN_ROUTES])

/** The worker that answers a path, or null for a path of the API that nobody has. */
export function upstreamOf(pathname: string): Upstream | null {
  const nested = NESTED.exec(pathname)
  const upstream = (nested && upstreams.get(`${nested[1]}/{id}${nested[2]}`)) ?? byPrefix(pathname)
  if (upstream) return upstream
  return pathname === '/api/docs' || !(pathname === '/api' || pathname.startsWith('/api/')) ? 'WEB' : null
}

/** `/api/v1/<collection>/<one>/<what of it>`, whatever may follow. */
const NESTED = /^(\/api\/v1\/[a-z-]+)\/[^/]+(\/[a-z-]+)(?:\/|$)/

function byPrefix(pathname: string): Upstream | undefined {
  for (let end = pathname.length; end > 0; end = pathname.lastIndexOf('/', end - 1)) {
    const upstream = upstreams.get(pathname.slice(0, end))
    if (upstream) return upstream
  }
  return undefined
}
