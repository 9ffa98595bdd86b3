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
