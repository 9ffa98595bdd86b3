import type { Problem } from '#contracts/errors'
import { getLocale } from '$lib/paraglide/runtime.js'

/** What stood in the way of an answer. A `refusal` is ours and says why; the others have no body worth reading. */
export type Trouble =
  | { kind: 'refusal'; problem: Problem }
  | { kind: 'offline' }
  | { kind: 'unreadable'; status: number }

export type Reply<Value> = { ok: true; value: Value } | { ok: false; trouble: Trouble }

/** What was answered; null when nothing was, or when nothing was asked. */
export const answered = <Value>(reply: Reply<Value> | null): Value | null => (reply?.ok ? reply.value : null)

export type Fetch = typeof globalThis.fetch
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Extras = { body?: unknown; idempotencyKey?: string; fresh?: boolean; signal?: AbortSignal }

export const API_ROOT = '/api/v1'
const DEADLINE_MS = 15_000

/**
 * One call of the public API, on the server (through hooks' handleFetch) and in the browser alike. Never throws: the
 * page decides what to show. In the browser a 401 is answered by one refresh of the session and one repeat.
 */
export async function call<Value>(
  fetcher: Fetch,
  method: Method,
  path: string,
  given: Extras = {},
): Promise<Reply<Value>> {
  // A repeat after a refresh carries the same key: the thing is made once.
  const extras = method === 'POST' ? { idempotencyKey: crypto.randomUUID(), ...given } : given
  const first = await send(fetcher, method, path, extras)
  if (first === null) return { ok: false, trouble: { kind: 'offline' } }
  const isOver = first.status === 401 && typeof document !== 'undefined' && !(await isWrongPassword(first))
  if (!isOver || !(await refreshSession())) return read<Value>(first)
  const second = await send(fetcher, method, path, extras)
  return second === null ? { ok: false, trouble: { kind: 'offline' } } : read<Value>(second)
}

/** GET in short; the most common call of all. */
export const get = <Value>(fetcher: Fetch, path: string, extras: Extras = {}) =>
  call<Value>(fetcher, 'GET', path, extras)

async function send(fetcher: Fetch, method: Method, path: string, extras: Extras): Promise<Response | null> {
  const headers = new Headers({ accept: 'application/json', 'accept-language': getLocale() })
  if (extras.body !== undefined) headers.set('content-type', 'application/json')
  if (extras.idempotencyKey !== undefined) headers.set('idempotency-key', extras.idempotencyKey)
  const deadline = AbortSignal.timeout(DEADLINE_MS)
  const request: RequestInit = {
    method,
    headers,
    signal: extras.signal ? AbortSignal.any([deadline, extras.signal]) : deadline,
  }
  if (extras.body !== undefined) request.body = JSON.stringify(extras.body)
  if (extras.fresh) request.cache = 'no-cache'
  try {
    return await fetcher(API_ROOT + path, request)
  } catch {
    return null
  }
}

/** A password that was asked for on the way and is not right: trying it again would only count as a second guess. */
async function isWrongPassword(response: Response): Promise<boolean> {
  const problem: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  return (
    typeof problem === 'object' && problem !== null && Reflect.get(problem, 'code') === 'CREDENTIALS_WRONG'
  )
}

async function read<Value>(response: Response): Promise<Reply<Value>> {
  try {
    if (response.status === 204) return { ok: true, value: JSON.parse('null') }
    if (response.ok) return { ok: true, value: await response.json() }
    const problem: Problem = await response.json()
    if (typeof problem?.code === 'string') return { ok: false, trouble: { kind: 'refusal', problem } }
  } catch {
    // Not JSON: something between us answered. Said as it is below.
  }
  return { ok: false, trouble: { kind: 'unreadable', status: response.status } }
}

let refreshing: Promise<boolean> | null = null

/** Asks for a fresh session; calls at the same time share one request. False when there is none to be had. */
export function refreshSession(): Promise<boolean> {
  refreshing ??= fetch('/session/refresh', { method: 'POST' })
    .then((response) => response.ok)
    .catch(() => false)
    .finally(() => {
      refreshing = null
    })
  return refreshing
}

/** `?a=1&b=2` without the parameters that are not set. */
export function query(parameters: Record<string, string | number | boolean | null | undefined>): string {
  const set = Object.entries(parameters).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  )
  const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}
