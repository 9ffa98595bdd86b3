const CODES = 1_000_000
const CODE_DIGITS = 6
/** The largest multiple of a million below 2^32: what is above would make low codes a little likelier. */
const FAIR_BELOW = Math.floor(2 ** 32 / CODES) * CODES

/** Six digits, each code as likely as any other. `draw` gives 32 random bits. */
export function newCode(draw: () => number): string {
  let drawn = draw()
  while (drawn >= FAIR_BELOW) drawn = draw()
  return String(drawn % CODES).padStart(CODE_DIGITS, '0')
}

/** 32 bits of the platform's own randomness. */
export const draw32 = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0
