import { createHash } from 'node:crypto'
import type { IdOf, IdPrefix } from '#contracts/ids'

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_DIGITS = 10
const RANDOM_DIGITS = 16

/**
 * A new id `<prefix>_<26 digits>`: 48 bits of `atMs`, then 80 random bits (see contracts/ids). Two ids made in the same
 * millisecond sort at random; nothing may rely on their order.
 */
export function newId<Prefix extends IdPrefix>(prefix: Prefix, atMs: number): IdOf<Prefix> {
  return `${prefix}_${timeDigits(atMs)}${randomDigits()}` as IdOf<Prefix>
}

function timeDigits(atMs: number): string {
  let rest = atMs
  let digits = ''
  for (let place = 0; place < TIME_DIGITS; place++) {
    digits = CROCKFORD.charAt(rest % 32) + digits
    rest = Math.floor(rest / 32)
  }
  return digits
}

function randomDigits(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_DIGITS))
  return Array.from(bytes, (byte) => CROCKFORD.charAt(byte & 31)).join('')
}

/**
 * The id of what is told again under the same id when it is told again: the same `source` always gives the same. It carries no
 * time, so nothing sorts by it.
 */
export function derivedId<Prefix extends IdPrefix>(prefix: Prefix, source: string): IdOf<Prefix> {
  const bytes = createHash('sha256')
    .update(source)
    .digest()
    .subarray(0, TIME_DIGITS + RANDOM_DIGITS)
  return `${prefix}_${Array.from(bytes, (byte) => CROCKFORD.charAt(byte & 31)).join('')}` as IdOf<Prefix>
}
