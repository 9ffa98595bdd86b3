/** What of a path is kept for offline reading: the newest `max` of its kind. Whatever stands in no rule is never kept. */
export type Rule = { kind: string; path: RegExp; max: number; not: readonly string[] }

const PARTS_OF_A_LIST = ['cursor', 'limit', 'sellerId'] as const
const RULES: readonly Rule[] = [
  { kind: 'feed', path: /^\/api\/v1\/listings$/, max: 8, not: PARTS_OF_A_LIST },
  { kind: 'thing', path: /^\/api\/v1\/listings\/lst_\w+$/, max: 30, not: [] },
  { kind: 'rooms', path: /^\/api\/v1\/chat\/rooms$/, max: 4, not: PARTS_OF_A_LIST },
  { kind: 'room', path: /^\/api\/v1\/chat\/rooms\/\w+$/, max: 20, not: [] },
  { kind: 'talk', path: /^\/api\/v1\/chat\/rooms\/\w+\/messages$/, max: 20, not: ['beforeSeq', 'afterSeq'] },
  { kind: 'appointments', path: /^\/api\/v1\/appointments$/, max: 20, not: ['cursor'] },
  { kind: 'group-buys', path: /^\/api\/v1\/group-buys$/, max: 8, not: PARTS_OF_A_LIST },
  { kind: 'group-buy', path: /^\/together\/gb_\w+\/__data\.json$/, max: 20, not: [] },
  { kind: 'mine', path: /^\/api\/v1\/me\/(listings|wishes|group-buys)$/, max: 8, not: PARTS_OF_A_LIST },
]

/** The rule for a reply of ours, or null: money, tokens and everything else are read from the network alone. */
export function ruleFor(url: URL): Rule | null {
  const rule = RULES.find(({ path }) => path.test(url.pathname))
  return rule && !rule.not.some((name) => url.searchParams.has(name)) ? rule : null
}

/** Under which name a reply is kept: a page's own data is the same whatever part of it was asked for. */
export const keyOf = (url: URL): string =>
  url.pathname.endsWith('/__data.json') ? url.pathname : url.pathname + url.search

/** The frame of every page: who is signed in, and where their neighbourhood is. */
export const FRAME_KEY = '/offline/__data.json'
/** Pages that need nothing but the frame. */
const BARE = new Set(['/me', '/post', '/together/new'])
const LISTS: Record<string, string> = {
  '/': '/api/v1/listings',
  '/chat': '/api/v1/chat/rooms',
  '/together': '/api/v1/group-buys',
  '/me/listings': '/api/v1/me/listings',
  '/me/wishes': '/api/v1/me/wishes',
  '/me/together': '/api/v1/me/group-buys',
}

/** The path of what must be kept for a page to be read without a network; null for a page that cannot be. */
export function neededFor(page: string): string | null {
  if (BARE.has(page)) return FRAME_KEY
  const room = /^\/chat\/(\w+)$/.exec(page)?.[1]
  if (room) return `/api/v1/chat/rooms/${room}/messages`
  if (/^\/together\/gb_\w+$/.test(page)) return `${page}/__data.json`
  if (/^\/listings\/lst_\w+$/.test(page)) return `/api/v1${page}`
  return Object.hasOwn(LISTS, page) ? (LISTS[page] ?? null) : null
}

/** Pages about money are kept on no device. */
export const isMoney = (page: string): boolean =>
  /^\/(wallet|coupons|operator|me\/(coupons|purchases|sales|trades))(\/|$)/.test(page)

/** Posts after which somebody else may sit here: what was kept goes before they see a page. */
export const changesHands = (path: string): boolean => /^\/(session\/end|sign-in|sign-up)$/.test(path)
