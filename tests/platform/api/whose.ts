import type { OpenApi, OpenApiOperation } from '../../support/openapi.ts'

/** Anyone may read these, and any member may act on them: their id names a thing in public. */
const PUBLIC = new Set([
  'GET /api/v1/listings/{id}',
  'GET /api/v1/listings/{id}/comments',
  'GET /api/v1/listings/{id}/similar',
  'GET /api/v1/group-buys/{id}',
  'PUT /api/v1/group-buys/{id}/claim',
  'DELETE /api/v1/group-buys/{id}/claim',
  'GET /api/v1/members/{id}',
  'GET /api/v1/coupons/campaigns/{id}',
  'GET /api/v1/coupons/campaigns/{id}/pulse',
  'GET /api/v1/coupons/campaigns/{id}/days/{day}/chain',
  'POST /api/v1/coupons/campaigns/{id}/claims',
  'GET /api/v1/members/{id}/reviews',
  'GET /api/v1/members/{id}/reputation',
  'POST /api/v1/listings/{id}/comments',
  'PUT /api/v1/listings/{id}/wish',
  'DELETE /api/v1/listings/{id}/wish',
  'PUT /api/v1/listings/{id}/view',
  'PUT /api/v1/me/blocks/{memberId}',
  'DELETE /api/v1/me/blocks/{memberId}',
])

/**
 * Opened by the ticket or key in the address, not by who asks; tests/platform/chat tries it with others' tickets and
 * tests/platform/moderation with others' keys.
 */
const TICKETED = new Set([
  'GET /api/v1/chat/rooms/{id}/socket',
  'GET /api/v1/decisions/{id}',
  'POST /api/v1/decisions/{id}/appeal',
])

/** Nobody's own: an operator's for every id, a member's for none. */
const OPERATORS = /^\/api\/v1\/operator\//

export const nameOf = ({ method, path }: OpenApiOperation): string => `${method} ${path}`
export const isPublic = (operation: OpenApiOperation): boolean => PUBLIC.has(nameOf(operation))
export const isOperators = (operation: OpenApiOperation): boolean =>
  OPERATORS.test(operation.path) || nameOf(operation) === 'PATCH /api/v1/coupons/campaigns/{id}'

/** The operations with an id in their path that is looked at by who asks. */
export const operationsWithId = ({ operations }: OpenApi): OpenApiOperation[] =>
  operations
    .filter((operation) => /^\/api\/v1\/.*\{/.test(operation.path) && !isOperators(operation))
    .filter((operation) => !TICKETED.has(nameOf(operation)))

/** The address of an operation about `id`; a room's message is its first. */
export const pathOf = ({ path }: OpenApiOperation, id: string): string =>
  path.replace('{id}', id).replace('{seq}', '1')

/** A body each route takes, by a part of its path, so that it is the id and not the body that is refused. */
const BODIES: Record<string, Record<string, unknown>> = {
  comments: { text: '남의 글' },
  '/receipt': { goods: 1_000, shipping: 0 },
  '/vote': { agree: true },
  '/check-ins': { code: '0000' },
  '/buyer': { memberId: `mem_${'0'.repeat(26)}` },
  '/reviews': { score: 5 },
  '/handover': { code: '0000' },
  '/dispute': { reason: 'other', text: '남의 거래예요' },
  '/refunds': { amount: 1 },
  '/outcome': { outcome: 'missed' },
  '/appeal': { text: '남의 판단이에요' },
  '/appointments': { place: '남의 약속' },
  '/messages/{seq}': { text: '남의 말' },
  '/messages': { clientId: 'c-of-a-stranger', kind: 'text', text: '남의 방' },
  '/read': { seq: 1 },
  '/mute': { untilAt: null },
}

/** What is sent with an operation; nothing with one that takes no body. */
export function bodyOf(operation: OpenApiOperation): Record<string, unknown> | undefined {
  if (!operation.requestBody) return undefined
  if (operation.path.includes('notifications')) return { read: true }
  const named = Object.entries(BODIES).find(([part]) => operation.path.includes(part))
  return named?.[1] ?? { title: '남의 물건' }
}
