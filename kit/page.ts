import type { Result } from '#contracts/errors'
import { ok, refuse } from './result.ts'

const MAC_BYTES = 12
const keys = new Map<string, Promise<CryptoKey>>()

/**
 * Opaque cursors: base64url of `[list, ...position]` with a truncated HMAC-SHA-256 over it. `list` names the list and its sort
 * (and filters where they shape the order), so that a cursor of another list, sort or forger is `CURSOR_INVALID`.
 */
export async function sealCursor(
  secret: string,
  list: string,
  position: readonly (string | number)[],
): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify(position))
  const mac = await macOf(secret, list, payload)
  return toBase64Url(concat(mac, payload))
}

/** The position a cursor holds, or `CURSOR_INVALID` when it is not ours, not of this list, or damaged. */
export async function openCursor(
  secret: string,
  list: string,
  cursor: string,
): Promise<Result<(string | number)[]>> {
  const bytes = fromBase64Url(cursor)
  if (!bytes || bytes.length <= MAC_BYTES) return refuse('CURSOR_INVALID')
  const payload = bytes.slice(MAC_BYTES)
  const mac = await macOf(secret, list, payload)
  if (!equal(mac, bytes.slice(0, MAC_BYTES))) return refuse('CURSOR_INVALID')
  // The MAC proves that sealCursor wrote this, so its shape is known.
  return ok(JSON.parse(new TextDecoder().decode(payload)) as (string | number)[])
}

async function macOf(secret: string, list: string, payload: Uint8Array): Promise<Uint8Array> {
  const signed = concat(new TextEncoder().encode(`${list}\n`), payload)
  const mac = await crypto.subtle.sign('HMAC', await keyOf(secret), signed)
  return new Uint8Array(mac).slice(0, MAC_BYTES)
}

function keyOf(secret: string): Promise<CryptoKey> {
  const known = keys.get(secret)
  if (known) return known
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['sign'])
  keys.set(secret, key)
  return key
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length
  for (let index = 0; index < left.length; index++) difference |= (left[index] ?? 0) ^ (right[index] ?? 0)
  return difference === 0
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(left.length + right.length)
  joined.set(left)
  joined.set(right, left.length)
  return joined
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function fromBase64Url(value: string): Uint8Array | null {
  if (!/^[\w-]+$/.test(value)) return null
  try {
    return Uint8Array.from(atob(value.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    )
  } catch {
    return null
  }
}
